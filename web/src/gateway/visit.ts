import { randomId } from './random-id.ts';

const KEY = 'oriel-browser';
const BROWSER_LENGTH = 16;

/** One player in this browser, as `BROWSER.PLAYER`: to the gateway all players of a browser are one person. */
export function newVisit(): string {
  return `${browserId()}.${randomId()}`;
}

let ownId: string | undefined;

/** Frames of one page share it; where nothing may be stored, each frame is a browser of its own. */
function browserId(): string {
  ownId ??= keptId() ?? randomId().slice(0, BROWSER_LENGTH);
  return ownId;
}

function keptId(): string | undefined {
  try {
    const kept = sessionStorage.getItem(KEY) ?? randomId().slice(0, BROWSER_LENGTH);
    sessionStorage.setItem(KEY, kept);
    return kept;
  } catch {
    return undefined;
  }
}
