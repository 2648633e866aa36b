import { EventEmitter } from 'node:events';
import { guard } from './stray-errors.ts';

/** An emitter whose listeners cannot fail whoever emits, nor each other: what one throws is said, and the next one hears all the same. */
export class GuardedEmitter<Events extends Record<keyof Events, unknown[]>> extends EventEmitter<Events> {
  constructor() {
    super();
    const emitGuarded = (name: string, ...values: unknown[]): boolean => {
      const listeners = this.rawListeners(name as never) as unknown as ((...values: unknown[]) => void)[];
      for (const listener of listeners) guard(listener.bind(this))(...values);
      return listeners.length > 0;
    };
    // Assigned, so that its types stay those of Node.
    this.emit = emitGuarded as typeof this.emit;
  }
}
