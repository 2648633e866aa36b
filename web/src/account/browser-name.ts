import { accountTexts } from '../texts/en/account.ts';

/** First match wins: every browser claims to be several others. */
const BROWSERS = [
  ['Edge', /Edg/],
  ['Opera', /OPR\//],
  ['Firefox', /Firefox|FxiOS/],
  ['Chrome', /Chrome|CriOS/],
  ['Safari', /Safari/],
] as const;

const SYSTEMS = [
  ['iPhone', /iPhone/],
  ['iPad', /iPad/],
  ['Android', /Android/],
  ['Windows', /Windows/],
  ['macOS', /Mac OS X/],
  ['Linux', /Linux/],
] as const;

/** The name that people know the browser by, from the way in which it describes itself. */
export function browserName(agent: string | undefined): string {
  if (!agent) return accountTexts.unknownBrowser;
  const find = (list: readonly (readonly [string, RegExp])[]) => list.find(([, pattern]) => pattern.test(agent))?.[0];
  const [browser, system] = [find(BROWSERS), find(SYSTEMS)];
  if (browser && system) return accountTexts.browserOn(browser, system);
  return browser ?? system ?? (agent.split(/[\s/]/)[0] || accountTexts.unknownBrowser);
}
