import { EventEmitter } from 'node:events';
import type { GatewayError } from '../platform/errors.ts';

export type RevocationEvents = { revoked: [grants: readonly string[], reason: GatewayError] };

/** Says that rights are no more. The hub ends the viewers that hang on them, the sockets close. */
export class Revocations extends EventEmitter<RevocationEvents> {
  revoke(grants: readonly string[], reason: GatewayError): void {
    if (grants.length > 0) this.emit('revoked', grants, reason);
  }
}
