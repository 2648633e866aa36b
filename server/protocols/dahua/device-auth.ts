import { createCipheriv, createDecipheriv, createHash, createHmac, pbkdf2Sync } from 'node:crypto';
import { GatewayError } from '../../platform/errors.ts';
import type { XmlField } from './xml-fields.ts';

/** What a client must prove to a "type 1" device (firmware since about 2023) before the device opens a channel. */
export type DeviceCredentials = { readonly username: string; readonly password: string };

const ADDRESS_IV = '2z52*lk9o6HRyJrf';
const ADDRESS_KEY_ROUNDS = 20_000;
const INFO_KEY = 'kRjmsUB&ezmdGLL67H#$ojw@XflcaIaf';
const INFO_IV = 'MydvJw*Iw1w&i^kk';

/** The digest HA1 of the realm "Login to SALT", used as its 32 characters. */
export function deviceKey(credentials: DeviceCredentials, salt: string): string {
  const text = `${credentials.username}:Login to ${salt}:${credentials.password}`;
  return createHash('md5').update(text).digest('hex').toUpperCase();
}

/** The key is derived anew for each nonce. This takes some 12 ms on purpose. */
export function addressKey(key: string, nonce: string): Uint8Array {
  return pbkdf2Sync(key, nonce, ADDRESS_KEY_ROUNDS, 32, 'sha256');
}

export function encryptAddress(key: Uint8Array, address: string): string {
  const cipher = createCipheriv('aes-256-ofb', key, ADDRESS_IV);
  return Buffer.concat([cipher.update(address, 'utf8'), cipher.final()]).toString('base64');
}

export function decryptAddress(key: Uint8Array, encrypted: string): string {
  const decipher = createDecipheriv('aes-256-ofb', key, ADDRESS_IV);
  return Buffer.concat([decipher.update(encrypted, 'base64'), decipher.final()]).toString('latin1');
}

/** `payload` is the base64 text of the ENCRYPTED address on p2p-channel and empty on relay-channel. */
export function deviceDigest(key: string, nonce: string, createDate: string, payload: string): string {
  return createHmac('sha256', key).update(`${nonce}${createDate}${payload}`).digest('base64');
}

export type DeviceProof = {
  readonly credentials: DeviceCredentials;
  readonly salt: string;
  readonly nonce: string;
  /** Seconds since the epoch on the device's clock. */
  readonly createDate: string;
  readonly payload: string;
};

/** The fields that stand before everything else in a signed body. */
export function deviceAuthFields(proof: DeviceProof): XmlField[] {
  const key = deviceKey(proof.credentials, proof.salt);
  return [
    ['CreateDate', proof.createDate],
    ['DevAuth', deviceDigest(key, proof.nonce, proof.createDate, proof.payload)],
    ['Nonce', proof.nonce],
    ['RandSalt', proof.salt],
    ['UserName', proof.credentials.username],
  ];
}

/** The salt inside `Info` of /info/device. Undefined for devices that send no salt (Amcrest). */
export function parseDeviceSalt(info: string): string | undefined {
  const decipher = createDecipheriv('aes-256-ofb', INFO_KEY, INFO_IV);
  const text = Buffer.concat([decipher.update(info, 'base64'), decipher.final()]).toString('utf8');
  try {
    const salt: unknown = JSON.parse(text.replace(/\0+$/, '')).randsalt;
    return typeof salt === 'string' && salt !== '' ? salt : undefined;
  } catch (cause) {
    throw new GatewayError('bad-data', 'The device information is not encrypted the known way.', { cause });
  }
}

export function serializeDeviceInfo(info: Readonly<Record<string, string | number>>): string {
  const cipher = createCipheriv('aes-256-ofb', INFO_KEY, INFO_IV);
  return Buffer.concat([cipher.update(JSON.stringify(info), 'utf8'), cipher.final()]).toString('base64');
}
