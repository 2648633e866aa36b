import { EventEmitter } from 'node:events';
import { guard } from './stray-errors.ts';

/** An emitter whose listeners cannot disturb the emitter or each other: what one throws is logged, and the next is still called. */
export class GuardedEmitter<Events extends Record<keyof Events, unknown[]>> extends EventEmitter<Events> {
  constructor() {
    super();
    const emitGuarded = (name: string, ...values: unknown[]): boolean => {
      const listeners = this.rawListeners(name as never) as unknown as ((...values: unknown[]) => void)[];
      for (const listener of listeners) guard(listener.bind(this))(...values);
      return listeners.length > 0;
    };
    // It is assigned and not overridden, so that Node's types are kept.
    this.emit = emitGuarded as typeof this.emit;
  }
}
