import type { CameraId } from '../../../shared/ids.ts';
import type { Hub, HubEvents } from '../../hub/hub.ts';
import type { Clock } from '../../platform/clock.ts';
import type { CameraDirectory } from '../../store/camera-directory.ts';

/** The summary of a burst of events. */
export type LiveChange = {
  readonly cameras: ReadonlySet<CameraId>;
  /** A camera was added, changed or removed. */
  readonly listChanged: boolean;
  readonly viewersChanged: boolean;
};

/** Short enough to feel immediate, long enough that opening a wall of tiles is one message per camera. */
const GATHER_MS = 40;

/** Collects changes of cameras and viewers, so that pages are told at most every few milliseconds. */
export class LiveState {
  readonly #hub: Hub;
  readonly #directory: CameraDirectory;
  readonly #clock: Clock;
  readonly #tell: (change: LiveChange) => void;
  #cameras = new Set<CameraId>();
  #listChanged = false;
  #viewersChanged = false;
  #cancel: (() => void) | undefined;

  constructor(hub: Hub, directory: CameraDirectory, clock: Clock, tell: (change: LiveChange) => void) {
    this.#hub = hub;
    this.#directory = directory;
    this.#clock = clock;
    this.#tell = tell;
    hub.on('stream-state', this.#onState);
    hub.on('viewer-came', this.#onViewer);
    hub.on('viewer-left', this.#onViewer);
    directory.on('changed', this.#onList);
  }

  close(): void {
    this.#cancel?.();
    this.#hub.off('stream-state', this.#onState);
    this.#hub.off('viewer-came', this.#onViewer);
    this.#hub.off('viewer-left', this.#onViewer);
    this.#directory.off('changed', this.#onList);
  }

  readonly #onState = (camera: CameraId): void => {
    this.#cameras.add(camera);
    this.#schedule();
  };

  readonly #onViewer = (...[viewer]: HubEvents['viewer-came']): void => {
    this.#cameras.add(viewer.camera);
    this.#viewersChanged = true;
    this.#schedule();
  };

  readonly #onList = (): void => {
    this.#listChanged = true;
    this.#schedule();
  };

  #schedule(): void {
    this.#cancel ??= this.#clock.after(GATHER_MS, () => {
      const change = { cameras: this.#cameras, listChanged: this.#listChanged, viewersChanged: this.#viewersChanged };
      this.#cancel = undefined;
      this.#cameras = new Set();
      this.#listChanged = false;
      this.#viewersChanged = false;
      this.#tell(change);
    });
  }
}
