import { SOURCE_KINDS } from '../../../shared/source-kinds.ts';
import { GatewayError } from '../../platform/errors.ts';
import { decodeAutokey, encodeAutokey } from './autokey.ts';

export const KASA_DISCOVERY_PORT = 9999;
export const KASA_STREAM_PORT = SOURCE_KINDS.kasa.schemes.kasa;

const MAX_ANSWER_BYTES = 16 * 1024;

export function serializeDiscovery(): Uint8Array {
  return encodeAutokey(Buffer.from('{"system":{"get_sysinfo":{}}}'));
}

/** A camera that answered; plugs and bulbs answer too and are not cameras. */
export type KasaAnswer = {
  readonly alias: string;
  readonly model: string;
  readonly isCamera: boolean;
  readonly isOn: boolean;
};

export function parseDiscoveryAnswer(bytes: Uint8Array): KasaAnswer {
  if (bytes.length > MAX_ANSWER_BYTES) throw new GatewayError('too-large', 'A discovery answer exceeds 16 KiB.');
  let info: Record<string, unknown>;
  try {
    const reply = JSON.parse(Buffer.from(decodeAutokey(bytes)).toString('utf8'));
    const outer = reply.system.get_sysinfo;
    info = outer.system ?? outer; // Cameras nest one level deeper than plugs.
    if (typeof info !== 'object' || info === null) throw new TypeError('no object');
  } catch (error) {
    throw new GatewayError('bad-data', 'This is no answer of a Kasa device.', { cause: error });
  }
  const text = (key: string): string => (typeof info[key] === 'string' ? (info[key] as string).slice(0, 120) : '');
  return {
    alias: text('alias') || text('model'),
    model: text('model'),
    isCamera: text('type').toUpperCase().includes('IPCAMERA'),
    isOn: text('camera_switch') !== 'off',
  };
}
