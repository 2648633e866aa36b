import type { TLSSocket } from 'node:tls';
import type { CameraMemory, Dial, SourceSpec } from '../../hub/source.ts';
import { GatewayError } from '../../platform/errors.ts';
import { basicAuthorization, formsToTry, type PasswordForm } from '../../protocols/kasa/password-form.ts';
import { type Reply, readReplyHead } from './reply-reader.ts';
import { connectByLadder, type TlsTarget } from './tls-ladder.ts';

export type KasaRequest = {
  readonly target: TlsTarget;
  /** Where the form that worked is remembered: each port has its own. */
  readonly formKey: string;
  readonly forms: readonly PasswordForm[];
  /** The request up to its empty line, given the Authorization value. */
  write(authorization: string): string;
};

/** A camera that was never bound to an account takes these. */
const UNBOUND = { username: 'admin', password: 'admin' };

/**
 * Asks with one form of the password after the other until the camera does not answer 401. `accept` may refuse as well, by
 * answering false: some firmware says 200 to a wrong password and closes. It confirms as soon as the form is known to be right.
 */
export async function askWithForms<Value>(
  dial: Dial,
  memory: CameraMemory,
  credentials: Pick<SourceSpec, 'username' | 'password'>,
  request: KasaRequest,
  rest: () => Promise<void>,
  accept: (socket: TLSSocket, reply: Reply, confirm: () => void) => Promise<Value | false>,
): Promise<Value> {
  const isSet = credentials.username !== undefined;
  const { username, password } = isSet
    ? { username: credentials.username ?? '', password: credentials.password ?? '' }
    : UNBOUND;
  for (const form of formsToTry(request.forms, memory.get(request.formKey))) {
    await rest();
    const socket = await connectByLadder(dial, request.target, memory);
    try {
      socket.write(request.write(basicAuthorization(username, password, form)));
      const reply = await readReplyHead(socket, request.target.timeoutMs, request.target.signal);
      if (reply.head.status !== 401) {
        const value = await accept(socket, reply, () => memory.set(request.formKey, form));
        if (value !== false) return value;
      }
    } catch (error) {
      socket.destroy();
      throw error;
    }
    socket.destroy();
  }
  throw isSet
    ? new GatewayError(
        'wrong-password',
        'The camera refuses this account. Use the e-mail address and the password of the TP-Link account that the camera belongs to.',
      )
    : new GatewayError(
        'needs-password',
        'This camera belongs to a TP-Link account. Enter its e-mail address and password.',
      );
}
