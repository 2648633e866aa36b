import { GatewayError } from '../../platform/errors.ts';

export type HeaderFields = readonly (readonly [name: string, value: string])[];

/** The lines of a request or reply, including the empty line. Throws when a part holds a line end, which could begin another message. */
export function serializeHead(startLine: string, headers: HeaderFields): string {
  const lines = [startLine, ...headers.map(([name, value]) => `${name}: ${value}`)];
  for (const line of lines) {
    if (/[\r\n\0]/.test(line))
      throw new GatewayError('bad-request', 'An address or account with a line end in it is never sent. Correct it.');
  }
  return `${lines.join('\r\n')}\r\n\r\n`;
}
