import { discoverCameras } from '../discovery/discover-cameras.ts';
import type { FoundCamera } from '../discovery/found-camera.ts';
import { type CommandIo, parseCount, parseOptions, UsageError } from './command.ts';

export const help = `Usage: oriel discover [--kasa] [--onvif] [--seconds N] [--json]

Looks for cameras on the networks this machine stands in and prints one line per camera: kind, address, name, and what to
paste into "Add a camera". Without --kasa or --onvif it looks for both. Dahua serial numbers are never scanned for.

  --kasa        TP-Link Kasa cameras: UDP 9999 by broadcast and sweep, TCP 19443
  --onvif       ONVIF cameras: WS-Discovery
  --seconds N   how long to listen (default 4)
  --json        one JSON object a line
`;

export async function run(args: readonly string[], io: CommandIo): Promise<number> {
  const { values, positionals } = parseOptions(args, {
    kasa: { type: 'boolean', default: false },
    onvif: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    seconds: { type: 'string', default: '4' },
  });
  if (positionals.length > 0) throw new UsageError('oriel discover takes no address; it looks at the whole LAN.');
  const listenMs = parseCount('seconds', values.seconds, 1, 60) * 1000;
  const chosen = (['kasa', 'onvif'] as const).filter((kind) => values[kind]);
  let count = 0;
  const print = (camera: FoundCamera): void => {
    count++;
    io.stdout.write(values.json ? `${JSON.stringify(camera)}\n` : `${formatCamera(camera)}\n`);
  };
  await discoverCameras({ signal: io.signal, listenMs, ...(chosen.length > 0 ? { kinds: chosen } : {}) }, print);
  if (count === 0) {
    io.stderr.write(
      'No camera answered. Cameras in another network or VLAN do not receive the question; add them by address.\n',
    );
  }
  return 0;
}

function formatCamera({ kind, address, name, url }: FoundCamera): string {
  return `${kind.padEnd(6)} ${address.padEnd(15)} ${name.padEnd(28)} ${url}`;
}
