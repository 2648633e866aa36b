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
import { request, segment } from './request.ts';

export function listSignIns(): Promise<readonly SignedInView[]> {
  return request('GET', '/api/sessions');
}

export function endSignIn(id: string): Promise<void> {
  return request('DELETE', `/api/sessions/${segment(id)}`);
}

export function listUsers(): Promise<readonly UserView[]> {
  return request('GET', '/api/users');
}

export function addUser(body: UserInput): Promise<UserView> {
  return request('POST', '/api/users', { body });
}

export function changeUser(id: string, body: UserPatch): Promise<UserView> {
  return request('PATCH', `/api/users/${segment(id)}`, { body });
}

export function removeUser(id: string): Promise<void> {
  return request('DELETE', `/api/users/${segment(id)}`);
}

export function listTokens(): Promise<readonly TokenView[]> {
  return request('GET', '/api/tokens');
}

export function makeToken(body: TokenInput): Promise<TokenCreated> {
  return request('POST', '/api/tokens', { body });
}

export function revokeToken(id: string): Promise<void> {
  return request('DELETE', `/api/tokens/${segment(id)}`);
}

export const AUDIT_PAGE = 100;

export function readAudit(before: number | undefined): Promise<readonly AuditEntry[]> {
  const query = before === undefined ? '' : `&before=${before}`;
  return request('GET', `/api/audit?limit=${AUDIT_PAGE}${query}`);
}
