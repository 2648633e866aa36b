import { expect, test } from 'vitest';
import type { GatewayError } from '../../platform/errors.ts';
import { RealmTable } from './realm-table.ts';
import { type TouFrame, TouReader } from './tou-frame.ts';

/** A table whose underlying stream takes `room` bytes at a time, with records of what was sent and received. */
function table(room = Number.POSITIVE_INFINITY) {
  const sent: TouFrame[] = [];
  const heard: string[] = [];
  const reader = new TouReader();
  const carrier = {
    unsentBytes: 0,
    write(bytes: Uint8Array): void {
      sent.push(...reader.push(bytes));
      carrier.unsentBytes += room === Number.POSITIVE_INFINITY ? 0 : bytes.length;
    },
  };
  const realms = new RealmTable(carrier);
  const listener = (name: string) => ({
    connected: () => heard.push(`${name} connected`),
    data: (bytes: Uint8Array) => heard.push(`${name} ${Buffer.from(bytes)}`),
    drained: () => heard.push(`${name} drained`),
    closed: (reason: GatewayError | undefined) => heard.push(`${name} ${reason?.code ?? 'ended'}`),
  });
  return { realms, carrier, sent, heard, listener };
}

test('a realm opens, carries bytes both ways and ends', () => {
  const { realms, sent, heard, listener } = table();
  const realm = realms.open(5, 554, listener('a'));
  realms.receive({ type: 'connected', realm: 5 });
  realms.write(realm, Buffer.from('hello'));
  realms.receive({ type: 'data', realm: 5, bytes: Buffer.from('hi') });
  realms.end(realm);
  expect(sent.map((frame) => frame.type)).toEqual(['bind', 'data', 'disconnected']);
  expect(heard).toEqual(['a connected', 'a drained', 'a hi']);
  expect(realms.size).toBe(0);
});

test('a closed port is distinguished from a closed connection', () => {
  const { realms, heard, listener } = table();
  realms.open(1, 81, listener('shut'));
  realms.open(2, 80, listener('open'));
  realms.receive({ type: 'connected', realm: 2 });
  realms.receive({ type: 'disconnected', realm: 1 });
  realms.receive({ type: 'disconnected', realm: 2 });
  expect(heard).toEqual(['open connected', 'shut refused', 'open ended']);
});

test('a device confirms the end of a realm, a client does not', () => {
  const { realms, sent, listener } = table();
  realms.adopt(1, 554, listener('adopted'));
  realms.open(2, 554, listener('opened'));
  sent.length = 0;
  realms.receive({ type: 'disconnected', realm: 1 });
  realms.receive({ type: 'disconnected', realm: 2 });
  expect(sent).toEqual([{ type: 'disconnected', realm: 1 }]);
});

test('data for a realm that is gone is dropped', () => {
  const { realms, heard } = table();
  expect(realms.receive({ type: 'data', realm: 99, bytes: Buffer.from('late') })).toBe(true);
  expect(heard).toEqual([]);
});

test('realms take turns, however much each has to send', () => {
  const { realms, carrier, sent, listener } = table(1);
  const greedy = realms.adopt(1, 554, listener('greedy'));
  const modest = realms.adopt(2, 80, listener('modest'));
  realms.confirm(greedy);
  realms.confirm(modest);
  realms.write(greedy, new Uint8Array(500_000));
  realms.write(modest, new Uint8Array(3 * 1280));
  sent.length = 0;
  carrier.unsentBytes = 0;
  realms.pump();
  const order = sent.flatMap((frame) => (frame.type === 'data' ? [frame.realm] : []));
  expect(order.slice(0, 6)).toEqual([1, 2, 1, 2, 1, 2]);
});

test('everything that was written is sent before the end', () => {
  const { realms, carrier, sent, listener } = table(1);
  const realm = realms.adopt(1, 554, listener('a'));
  realms.confirm(realm);
  realms.write(realm, new Uint8Array(100_000));
  realms.end(realm);
  for (let round = 0; round < 10; round++) {
    carrier.unsentBytes = 0;
    realms.pump();
  }
  const bytes = sent.reduce((sum, frame) => sum + (frame.type === 'data' ? frame.bytes.length : 0), 0);
  expect([bytes, sent.at(-1)?.type]).toEqual([100_000, 'disconnected']);
});
