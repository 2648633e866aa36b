import type { Signalling } from '../signalling/signalling.ts';
import { PageConnection } from './page-connection.ts';
import type { LineRequest, PageLine } from './page-line.ts';

/** All tiles of a layout are opened within one frame. */
const BATCH_MS = 10;

/**
 * The peer connections of a page. Its tiles share one, or as many as they need; a tile with sound has its own, because browsers
 * delay all pictures of a connection for the sound on it.
 */
export class PageConnections {
  readonly #signalling: Signalling;
  #shared: PageConnection[] = [];
  readonly #alone = new Set<PageConnection>();

  constructor(signalling: Signalling) {
    this.#signalling = signalling;
  }

  open(request: LineRequest): PageLine {
    if (request.sound || this.#signalling.isForOneCamera) return this.#openAlone(request);
    for (const connection of this.#shared) {
      const line = connection.open(request);
      if (line) return line;
    }
    const another = new PageConnection(this.#signalling, BATCH_MS);
    this.#shared.push(another);
    return another.open(request) as PageLine;
  }

  /**
   * Asks the gateway whether it still knows these connections, because it may have closed them while nothing could be
   * heard of it.
   */
  reconcile(): void {
    for (const connection of [...this.#shared, ...this.#alone]) connection.reconcile();
  }

  #openAlone(request: LineRequest): PageLine {
    const connection = new PageConnection(this.#signalling, 0, () => this.#alone.delete(connection));
    this.#alone.add(connection);
    return connection.open(request) as PageLine;
  }
}
