import { startApp } from '../app.ts';
import { defaultConfig, loadConfig } from '../config/load.ts';
import { complainOfOpenFile } from '../config/open-file.ts';
import type { Config } from '../config/schema.ts';
import { watchConfig } from '../config/watch.ts';
import { systemClock } from '../platform/clock.ts';
import { createLog } from '../platform/log.ts';
import { collectGarbage } from '../platform/memory-rest.ts';
import { catchUncaught } from '../platform/stray-errors.ts';
import { KASA_STREAM_PORT } from '../protocols/kasa/discovery.ts';
import type { DemoCameras } from '../simulators/demo-cameras.ts';
import { DATA_HELP, dataPlace, moveEarlierData } from '../store/data-place.ts';
import { type CommandIo, parseCount, parseOptions, UsageError } from './command.ts';
import { startBlock } from './start-block.ts';
import { untilAborted } from './until-aborted.ts';

export const help = `Usage: oriel serve [--config FILE] [--data DIR] [--port N] [--host H]
                   [--webrtc-port N] [--rtsp-port N] [--demo]

Runs the gateway until Ctrl-C or SIGTERM. The first start prints a link that signs you in once.

  --config FILE  settings (YAML, JSON or the earlier relay's formats); watched, and read again when it changes and on SIGHUP
  --data DIR     where accounts, cameras and the key file lie
                 (default: ${DATA_HELP})
  --port N       port of the dashboard (default 8080, or the config's)
  --host H       address of the dashboard (default 127.0.0.1, or the config's; 0.0.0.0 for other machines)
  --webrtc-port N  UDP and TCP port of the pictures in browsers (default 8189, or the config's)
  --rtsp-port N  port for VLC and recorders (default 8554, or the config's)
  --demo         with virtual cameras, to look around
`;

const DEMO_RTSP_PORT = 9554;
const LOCAL: ReadonlySet<string> = new Set(['127.0.0.1', '::1', 'localhost']);

export async function run(args: readonly string[], io: CommandIo): Promise<number> {
  const { values, positionals } = parseOptions(args, {
    config: { type: 'string' },
    data: { type: 'string' },
    port: { type: 'string' },
    'webrtc-port': { type: 'string' },
    'rtsp-port': { type: 'string' },
    host: { type: 'string' },
    demo: { type: 'boolean', default: false },
  });
  if (positionals.length > 0) throw new UsageError(`oriel serve takes options only, not ${positionals[0]}.`);
  const portOf = (name: 'port' | 'webrtc-port' | 'rtsp-port', configured: number): number =>
    values[name] === undefined ? configured : parseCount(name, values[name], 0, 65_535);
  const withFlags = (config: Config): Config => {
    const { http, webrtc, rtsp } = config;
    return {
      ...config,
      http: { ...http, port: portOf('port', http.port), host: values.host ?? http.host },
      webrtc: { ...webrtc, port: portOf('webrtc-port', webrtc.port) },
      rtsp: { ...rtsp, port: portOf('rtsp-port', rtsp.port) },
    };
  };
  const config = withFlags(values.config === undefined ? defaultConfig() : loadConfig(values.config));
  const log = createLog(config.log.level, io.stdout);
  const openFile = values.config === undefined ? undefined : complainOfOpenFile(values.config);
  if (openFile) log.warn(openFile);
  // While the gateway is starting, it has just read its config.
  let readAgain = (): void => {};
  const hangUp = (): void => readAgain();
  process.on('SIGHUP', hangUp);
  const place = dataPlace(values.data);
  const moved = moveEarlierData(place);
  if (moved) io.stdout.write(`${moved}\n`);
  const demo = values.demo ? await startDemo() : undefined;
  const app = await startApp({
    config,
    log,
    data: place.folder,
    demo,
  }).catch(async (error) => {
    await demo?.close();
    throw error;
  });
  io.stdout.write(
    startBlock({
      url: app.url,
      signInLink: app.signInLink,
      isDemo: values.demo,
      ports: app.ports,
      isLocal: LOCAL.has(config.http.host),
    }),
  );
  // Loading leaves some megabytes of garbage, which V8 would not collect as long as nothing happens.
  collectGarbage();
  const watcher =
    values.config === undefined
      ? undefined
      : watchConfig({
          path: values.config,
          config,
          clock: systemClock,
          changed: (next) => {
            app.reconfigure(withFlags(next));
            log.info(
              'config read again; cameras, logins and dial-in devices are applied, other changes need a restart',
            );
          },
          refused: (error) =>
            log.error({ complaints: error.message.split('\n') }, 'changed config refused, the old one stays'),
        });
  readAgain = () => {
    if (watcher) watcher.reload();
    else log.info('there is no config to read again; name one with --config');
  };
  const letUncaught = catchUncaught();
  await untilAborted(io.signal);
  process.off('SIGHUP', hangUp);
  watcher?.close();
  await app.stop();
  await demo?.close();
  letUncaught();
  return 0;
}

/** The usual ports, or free ones when another program uses them. */
async function startDemo(): Promise<DemoCameras> {
  const { startDemoCameras } = await import('../simulators/demo-cameras.ts');
  const usual = { rtspPort: DEMO_RTSP_PORT, kasaPort: KASA_STREAM_PORT };
  return startDemoCameras(usual).catch(() => startDemoCameras({ rtspPort: 0, kasaPort: 0 }));
}
