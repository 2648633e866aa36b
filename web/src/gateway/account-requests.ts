import type {
  AuditEntry,
  SignedInView,
  TokenCreated,
  TokenInput,
  TokenView,
  UserInput,
  UserPatch,
  UserView,
} from '../../../shared/api.ts';
import { segment } from './gateway-address.ts';
import { ask } from './request.ts';

/** The gateway asks for it again before accounts and tokens change. */
export function confirmPassword(password: string): Promise<void> {
  return ask('POST', '/api/session/confirm', { body: { password } });
}

export function listSignIns(): Promise<readonly SignedInView[]> {
  return ask('GET', '/api/sessions');
}

export function endSignIn(id: string): Promise<void> {
  return ask('DELETE', `/api/sessions/${segment(id)}`);
}

export function listUsers(): Promise<readonly UserView[]> {
  return ask('GET', '/api/users');
}

export function addUser(body: UserInput): Promise<UserView> {
  return ask('POST', '/api/users', { body });
}

export function changeUser(id: string, body: UserPatch): Promise<UserView> {
  return ask('PATCH', `/api/users/${segment(id)}`, { body });
}

/** `handTo`: the account that has the person's links and tokens from now on; they end without one. */
export function removeUser(id: string, handTo: string | undefined): Promise<void> {
  const query = handTo === undefined ? '' : `?handTo=${segment(handTo)}`;
  return ask('DELETE', `/api/users/${segment(id)}${query}`);
}

export function listTokens(): Promise<readonly TokenView[]> {
  return ask('GET', '/api/tokens');
}

export function makeToken(body: TokenInput): Promise<TokenCreated> {
  return ask('POST', '/api/tokens', { body });
}

export function revokeToken(id: string): Promise<void> {
  return ask('DELETE', `/api/tokens/${segment(id)}`);
}

export const AUDIT_PAGE = 100;

export type AuditQuestion = { readonly event: string; readonly search: string };

export function readAudit(
  { event, search }: AuditQuestion,
  before: number | undefined,
  limit = AUDIT_PAGE,
): Promise<readonly AuditEntry[]> {
  const query = new URLSearchParams({ limit: String(limit) });
  if (before !== undefined) query.set('before', String(before));
  if (event !== '') query.set('event', event);
  if (search.trim() !== '') query.set('search', search.trim());
  return ask('GET', `/api/audit?${query}`);
}

const EXPORT_PAGE = 500;

/** All that the question finds, for a file. */
export async function readWholeAudit(question: AuditQuestion): Promise<readonly AuditEntry[]> {
  const all: AuditEntry[] = [];
  for (;;) {
    const older = await readAudit(question, all.at(-1)?.id, EXPORT_PAGE);
    all.push(...older);
    if (older.length < EXPORT_PAGE) return all;
  }
}
