import type { CameraId } from '../../shared/ids.ts';
import type { Viewer } from '../hub/viewer.ts';
import type { Clock } from '../platform/clock.ts';
import type { GatewayError } from '../platform/errors.ts';
import type { Audit } from '../store/audit.ts';
import type { Action, Principal } from './principal.ts';

/** What the audit log holds besides changes and sign-ins; `audit` in the configuration. */
export type AccessAuditSettings = { readonly views: boolean; readonly refusals: boolean };

/** A page that asks again and again is one entry in so long. */
const SAME_AGAIN_MS = 60_000;
/** Nobody washes the log out with refusals. */
const MAX_PER_MINUTE = 100;

type Refused = {
  /** Undefined: somebody who showed nothing that opens. */
  readonly principal: Pick<Principal, 'who'> | undefined;
  readonly action: Action;
  readonly camera: CameraId | undefined;
  readonly address: string;
  readonly error: GatewayError;
};

/** Who looked at which camera, and who was refused what, where the configuration asks for it. */
export class AccessAudit {
  readonly #audit: Pick<Audit, 'add'>;
  readonly #clock: Clock;
  readonly #settings: AccessAuditSettings;
  readonly #notedMs = new Map<string, number>();

  constructor(audit: Pick<Audit, 'add'>, clock: Clock, settings: AccessAuditSettings) {
    this.#audit = audit;
    this.#clock = clock;
    this.#settings = settings;
  }

  viewed({ who, camera, kind, quality, address }: Viewer): void {
    if (!this.#settings.views || !this.#isNew(['viewed', who, camera, kind, address])) return;
    const from = address === undefined ? {} : { address };
    this.#audit.add(
      { who, event: 'camera-viewed', subject: camera, detail: `${kind} ${quality}`, ...from },
      this.#clock.wallMs(),
    );
  }

  refused({ principal, action, camera, address, error }: Refused): void {
    const who = principal?.who ?? 'somebody';
    if (!this.#settings.refusals || !this.#isNew(['refused', who, action, camera, address, error.code])) return;
    const subject = camera === undefined ? {} : { subject: camera };
    this.#audit.add(
      { who, event: 'access-refused', ...subject, detail: `${action}: ${error.code}`, address },
      this.#clock.wallMs(),
    );
  }

  #isNew(key: readonly unknown[]): boolean {
    const nowMs = this.#clock.nowUs() / 1000;
    for (const [known, atMs] of this.#notedMs) if (nowMs - atMs >= SAME_AGAIN_MS) this.#notedMs.delete(known);
    const text = JSON.stringify(key);
    if (this.#notedMs.has(text) || this.#notedMs.size >= MAX_PER_MINUTE) return false;
    this.#notedMs.set(text, nowMs);
    return true;
  }
}
