import { GatewayError } from '../../platform/errors.ts';
import { serializeHead } from '../http/request-head.ts';

export type RtspVersion = '1.0' | '2.0';

/** In the order of the wire: some headers (WWW-Authenticate) come several times. */
export type RtspHeaders = readonly (readonly [name: string, value: string])[];

export type RtspRequest = {
  readonly kind: 'request';
  readonly method: string;
  readonly url: string;
  readonly version: RtspVersion;
  readonly headers: RtspHeaders;
  readonly body: Uint8Array;
};

export type RtspResponse = {
  readonly kind: 'response';
  readonly version: RtspVersion;
  readonly status: number;
  readonly reason: string;
  readonly headers: RtspHeaders;
  readonly body: Uint8Array;
};

export type RtspMessage = RtspRequest | RtspResponse;

export const MAX_HEAD_BYTES = 32_768;
const MAX_BODY_BYTES = 131_072;
const MAX_HEADERS = 255;
const MAX_NAME_CHARACTERS = 512;
const MAX_VALUE_CHARACTERS = 2048;
const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;
const STATUS_LINE = /^RTSP\/([12])\.0\s+(\d{3})\s*(.*)$/;
const REQUEST_LINE = /^([A-Z_]+) +(\S+) +RTSP\/(\d)\.\d\s*$/;

/** The first message in `bytes` and how many of them it took; undefined while some are missing. */
export function parseRtspMessage(bytes: Uint8Array): { message: RtspMessage; bytesUsed: number } | undefined {
  const headBytes = endOfHead(bytes, 0);
  if (headBytes === undefined) return undefined;
  const [startLine, headers] = parseHead(Buffer.from(bytes.buffer, bytes.byteOffset, headBytes).toString('utf8'));
  const start = parseStartLine(startLine);
  const bodyBytes = contentLength(headers);
  if (bytes.length < headBytes + bodyBytes) return undefined;
  const body = bytes.subarray(headBytes, headBytes + bodyBytes);
  return { message: { ...start, headers, body }, bytesUsed: headBytes + bodyBytes };
}

/** Offset behind the empty line that ends a head; `from` saves searching twice what had none. A lone LF ends a line too. */
export function endOfHead(bytes: Uint8Array, from: number): number | undefined {
  let at = from;
  for (;;) {
    const lineEnd = bytes.indexOf(LINE_FEED, at);
    if (lineEnd === -1 || lineEnd > MAX_HEAD_BYTES) {
      if (bytes.length > MAX_HEAD_BYTES) throw new GatewayError('too-large', 'An RTSP message has an endless header.');
      return undefined;
    }
    at = lineEnd + 1;
    const next = bytes[at] === CARRIAGE_RETURN ? at + 1 : at;
    if (bytes[next] === LINE_FEED) return next + 1;
  }
}

/** The message as bytes. Content-Length is added when there is a body. Throws when a line contains a line end. */
export function serializeRtspMessage(message: RtspMessage): Uint8Array {
  const startLine =
    message.kind === 'request'
      ? `${message.method} ${message.url} RTSP/${message.version}`
      : `RTSP/${message.version} ${message.status} ${message.reason}`;
  const length: RtspHeaders = message.body.length > 0 ? [['Content-Length', String(message.body.length)]] : [];
  return Buffer.concat([Buffer.from(serializeHead(startLine, [...message.headers, ...length])), message.body]);
}

/** The first value of a header. The name may have any case. */
export function headerValue(headers: RtspHeaders, name: string): string | undefined {
  const wanted = name.toLowerCase();
  return headers.find(([candidate]) => candidate.toLowerCase() === wanted)?.[1];
}

export function headerValues(headers: RtspHeaders, name: string): readonly string[] {
  const wanted = name.toLowerCase();
  return headers.filter(([candidate]) => candidate.toLowerCase() === wanted).map(([, value]) => value);
}

function parseHead(text: string): [startLine: string, headers: RtspHeaders] {
  // A carriage return or NUL inside a line reads as a space (RFC 9110 clause 5.5), so that nothing read can break a line written.
  const lines = text.split('\n').map((line) => line.replace(/\r$/, '').replace(/[\r\0]/g, ' '));
  const headers: [string, string][] = [];
  for (const line of lines.slice(1)) {
    const last = headers.at(-1);
    if (last && /^[ \t]+\S/.test(line)) {
      last[1] = `${last[1]} ${line.trim()}`.slice(0, MAX_VALUE_CHARACTERS);
      continue;
    }
    const colon = line.indexOf(':');
    if (colon <= 0) continue;
    const header: [string, string] = [line.slice(0, colon).trim(), line.slice(colon + 1).trim()];
    if (header[0].length > MAX_NAME_CHARACTERS || header[1].length > MAX_VALUE_CHARACTERS)
      throw new GatewayError('too-large', 'An RTSP header is too long.');
    if (headers.push(header) > MAX_HEADERS)
      throw new GatewayError('too-large', 'An RTSP message has too many headers.');
  }
  return [(lines[0] as string).trimEnd(), headers];
}

type StartLine =
  | Pick<RtspRequest, 'kind' | 'method' | 'url' | 'version'>
  | Pick<RtspResponse, 'kind' | 'version' | 'status' | 'reason'>;

function parseStartLine(line: string): StartLine {
  const status = STATUS_LINE.exec(line);
  if (status) {
    const [, major, code, reason] = status;
    return { kind: 'response', version: version(major), status: Number(code), reason: reason as string };
  }
  const request = REQUEST_LINE.exec(line);
  if (!request) throw new GatewayError('bad-data', 'This is not an RTSP message.');
  const [, method, url, major] = request;
  return { kind: 'request', method: method as string, url: url as string, version: version(major) };
}

function version(major: string | undefined): RtspVersion {
  return major === '2' ? '2.0' : '1.0';
}

function contentLength(headers: RtspHeaders): number {
  const text = headerValue(headers, 'content-length');
  const length = text === undefined ? 0 : Number.parseInt(text, 10);
  if (Number.isNaN(length) || length < 0) throw new GatewayError('bad-data', 'An RTSP message has no usable length.');
  if (length > MAX_BODY_BYTES) throw new GatewayError('too-large', 'The body of an RTSP message is too long.');
  return length;
}
