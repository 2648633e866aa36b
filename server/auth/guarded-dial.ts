import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import type { Dial } from '../hub/source.ts';
import { asGatewayError, GatewayError } from '../platform/errors.ts';
import { isForbiddenAddress } from './forbidden-address.ts';

const LOOKUP_TIMEOUT_MS = 5000;

/** All addresses of a host. Throws `not-allowed` when one of them is off limits, `name-not-found` or `timeout`. */
export async function resolveAllowed(host: string): Promise<string[]> {
  const name = host.replace(/^\[|\]$/g, '');
  const addresses = isIP(name) ? [name] : await resolve(name);
  if (!addresses.some(isForbiddenAddress)) return addresses;
  throw new GatewayError(
    'not-allowed',
    'This address belongs to the gateway itself or to a network service. Only an administrator can add it.',
  );
}

/** For cameras that no administrator added: the name is looked up once, checked, and what was checked is dialled. */
export function guardDial(dial: Dial): Dial {
  return async (host, port, options) => {
    const [address = host] = await resolveAllowed(host);
    return dial(address, port, options);
  };
}

async function resolve(name: string): Promise<string[]> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const error = new GatewayError('timeout', 'The name server did not answer in time.');
    timer = setTimeout(() => reject(error), LOOKUP_TIMEOUT_MS);
  });
  try {
    const found = await Promise.race([lookup(name, { all: true }), late]);
    return found.map(({ address }) => address);
  } catch (error) {
    throw asGatewayError(error);
  } finally {
    clearTimeout(timer);
  }
}
