import { request as overHttp } from 'node:http';
import { request as overHttps } from 'node:https';
import { GatewayError } from '../platform/errors.ts';
import { DATA_HELP, dataPlace } from '../store/data-place.ts';
import { readGatewayAddress } from '../store/gateway-address.ts';
import { type CommandIo, parseOptions, UsageError } from './command.ts';

export const help = `Usage: oriel health [--data DIR]

Asks the gateway that runs on DIR, at its own port and over TLS where it speaks TLS, whether it works. Exits 1 when it does not;
the container's health check is this.

  --data DIR  default: ${DATA_HELP}
`;

const ANSWER_MS = 4000;

export async function run(args: readonly string[], io: CommandIo): Promise<number> {
  const { values, positionals } = parseOptions(args, { data: { type: 'string' } });
  if (positionals.length > 0) throw new UsageError('oriel health takes options only.');
  const { folder } = dataPlace(values.data);
  const url = readGatewayAddress(folder);
  if (url === undefined) throw new GatewayError('not-found', `No gateway runs on the data folder ${folder}.`);
  const status = await askHealth(`${url}/healthz`, io.signal);
  io.stdout.write(status === 200 ? `${url} works.\n` : `${url} answers with ${status}.\n`);
  return status === 200 ? 0 : 1;
}

function askHealth(url: string, signal: AbortSignal): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const fail = (cause: Error): void =>
      reject(new GatewayError('refused', `The gateway does not answer at ${url}.`, { cause }));
    const until = AbortSignal.any([signal, AbortSignal.timeout(ANSWER_MS)]);
    // The question stays on this machine and carries no secret, so any certificate will do: it names the outside address.
    const asked = url.startsWith('https:')
      ? overHttps(url, { signal: until, rejectUnauthorized: false })
      : overHttp(url, { signal: until });
    asked.once('error', fail);
    asked.once('response', (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    asked.end();
  });
}
