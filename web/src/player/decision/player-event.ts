import type { Quality, StreamState } from '../../../../shared/camera.ts';
import type { Sight } from './freeze.ts';
import type { Loss, Path, TransportName, Unsupported } from './player-state.ts';

/** Everything that the state machine is told. `nowMs` is the driver's monotonic clock. */
export type PlayerEvent = { readonly nowMs: number } & (
  | { readonly type: 'start' }
  | { readonly type: 'stop' }
  /** A person does not want to wait for the next attempt. */
  | { readonly type: 'retry' }
  | { readonly type: 'quality'; readonly quality: Quality }
  | { readonly type: 'sound'; readonly wanted: boolean }
  | { readonly type: 'connected'; readonly id: number }
  | { readonly type: 'first-frame'; readonly id: number }
  | { readonly type: 'lost'; readonly id: number; readonly loss: Loss }
  /** What the gateway says of the stream, and whether it can be reached at all. `askedAtMs`: it answers what was asked then. */
  | {
      readonly type: 'facts';
      readonly reachable: boolean;
      readonly stream: StreamState | undefined;
      readonly askedAtMs?: number | undefined;
      /** Nothing new was said of the stream. */
      readonly isRepeated?: boolean;
    }
  /** What this browser cannot play of the stream, now that its codec is known. */
  | {
      readonly type: 'codec';
      readonly unsupported: readonly (Path & { readonly reason: Unsupported })[];
      /** The ways that do not bring its sound. */
      readonly silent: readonly TransportName[];
      readonly isSoundOnly: boolean;
    }
  | { readonly type: 'visibility'; readonly visible: boolean }
  | { readonly type: 'network-changed' }
  /**
   * Several times a second, with what is seen of the picture on the screen. `lateMs`: how long this page did not get to do
   * anything, because the machine is busy or asleep.
   */
  | ({ readonly type: 'tick'; readonly lateMs?: number } & Sight)
);
