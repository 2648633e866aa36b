import { signal } from '@preact/signals';
import type { Action } from '../../../shared/actions.ts';
import type { AccountInput, SessionView, SignInInput } from '../../../shared/api.ts';
import { GatewayError } from '../gateway/gateway-error.ts';
import { ask } from '../gateway/request.ts';
import { SIGN_IN_MEASURE } from '../player/decision/waterfall.ts';

/** Who is signed in. `undefined` while the gateway is being asked, `null` when nobody is. */
export const session = signal<SessionView | null | undefined>(undefined);

export function may(action: Action): boolean {
  return session.value?.may.includes(action) ?? false;
}

export async function loadSession(): Promise<void> {
  try {
    await become(ask<SessionView>('GET', '/api/session'));
  } catch (error) {
    if (!(error instanceof GatewayError) || error.code === 'unreachable') throw error;
    session.value = null;
  }
}

export async function signIn(input: SignInInput): Promise<void> {
  await become(ask<SessionView>('POST', '/api/session', { body: input }));
}

/** By the one-time link that the gateway printed. */
export async function signInByLink(link: string): Promise<void> {
  await become(ask<SessionView>('POST', '/api/session/link', { body: { link } }));
}

async function become(answer: Promise<SessionView>): Promise<void> {
  const start = performance.now();
  session.value = await answer;
  performance.measure(SIGN_IN_MEASURE, { start });
}

export async function signOut(): Promise<void> {
  await ask('DELETE', '/api/session');
  session.value = null;
}

/** Why the person has to sign in again, for the sign-in page. */
export const endedBecause = signal('');

/** The session ended on the gateway's side: signed out elsewhere, revoked, expired. */
export function forgetSession(reason: string): void {
  endedBecause.value = reason;
  session.value = null;
}

export async function changeAccount(input: AccountInput): Promise<void> {
  session.value = await ask<SessionView>('PATCH', '/api/account', { body: input });
}
