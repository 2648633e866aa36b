import type { CameraId } from '../../shared/ids.ts';
import { GatewayError } from '../platform/errors.ts';
import type { Viewer } from './viewer.ts';

/** Long enough that no player comes back by itself. A person who asks again does so as a new visit. */
const REFUSED_FOR_MS = 5 * 60_000;
const MAX_REMEMBERED = 1000;

type Player = Pick<Viewer, 'right' | 'visit' | 'address'>;

/**
 * Views that somebody ended. The player is refused for a while, recognised by its visit or else by its address, so that its
 * automatic second attempt does not undo what a person did. To keep somebody out for good, revoke the link or the account.
 */
export class EndedViews {
  readonly #untilMs = new Map<string, number>();

  /** Times are monotonic. */
  end(player: Player, camera: CameraId, nowMs: number): GatewayError {
    for (const [oldest] of this.#untilMs) {
      if (this.#untilMs.size < MAX_REMEMBERED) break;
      this.#untilMs.delete(oldest);
    }
    this.#untilMs.set(keyOf(player, camera), nowMs + REFUSED_FOR_MS);
    return ended();
  }

  refusal(player: Player, camera: CameraId, nowMs: number): GatewayError | undefined {
    const untilMs = this.#untilMs.get(keyOf(player, camera));
    return untilMs !== undefined && untilMs > nowMs ? ended() : undefined;
  }
}

function ended(): GatewayError {
  return new GatewayError('view-ended', 'Whoever looks after this camera ended this view. You may ask for it again.');
}

/** The right is part of the key, so that no guest can use the visit of another link. */
function keyOf({ right, visit, address = '' }: Player, camera: CameraId): string {
  return JSON.stringify([right.kind, right.id, visit ?? null, visit === undefined ? address : null, camera]);
}
