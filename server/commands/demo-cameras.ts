import { startDemoCameras } from '../simulators/demo-cameras.ts';
import { type CommandIo, parseCount, parseOptions } from './command.ts';
import { untilAborted } from './until-aborted.ts';

export const help = `Usage: oriel demo-cameras [--rtsp-port N] [--host H]

Runs the virtual cameras alone, until Ctrl-C: real protocols on real ports, for trying Oriel or any other program.
Prints one line per camera with its address, user name and password.

  --rtsp-port N   port of the RTSP cameras (default 9554; 0 takes a free one)
  --host H        address to listen on (default 127.0.0.1)
`;

export async function run(args: readonly string[], io: CommandIo): Promise<number> {
  const { values } = parseOptions(args, {
    'rtsp-port': { type: 'string', default: '9554' },
    host: { type: 'string', default: '127.0.0.1' },
  });
  const rtspPort = parseCount('rtsp-port', values['rtsp-port'], 0, 65_535);
  const demo = await startDemoCameras({ rtspPort, host: values.host });
  for (const { name, url, substream, username, password } of demo.cameras) {
    io.stdout.write(
      `${name}: ${url}${substream ? ` (small: ${substream})` : ''}, user ${username}, password ${password}\n`,
    );
  }
  await untilAborted(io.signal);
  await demo.close();
  return 0;
}
