import { GatewayError } from '../../../platform/errors.ts';
import { type IceCandidate, parseIceCandidate } from '../../../protocols/stun/ice-candidate.ts';
import type { IceCredentials } from './ice-agent.ts';

const MAX_FRAGMENT_BYTES = 16 * 1024;

/** What a browser sends after its offer: candidates, and new credentials when it restarts ICE. */
export type IceFragment = { readonly ice?: IceCredentials; readonly candidates: readonly IceCandidate[] };

/** An SDP fragment of RFC 8840, or a candidate line by itself. What is not understood is left out. */
export function parseIceFragment(text: string): IceFragment {
  if (text.length > MAX_FRAGMENT_BYTES) throw new GatewayError('too-large', 'The ICE fragment is too large.');
  const lines = text.split(/\r?\n/).map((line) => line.trim());
  const value = (name: string) => lines.find((line) => line.startsWith(name))?.slice(name.length);
  const ufrag = value('a=ice-ufrag:');
  const password = value('a=ice-pwd:');
  const candidates = lines.flatMap((line) => (/^(a=)?candidate:/.test(line) ? (parseIceCandidate(line) ?? []) : []));
  return { ...(ufrag && password ? { ice: { ufrag, password } } : {}), candidates };
}
