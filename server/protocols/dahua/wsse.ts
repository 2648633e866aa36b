import { createHash } from 'node:crypto';
import type { CloudHeader } from './cloud-message.ts';

/** The application (not person) that a cloud knows us as. It is configurable because vendors have changed theirs before. */
export type CloudIdentity = { readonly user: string; readonly key: string };

export type WsseToken = {
  readonly username: string;
  readonly digest: string;
  readonly nonce: string;
  readonly created: string;
};

const TOKEN = /(\w+)="([^"]*)"/g;

/** Plain concatenation; the constant prefix is part of the scheme. */
export function wsseDigest(identity: CloudIdentity, nonce: string, created: string): string {
  return createHash('sha1').update(`${nonce}${created}DHP2P:${identity.user}:${identity.key}`).digest('base64');
}

/** Headers for one datagram; a retransmission needs a new nonce and time. */
export function wsseHeaders(identity: CloudIdentity, nonce: number, wallMs: number): CloudHeader[] {
  const created = `${new Date(wallMs).toISOString().slice(0, 19)}Z`;
  const digest = wsseDigest(identity, String(nonce), created);
  return [
    ['Authorization', 'WSSE profile="UsernameToken"'],
    [
      'X-WSSE',
      `UsernameToken Username="${identity.user}", PasswordDigest="${digest}", Nonce="${nonce}", Created="${created}"`,
    ],
  ];
}

export function parseWsse(header: string): WsseToken | undefined {
  const fields = new Map<string, string>();
  for (const [, name = '', value = ''] of header.matchAll(TOKEN)) fields.set(name, value);
  const username = fields.get('Username');
  const digest = fields.get('PasswordDigest');
  const nonce = fields.get('Nonce');
  const created = fields.get('Created');
  if (username === undefined || digest === undefined || nonce === undefined || created === undefined) return undefined;
  return { username, digest, nonce, created };
}
