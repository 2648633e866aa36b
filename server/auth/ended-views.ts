import type { CameraId } from '../../shared/ids.ts';
import { GatewayError } from '../platform/errors.ts';
import type { Principal } from './principal.ts';

/** Long enough that no player comes back by itself; whoever asks again does so as a new visit. */
const REFUSED_FOR_MS = 5 * 60_000;
const MAX_REMEMBERED = 1000;

/**
 * Views that somebody ended. What watched is refused for a while, so that its automatic second try does not undo what a
 * person did: by the visit that it names, or else by its address. Whoever is to stay out loses the link or the account.
 */
export class EndedViews {
  readonly #untilMs = new Map<string, number>();

  /** `grants` as the viewer carries them. */
  end(grants: readonly string[], camera: CameraId, nowMs: number): GatewayError {
    for (const [oldest] of this.#untilMs) {
      if (this.#untilMs.size < MAX_REMEMBERED) break;
      this.#untilMs.delete(oldest);
    }
    this.#untilMs.set(keyOf(grants, camera), nowMs + REFUSED_FOR_MS);
    return ended();
  }

  refusal({ grants }: Principal, camera: CameraId, nowMs: number): GatewayError | undefined {
    const untilMs = this.#untilMs.get(keyOf(grants, camera));
    return untilMs !== undefined && untilMs > nowMs ? ended() : undefined;
  }
}

function ended(): GatewayError {
  return new GatewayError('view-ended', 'Whoever looks after this camera ended this view. You may ask for it again.');
}

/** The right comes first among the grants, so that no guest can name the visit of another link. */
function keyOf(grants: readonly string[], camera: CameraId): string {
  return [grants[0], grants.find((grant) => /^(?:visit|from):/.test(grant)), camera].join(' ');
}

const MAX_VISIT_LENGTH = 64;

/** Whoever asks, with what tells this visit from others by the same right. */
export function withVisit(principal: Principal, visit: unknown, address: string | undefined): Principal {
  const isNamed = typeof visit === 'string' && visit !== '';
  const grant = isNamed ? `visit:${visit.slice(0, MAX_VISIT_LENGTH)}` : `from:${address ?? ''}`;
  return { ...principal, grants: [...principal.grants, grant] };
}
