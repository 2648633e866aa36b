import type { IncomingMessage } from 'node:http';
import { describe, expect, test } from 'vitest';
import { clientAddress, clientOrigin } from './client-address.ts';

function request(headers: Record<string, string>, remoteAddress = '10.0.0.1'): IncomingMessage {
  return { headers: { host: 'inside:8080', ...headers }, socket: { remoteAddress } } as unknown as IncomingMessage;
}
const nobody = (): boolean => false;
const private10 = (address: string): boolean => address.startsWith('10.');

describe('the address of a caller', () => {
  test.each([
    ['no proxy is trusted', nobody, '203.0.113.9', '10.0.0.1'],
    ['our proxy is trusted', private10, '203.0.113.9', '203.0.113.9'],
    ['the caller invents hops before it', private10, '1.2.3.4, 203.0.113.9', '203.0.113.9'],
    ['two proxies of ours', private10, '203.0.113.9, 10.0.0.2', '203.0.113.9'],
    ['nothing was forwarded', private10, '', '10.0.0.1'],
  ])('%s', (_name, trust, forwarded, expected) => {
    expect(clientAddress(request({ 'x-forwarded-for': forwarded }), trust)).toBe(expected);
  });
});

test('host and scheme are taken from the proxy only when it is trusted', () => {
  const headers = { 'x-forwarded-host': 'gate.example', 'x-forwarded-proto': 'https' };
  expect(clientOrigin(request(headers), private10)).toEqual({ host: 'gate.example', secure: true });
  expect(clientOrigin(request(headers), nobody)).toEqual({ host: 'inside:8080', secure: false });
  expect(clientOrigin(request({}), private10)).toEqual({ host: 'inside:8080', secure: false });
});
