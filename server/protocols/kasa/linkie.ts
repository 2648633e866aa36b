import type { ErrorCode } from '../../../shared/error-code.ts';
import { GatewayError } from '../../platform/errors.ts';
import { decodeAutokey, encodeAutokey } from './autokey.ts';

/** LINKIE2, the control protocol on port 10443: obfuscated JSON in a form field. */
export const LINKIE_PATH = '/data/LINKIE2.json';
/** The camera only answers clients whose name looks like that of the vendor's app. */
export const LINKIE_USER_AGENT = 'Kasa/1175 CFNetwork/1408.0.4 Darwin/22.5.0';

const PREFIX = 'smartlife.cam.ipcamera.';
const MAX_REPLY_BYTES = 256 * 1024;

const ERRORS: Readonly<Record<number, readonly [ErrorCode, string]>> = {
  [-10007]: ['wrong-password', 'The camera refuses this account for its controls.'],
  [-10008]: ['not-supported', 'This camera does not have this control.'],
  [-41202]: ['bad-data', 'The camera does not understand this setting.'],
  [-41203]: ['bad-data', 'The camera does not take this value.'],
};

export type LinkieCommand = {
  readonly module: string;
  readonly method: string;
  readonly params: Record<string, unknown>;
};

/** The body of the POST. */
export function serializeLinkieCommand({ module, method, params }: LinkieCommand): string {
  const name = module === 'system' ? module : `${PREFIX}${module}`;
  const cipher = encodeAutokey(Buffer.from(JSON.stringify({ [name]: { [method]: params } }), 'utf8'));
  return `content=${encodeURIComponent(Buffer.from(cipher).toString('base64'))}`;
}

/** The camera's answer to one command. An error of the camera is thrown as a GatewayError. */
export function parseLinkieReply(body: Uint8Array, { module, method }: LinkieCommand): Record<string, unknown> {
  if (body.length > MAX_REPLY_BYTES) throw new GatewayError('too-large', 'The camera’s answer exceeds 256 KiB.');
  const reply = parseJson(body);
  const name = module === 'system' ? module : `${PREFIX}${module}`;
  const answer = field(field(reply, name), method);
  throwError(reply);
  throwError(field(reply, name));
  if (!isRecord(answer)) throw new GatewayError('not-supported', 'This camera does not have this control.');
  throwError(answer);
  return answer;
}

/** The reply is obfuscated like the command, or plain when the camera has a problem. */
function parseJson(body: Uint8Array): unknown {
  const text = Buffer.from(body).toString('utf8').trim();
  const plain = text.startsWith('{') ? text : Buffer.from(decodeAutokey(Buffer.from(text, 'base64'))).toString('utf8');
  try {
    return JSON.parse(plain);
  } catch (error) {
    throw new GatewayError('bad-data', 'The camera’s answer cannot be read.', { cause: error });
  }
}

function throwError(value: unknown): void {
  const code = Number(field(value, 'err_code') ?? 0);
  if (code === 0) return;
  const [known, sentence] = ERRORS[code] ?? ['bad-data', `The camera refuses with error ${code}.`];
  throw new GatewayError(known, sentence);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function field(value: unknown, key: string): unknown {
  return isRecord(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}
