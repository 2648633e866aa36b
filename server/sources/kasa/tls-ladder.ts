import { constants } from 'node:crypto';
import type { ConnectionOptions, TLSSocket } from 'node:tls';
import type { CameraMemory, Dial, DialOptions } from '../../hub/source.ts';
import { GatewayError } from '../../platform/errors.ts';
import { secure } from '../connect.ts';

/**
 * Kasa cameras speak anything from TLS 1.0 to TLS 1.2 with static RSA only. The first rung is what today's firmware takes;
 * the second takes everything that OpenSSL still can.
 */
const RUNGS: readonly [ConnectionOptions, ConnectionOptions] = [
  { minVersion: 'TLSv1.2' },
  {
    minVersion: 'TLSv1',
    ciphers: 'DEFAULT:@SECLEVEL=0',
    secureOptions: constants.SSL_OP_LEGACY_SERVER_CONNECT,
  },
];

const RUNG_KEY = 'kasa-tls-rung';

/** Stream, controls and loudspeaker may show certificates of their own. */
function ofPort(memory: CameraMemory, port: number): CameraMemory {
  return { get: (key) => memory.get(`${key}:${port}`), set: (key, value) => memory.set(`${key}:${port}`, value) };
}

export type TlsTarget = DialOptions & { readonly host: string; readonly port: number };

/** A TLS connection by the first rung that works, which is remembered for the next time. */
export async function connectByLadder(dial: Dial, target: TlsTarget, memory: CameraMemory): Promise<TLSSocket> {
  const remembered = Number(memory.get(RUNG_KEY) ?? 0);
  const order = remembered === 1 ? ([1, 0] as const) : ([0, 1] as const);
  for (const rung of order) {
    const carrier = await dial(target.host, target.port, target);
    try {
      const socket = await secure(carrier, { ...target, memory: ofPort(memory, target.port), tls: RUNGS[rung] });
      memory.set(RUNG_KEY, String(rung));
      return socket;
    } catch (error) {
      if (!(error instanceof GatewayError) || error.code !== 'tls-failed') throw error;
    }
  }
  throw new GatewayError(
    'tls-failed',
    'The camera and Oriel have no version of TLS in common. Check that this is a Kasa camera, and update its firmware.',
  );
}
