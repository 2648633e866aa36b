import { batch, effect, type ReadonlySignal, type Signal, signal, untracked } from '@preact/signals-core';
import type { CameraView } from '../../../shared/camera.ts';
import type { CameraStateEvent } from '../../../shared/events.ts';
import type { GatewaySocket } from './gateway-socket.ts';

/** What the gateway says of one camera. `view` is undefined until it said something. */
export type CameraFacts = { readonly reachable: boolean; readonly view: CameraView | undefined };

/** What the gateway tells of its cameras over the live connection, kept once for everything on the page that shows them. */
export class CameraStore {
  readonly #list = signal<readonly CameraView[] | undefined>(undefined);
  readonly #isReachable = signal(false);
  readonly #isLost = signal(false);
  readonly #live = new Map<string, Signal<CameraView>>();
  readonly #changed: (before: CameraView, next: CameraView) => void;

  /** `changed` is called for every camera that the gateway sends a new state of. */
  constructor(changed: (before: CameraView, next: CameraView) => void = () => undefined) {
    this.#changed = changed;
  }

  /**
   * The cameras with their names and in their order, without their live state. Undefined until the gateway has sent
   * them.
   */
  get list(): ReadonlySignal<readonly CameraView[] | undefined> {
    return this.#list;
  }

  /**
   * True after the live connection broke or could not be made, and false on a page that is still connecting for the
   * first time.
   */
  get isLost(): ReadonlySignal<boolean> {
    return this.#isLost;
  }

  /** One camera with its live state. */
  live(id: string): ReadonlySignal<CameraView> | undefined {
    return this.#live.get(id);
  }

  /** Hears what a new socket tells. Must be called before the socket connects, so that nothing is missed. */
  listen(socket: GatewaySocket): void {
    socket.on('connect', () => this.#setReachable(true));
    socket.on('disconnect', () => this.#setReachable(false));
    socket.on('connect_error', () => this.#setReachable(false));
    socket.on('cameras-changed', (list) => this.replace(list));
    socket.on('camera-state', (state) => this.learn(state));
  }

  replace(list: readonly CameraView[]): void {
    batch(() => {
      const ids = new Set(list.map(({ id }) => id));
      for (const id of this.#live.keys()) if (!ids.has(id)) this.#live.delete(id);
      for (const camera of list) {
        const known = this.#live.get(camera.id);
        if (known) this.#change(known, camera);
        else this.#live.set(camera.id, signal(camera));
      }
      this.#list.value = list;
    });
  }

  /** Takes a new state of a camera. A camera that is not in the list does not concern this page. */
  learn(state: CameraStateEvent): void {
    const known = this.#live.get(state.id);
    if (known) this.#change(known, { ...known.peek(), ...state });
  }

  /** Forgets everything: somebody else may sign in. */
  clear(): void {
    batch(() => {
      this.#live.clear();
      this.#list.value = undefined;
      this.#isReachable.value = false;
      this.#isLost.value = false;
    });
  }

  facts(id: string): CameraFacts {
    return { reachable: this.#isReachable.value, view: this.#list.value && this.#live.get(id)?.value };
  }

  /** Calls back at once with what is known, then on every change, until the returned function is called. */
  follow(id: string, listener: (facts: CameraFacts) => void): () => void {
    return effect(() => {
      const facts = this.facts(id);
      untracked(() => listener(facts));
    });
  }

  #setReachable(isReachable: boolean): void {
    batch(() => {
      this.#isReachable.value = isReachable;
      this.#isLost.value = !isReachable;
    });
  }

  #change(known: Signal<CameraView>, next: CameraView): void {
    const before = known.peek();
    known.value = next;
    this.#changed(before, next);
  }
}
