import { systemClock } from '../../platform/clock.ts';
import { Right, type RightKind } from '../right.ts';

/** A right that lasts until the test ends it. */
export function testRight(kind: RightKind = 'session', id = '1', untilMs?: number): Right {
  return new Right({ kind, id, untilMs }, systemClock);
}
