// What `npm test` prints at its end: the name of every test and journey that needed a second try, and one line with the counts.
import fs from 'node:fs';
import path from 'node:path';

/** Lines to print. What passed only at its second try is reported as flaky and counted neither as passed nor as failed. */
export function summarise(folder) {
  const read = (name) => {
    const file = path.join(folder, name);
    return fs.existsSync(file) ? JSON.parse(fs.readFileSync(file, 'utf8')) : undefined;
  };
  const journeys = ['pages.json', 'measured.json'].flatMap((name) => journeysOf(read(name)));
  const all = [...unitTestsOf(read('unit.json')), ...journeys];
  const count = (status) => all.filter((one) => one.status === status).length;
  const flaky = all.filter(({ status }) => status === 'flaky');
  return [
    ...flaky.map(({ title }) => `FLAKY, passed only at its second try: ${title}`),
    `${count('expected')} passed, ${count('unexpected')} failed`,
  ];
}

/** In the words of the journeys' reports; a test that passed and has a message of a failure needed its second try. */
function unitTestsOf(report) {
  const statusOf = ({ status, failureMessages }) => {
    if (status === 'failed') return 'unexpected';
    if (status !== 'passed') return 'skipped';
    return failureMessages.length > 0 ? 'flaky' : 'expected';
  };
  return (report?.testResults ?? []).flatMap(({ name, assertionResults }) =>
    assertionResults.map((one) => ({ title: `${path.relative('.', name)} › ${one.fullName}`, status: statusOf(one) })),
  );
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
