import { expect, test } from 'vitest';
import { accountInput, savedViewInput, signInInput, tokenInput, userInput } from './api.ts';
import { cameraInput, cameraPatch, probeInput } from './camera-api.ts';
import { shareInput } from './share-link.ts';

const URL = 'rtsp://192.0.2.7/1';
const user = { password: 'long enough to be taken', role: 'viewer' };
const share = { camera: 'door', audio: true, quality: 'main' };
const view = { layout: 'auto', cameras: [] };

test.each([
  ['the name of an account', userInput, (text: string) => ({ ...user, name: text })],
  ['one’s own name', accountInput, (text: string) => ({ name: text })],
  ['the name at sign-in', signInInput, (text: string) => ({ name: text, password: 'x' })],
  ['the name of a token', tokenInput, (text: string) => ({ name: text, role: 'viewer' })],
  ['the label of a link', shareInput, (text: string) => ({ ...share, label: text })],
  ['the name of a view', savedViewInput, (text: string) => ({ ...view, name: text })],
  ['the name of a camera', cameraInput, (text: string) => ({ name: text, url: URL })],
  ['its id', cameraInput, (text: string) => ({ name: 'x', url: URL, id: text })],
  ['its group', cameraInput, (text: string) => ({ name: 'x', url: URL, group: text })],
  ['its password', cameraInput, (text: string) => ({ name: 'x', url: URL, password: text })],
  ['its address after a change', cameraPatch, (text: string) => ({ url: `${URL}${text}` })],
  ['its user name after a change', cameraPatch, (text: string) => ({ username: text })],
  [
    'an account in its fallback',
    cameraPatch,
    (text: string) => ({ fallback: `rtsp://${encodeURIComponent(text)}:p@h/` }),
  ],
  ['an address to look at', probeInput, (text: string) => ({ url: `rtsp://u:${encodeURIComponent(text)}@h/` })],
])('%s is one line', (_name, schema, input) => {
  expect(schema.safeParse(input('abc')).success).toBe(true);
  for (const end of ['\r\n', '\n', '\r', '\0', '\u007f', '\u0085', '\u2028'])
    expect([end, schema.safeParse(input(`a${end}b`)).success]).toEqual([end, false]);
});
