import pino from 'pino';
import { loadConfig } from '../config/load.ts';
import { systemClock } from '../platform/clock.ts';
import { describeDatagram } from '../protocols/dahua/describe-datagram.ts';
import { formatEndpoint } from '../protocols/dahua/endpoint.ts';
import { maskSerial } from '../protocols/dahua/masking.ts';
import { type CloudProfile, KNOWN_CLOUDS } from '../sources/dahua/cloud-profiles.ts';
import { DahuaDevices } from '../sources/dahua/dahua-devices.ts';
import type { DatagramObserver } from '../sources/dahua/udp-socket.ts';
import { type CommandIo, parseCount, parseOptions, UsageError } from './command.ts';
import { type LocalAddress, listenLocally, parseLocalAddress } from './local-port.ts';
import { untilAborted } from './until-aborted.ts';

export const help = `Usage: oriel forward SERIAL [--listen HOST:PORT] [--to PORT] [-u USER] [-p PASSWORD] [--config FILE] [--json] [--debug]

Opens a local TCP port that leads to a port inside a Dahua device, found by its serial number. Any number of programs may use it at once.
  --listen   where to listen; 127.0.0.1:1554 when absent
  --to       the port of the device: 554 (RTSP, when absent), 80 (web pages), 37777 (its own protocol)
  -u, -p     user name and password, for devices that want them before they let anybody connect
  --config   a config whose dahua.clouds are asked instead of the known ones
  --json     where it listens as one JSON object, once the device is reached
  --debug    prints what is said on the way, with secrets masked

Use it only for devices that are yours.
`;

const REALM_TIMEOUT_MS = 10_000;

type ForwardOptions = {
  readonly serial: string;
  readonly listen: LocalAddress;
  readonly devicePort: number;
  readonly credentials: { readonly username: string; readonly password: string } | undefined;
  readonly clouds: readonly CloudProfile[];
  readonly json: boolean;
  readonly debug: boolean;
};

export async function run(args: readonly string[], io: CommandIo): Promise<number> {
  const { serial, listen, devicePort, credentials, clouds, json, debug } = parseArguments(args);
  const devices = new DahuaDevices({
    clock: systemClock,
    log: pino({ level: 'silent' }),
    clouds,
    ...(debug ? { observe: printTo(io) } : {}),
  });
  try {
    const lease = await devices.acquire(serial, credentials, io.signal);
    const local = await listenLocally(listen, {
      open: async (signal) => {
        const { session, release } = await devices.acquire(serial, credentials, signal);
        try {
          const realm = await session.openRealm(devicePort, { signal, timeoutMs: REALM_TIMEOUT_MS });
          return realm.once('close', release);
        } catch (error) {
          release();
          throw error;
        }
      },
      failed: (error) => io.stderr.write(`${error.message}\n`),
    });
    const isRelay = lease.session.best?.kind === 'relay';
    if (json) {
      const said = { host: listen.host, port: local.port, devicePort, path: isRelay ? 'relay' : 'direct' };
      io.stdout.write(`${JSON.stringify(said)}\n`);
    } else {
      const path = isRelay ? 'through a relay' : 'directly';
      io.stdout.write(`${listen.host}:${local.port} leads to port ${devicePort} of ${maskSerial(serial)}, ${path}.\n`);
    }
    if (devicePort === 554 && !json) {
      io.stdout.write(`Picture: rtsp://${listen.host}:${local.port}/cam/realmonitor?channel=1&subtype=0\n`);
    }
    await untilAborted(io.signal);
    await local.close();
    return 0;
  } finally {
    await devices.close();
  }
}

function parseArguments(args: readonly string[]): ForwardOptions {
  const { values, positionals } = parseOptions(args, {
    listen: { type: 'string', default: '127.0.0.1:1554' },
    to: { type: 'string', default: '554' },
    username: { type: 'string', short: 'u' },
    password: { type: 'string', short: 'p' },
    config: { type: 'string' },
    json: { type: 'boolean', default: false },
    debug: { type: 'boolean', default: false },
  });
  const [serial, ...more] = positionals;
  if (serial === undefined || more.length > 0) throw new UsageError('oriel forward takes one serial number.');
  if (!/^[A-Za-z0-9]{6,32}$/.test(serial)) {
    throw new UsageError('A serial number has 6 to 32 letters and digits; it stands on the label of the device.');
  }
  const { username, password } = values;
  if ((username === undefined) !== (password === undefined)) throw new UsageError('-u and -p go together.');
  const configured = values.config === undefined ? undefined : loadConfig(values.config).dahua.clouds;
  return {
    serial,
    listen: parseLocalAddress(values.listen),
    devicePort: parseCount('to', values.to, 1, 65_535),
    credentials: username !== undefined && password !== undefined ? { username, password } : undefined,
    clouds: configured ?? KNOWN_CLOUDS,
    json: values.json,
    debug: values.debug,
  };
}

function printTo(io: CommandIo): DatagramObserver {
  return (direction, local, peer, datagram) => {
    const { text, isRoutine } = describeDatagram(datagram);
    if (isRoutine) return;
    const time = new Date().toISOString().slice(11, 23);
    io.stderr.write(`${time} ${local.port} ${direction === 'sent' ? '->' : '<-'} ${formatEndpoint(peer)} ${text}\n`);
  };
}
