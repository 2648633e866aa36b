import { expect, test } from 'vitest';
import { isCrossSiteChange } from './cross-site.ts';

const HOST = 'gate.example:8080';

test.each([
  ['a program that says nothing of where it comes from', 'POST', {}, false],
  ['our own page', 'POST', { 'sec-fetch-site': 'same-origin' }, false],
  ['what a person does in the address bar', 'POST', { 'sec-fetch-site': 'none' }, false],
  ['another port or name of the same site', 'POST', { 'sec-fetch-site': 'same-site' }, true],
  ['another site', 'DELETE', { 'sec-fetch-site': 'cross-site' }, true],
  ['another site that only reads', 'GET', { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' }, false],
  ['our own page over plain HTTP, where browsers say less', 'PATCH', { origin: 'http://gate.example:8080' }, false],
  ['our own page behind a proxy that spoke HTTPS', 'PATCH', { origin: 'https://gate.example:8080' }, false],
  ['another port', 'POST', { origin: 'http://gate.example:9090' }, true],
  ['a name that begins like ours', 'POST', { origin: 'http://gate.example:8080.evil.example' }, true],
  ['a page without an origin of its own', 'POST', { origin: 'null' }, true],
  ['an origin that is no address', 'POST', { origin: '//' }, true],
])('%s', (_name, method, headers, expected) => {
  expect(isCrossSiteChange(method, headers, HOST)).toBe(expected);
});
