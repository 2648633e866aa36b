// A browser in its own process, for its own network namespace:
//   node --import tsx remote-browser.ts OPTIONS-AS-JSON
// Prints its offer, reads the answer, and then prints how many pictures came, all as lines of JSON.
import { createInterface } from 'node:readline';
import { TestBrowser, type TestBrowserOptions } from './rig.ts';

const browser = new TestBrowser(JSON.parse(process.argv[2] ?? '{}') as TestBrowserOptions);
const say = (line: object) => process.stdout.write(`${JSON.stringify(line)}\n`);
say({ offer: await browser.offer() });
for await (const line of createInterface({ input: process.stdin })) {
  await browser.accept((JSON.parse(line) as { answer: string }).answer);
  setInterval(() => say({ pictures: browser.frames.length }), 100);
}
process.exit(0);
