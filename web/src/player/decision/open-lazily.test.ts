import { expect, test } from 'vitest';
import type { OpenTransport, TransportRequest } from '../transport.ts';
import { openLazily } from './open-lazily.ts';

function rig() {
  const heard: string[] = [];
  let arrive = (_open: OpenTransport) => {};
  let fail = (_why: Error) => {};
  const script = new Promise<OpenTransport>((resolve, reject) => {
    arrive = resolve;
    fail = reject;
  });
  const request = { lost: (loss) => heard.push(`lost: ${loss.kind}`) } as Partial<TransportRequest> as TransportRequest;
  const open: OpenTransport = () => {
    heard.push('opened');
    return {
      statistics: () => Promise.resolve({ milestones: {}, bytesReceived: 7 }),
      close: () => heard.push('closed'),
    };
  };
  const transport = openLazily(() => script)(request);
  return { transport, heard, arrive: () => arrive(open), fail: () => fail(new TypeError('404')), script };
}

test('opens when its script is there, and has nothing to tell before', async () => {
  const { transport, heard, arrive, script } = rig();
  expect((await transport.statistics()).bytesReceived).toBe(0);
  arrive();
  await script;
  expect((await transport.statistics()).bytesReceived).toBe(7);
  transport.close();
  expect(heard).toEqual(['opened', 'closed']);
});

test('a script that cannot be loaded is a lost connection', async () => {
  const { heard, fail, script } = rig();
  fail();
  await expect(script).rejects.toThrow('404');
  await Promise.resolve();
  expect(heard).toEqual(['lost: broken']);
});

test('closed before its script came, it opens nothing and is not lost', async () => {
  const late = rig();
  late.transport.close();
  late.arrive();
  await late.script;
  const broken = rig();
  broken.transport.close();
  broken.fail();
  await expect(broken.script).rejects.toThrow('404');
  expect([late.heard, broken.heard]).toEqual([[], []]);
});
