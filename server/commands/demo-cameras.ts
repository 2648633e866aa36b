import { startDemoCameras } from '../simulators/demo-cameras.ts';
import { type CommandIo, parseCount, parseOptions } from './command.ts';
import { untilAborted } from './until-aborted.ts';

export const help = `Usage: oriel demo-cameras [--rtsp-port N] [--kasa-port N] [--tunnel-port N] [--host H]

Runs the virtual cameras alone, until Ctrl-C: real protocols on real ports, for trying Oriel or any other program.
Prints one line per camera with its address, user name and password, the cloud where the Dahua serial number is known, and the
device that dials in: what it prints belongs into a gateway's config.

  --rtsp-port N   port of the RTSP cameras (default 9554; 0 takes a free one)
  --kasa-port N   port of the Kasa camera's stream; its controls are 9000 and its loudspeaker 1000 below (default 19443)
  --tunnel-port N port of a gateway on this computer that the dial-in device dials (default 9556)
  --host H        address to listen on (default 127.0.0.1)
`;

export async function run(args: readonly string[], io: CommandIo): Promise<number> {
  const { values } = parseOptions(args, {
    'rtsp-port': { type: 'string', default: '9554' },
    'kasa-port': { type: 'string', default: '19443' },
    'tunnel-port': { type: 'string', default: '9556' },
    host: { type: 'string', default: '127.0.0.1' },
  });
  const rtspPort = parseCount('rtsp-port', values['rtsp-port'], 0, 65_535);
  const kasaPort = parseCount('kasa-port', values['kasa-port'], 0, 65_535);
  const tunnelPort = parseCount('tunnel-port', values['tunnel-port'], 1, 65_535);
  const demo = await startDemoCameras({ rtspPort, kasaPort, host: values.host });
  for (const { name, url, substream, username, password } of demo.cameras) {
    io.stdout.write(
      `${name}: ${url}${substream ? ` (small: ${substream})` : ''}, user ${username}, password ${password}\n`,
    );
  }
  const { host, port, user, key } = demo.dahuaCloud;
  io.stdout.write(`dahua: { clouds: [{ host: ${host}, port: ${port}, user: ${user}, key: ${key} }] }\n`);
  const { name: device, token } = demo.dialIn;
  io.stdout.write(`tunnel: { raw: [{ name: ${device}, port: ${tunnelPort}, token: ${token} }] }\n`);
  demo.startDialIn(tunnelPort);
  await untilAborted(io.signal);
  await demo.close();
  return 0;
}
