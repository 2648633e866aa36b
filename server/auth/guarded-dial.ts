import type { LookupAddress } from 'node:dns';
import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import type { Dial } from '../hub/source.ts';
import { systemClock } from '../platform/clock.ts';
import { asGatewayError, GatewayError } from '../platform/errors.ts';
import { settleWithin } from '../platform/wait.ts';
import { isForbiddenAddress } from './forbidden-address.ts';

const LOOKUP_TIMEOUT_MS = 5000;

/** All addresses of a host. Throws `not-allowed` when one of them is forbidden, `name-not-found` or `timeout`. */
export async function resolveAllowed(host: string): Promise<string[]> {
  const name = host.replace(/^\[|\]$/g, '');
  const addresses = isIP(name) ? [name] : await resolve(name);
  if (!addresses.some((address) => isForbiddenAddress(address))) return addresses;
  throw new GatewayError(
    'not-allowed',
    'This address belongs to the gateway itself or to a network service. Only an administrator can add it.',
  );
}

/**
 * For addresses that an agent dials. The agent would look a name up in its own network, where it may mean the agent's own
 * machine. So only IP addresses are allowed, and only those that would be allowed here.
 */
export function refuseThroughAgent(host: string): void {
  const name = host.replace(/^\[|\]$/g, '');
  if (isIP(name) && !isForbiddenAddress(name)) return;
  throw new GatewayError(
    'not-allowed',
    'Behind an agent only an administrator can add a camera by its name, or one on the machine of the agent. Use the IP address of the camera.',
  );
}

/** For cameras that no administrator added. The name is looked up once, and only the address that was checked is dialled. */
export function guardDial(dial: Dial, isThroughAgent = false): Dial {
  return async (host, port, options) => {
    if (isThroughAgent) {
      refuseThroughAgent(host);
      return dial(host, port, options);
    }
    const [address = host] = await resolveAllowed(host);
    return dial(address, port, options);
  };
}

async function resolve(name: string): Promise<string[]> {
  try {
    const found = await settleWithin<readonly LookupAddress[]>({
      clock: systemClock,
      timeoutMs: LOOKUP_TIMEOUT_MS,
      late: () => {
        throw new GatewayError('timeout', 'The name server did not answer in time.');
      },
      begin: ({ resolve, reject }) => {
        lookup(name, { all: true }).then(resolve, reject);
        return undefined;
      },
    });
    return found.map(({ address }) => address);
  } catch (error) {
    throw asGatewayError(error);
  }
}
