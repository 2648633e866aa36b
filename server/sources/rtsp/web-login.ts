import { randomBytes } from 'node:crypto';
import { GatewayError } from '../../platform/errors.ts';
import type { Credentials } from '../../protocols/rtsp/auth.ts';
import { ClientAuth } from '../../protocols/rtsp/client-auth.ts';
import type { LoginMemory } from './login-memory.ts';

/** Signing in to the web server that carries RTSP; the camera's RTSP server asks again on its own. */
export class WebLogin {
  readonly #auth: ClientAuth;
  readonly #memory: LoginMemory;
  #hadAnswer = false;

  constructor(credentials: Credentials | undefined, memory: LoginMemory) {
    this.#auth = new ClientAuth(credentials, randomBytes(8).toString('hex'), memory.takesDigest);
    this.#memory = memory;
  }

  header(method: string, target: string): string | undefined {
    const answer = this.#auth.answer(method, target);
    this.#hadAnswer = answer !== undefined;
    return answer;
  }

  /** The web server let us in. */
  accepted(): void {
    if (this.#hadAnswer) this.#auth.accepted();
    this.#remember();
  }

  #remember(): void {
    if (this.#auth.takesDigest) this.#memory.rememberDigest();
  }

  /** Throws when there is no use in another attempt. */
  refused(status: number, wwwAuthenticate: readonly string[]): void {
    if (status === 401) {
      const error = this.#auth.refused(wwwAuthenticate, this.#hadAnswer);
      this.#remember();
      if (error) throw error;
      return;
    }
    if (status === 404) throw new GatewayError('no-such-path', 'The camera’s web server does not know this path.');
    if (status === 503) throw new GatewayError('no-free-session', 'The camera’s web server has no free place.');
    throw new GatewayError('not-supported', `The camera’s web server does not carry RTSP (it answered ${status}).`);
  }
}
