import { expect, test } from 'vitest';
import { GatewayError } from '../../platform/errors.ts';
import {
  addressKey,
  decryptAddress,
  deviceAuthFields,
  deviceDigest,
  deviceKey,
  encryptAddress,
  parseDeviceSalt,
  serializeDeviceInfo,
} from './device-auth.ts';
import { parseWsse, wsseDigest, wsseHeaders } from './wsse.ts';

const SALT = '5daf91fc5cfc1be8e081cfb08f792726';
const CREDENTIALS = { username: 'admin', password: 'secret1' };
const NONCE = '1000000007';
const CREATE_DATE = '1704164645';

test('WSSE digests: one captured with the identity that was retired in 2024, one computed', () => {
  const old = { user: 'P2PClient', key: 'YXQ3Mahe-5H-R1Z_' };
  expect(wsseDigest(old, '126839946', '2024-06-07T02:31:50Z')).toBe('HkuFHhEl5VFGBwSBAtBfEsyhW8g=');
  const current = { user: 'cba1b29e32cb17aa46b8ff9e73c7f40b', key: '996103384cdf19179e19243e959bbf8b' };
  expect(wsseDigest(current, '1234567890', '2024-01-02T03:04:05Z')).toBe('yo9hiYp9X22h33Z/fuzUmq7lzEM=');
});

test('a WSSE header is read back', () => {
  const headers = wsseHeaders({ user: 'u', key: 'k' }, 5, 0);
  expect(parseWsse(headers[1]?.[1] ?? '')).toEqual({
    username: 'u',
    nonce: '5',
    created: '1970-01-01T00:00:00Z',
    digest: wsseDigest({ user: 'u', key: 'k' }, '5', '1970-01-01T00:00:00Z'),
  });
  expect(parseWsse('UsernameToken Username="u"')).toBeUndefined();
});

test('the device key is the digest HA1 of the salt as realm', () => {
  expect(deviceKey(CREDENTIALS, SALT)).toBe('CD5B1F667432D1796472AB97046F8D69');
});

test('addresses are encrypted with a key derived per nonce', () => {
  const key = addressKey(deviceKey(CREDENTIALS, SALT), NONCE);
  expect(Buffer.from(key).toString('hex')).toBe('cdd78a0baf240218c820b71717802bc8613cfcca9a3b06b4dc2bbc6c70d4fdf5');
  expect(encryptAddress(key, '127.0.0.1:40000')).toBe('XxO3sCvK+iYv0Ib5eNhz');
  expect(decryptAddress(key, 'XxO3sCvK+iYv0Ib5eNhz')).toBe('127.0.0.1:40000');
});

test('the proof for p2p-channel signs the encrypted address; the one for relay-channel signs an empty text', () => {
  const key = deviceKey(CREDENTIALS, SALT);
  expect(deviceDigest(key, NONCE, CREATE_DATE, 'XxO3sCvK+iYv0Ib5eNhz')).toBe(
    's87uvOAwE5buO+DXg+TS7t0qYM12rpPUk9SqMhL2Kuc=',
  );
  expect(deviceDigest(key, NONCE, CREATE_DATE, '')).toBe('xiJ1lAlHbGXSXdFxnYvnFgRXemt8jBMxA9yG6MHCXDU=');
});

test('the signed fields stand in the order devices expect', () => {
  const fields = deviceAuthFields({
    credentials: CREDENTIALS,
    salt: SALT,
    nonce: NONCE,
    createDate: CREATE_DATE,
    payload: '',
  });
  expect(fields.map(([name]) => name)).toEqual(['CreateDate', 'DevAuth', 'Nonce', 'RandSalt', 'UserName']);
});

test('the salt of a device stands in its encrypted information', () => {
  const info = 'sLwaldsaWSUSO6lxkR8QTvOd/UniSt3j8fANKOGicutLrIxnIN0EKgOTirzYdrgFMTynIkAr2OF7g18HhlQ=';
  expect(serializeDeviceInfo({ randsalt: SALT, rtspport: 554 })).toBe(info);
  expect(parseDeviceSalt(info)).toBe(SALT);
  expect(parseDeviceSalt(serializeDeviceInfo({ rtspport: 554 }))).toBeUndefined();
  expect(() => parseDeviceSalt('AAAA')).toThrow(GatewayError);
});
