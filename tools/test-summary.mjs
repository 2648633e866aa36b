// What `npm test` prints at its end: the name of every journey that needed a second try, and one line with the counts.
import fs from 'node:fs';
import path from 'node:path';

/** Lines to print. A journey that passed only at its second try is reported as flaky and counted neither as passed nor as failed. */
export function summarise(folder) {
  const read = (name) => {
    const file = path.join(folder, name);
    return fs.existsSync(file) ? JSON.parse(fs.readFileSync(file, 'utf8')) : undefined;
  };
  const unit = read('unit.json');
  const journeys = ['pages.json', 'measured.json'].flatMap((name) => journeysOf(read(name)));
  const count = (status) => journeys.filter((journey) => journey.status === status).length;
  const flaky = journeys.filter(({ status }) => status === 'flaky');
  const passed = (unit?.numPassedTests ?? 0) + count('expected');
  const failed = (unit?.numFailedTests ?? 0) + count('unexpected');
  return [
    ...flaky.map(({ title }) => `FLAKY, passed only at its second try: ${title}`),
    `${passed} passed, ${failed} failed`,
  ];
}

function journeysOf(report) {
  const inSuite = (suite, above) => {
    const titles = [...above, suite.title];
    const own = (suite.specs ?? []).flatMap((spec) =>
      spec.tests.map(({ status }) => ({ title: [...titles, spec.title].join(' › '), status })),
    );
    return [...own, ...(suite.suites ?? []).flatMap((inner) => inSuite(inner, titles))];
  };
  return (report?.suites ?? []).flatMap((suite) => inSuite(suite, []));
}
