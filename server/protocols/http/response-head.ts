import { GatewayError } from '../../platform/errors.ts';

/** Status line and headers of a reply, read as leniently as cameras need. Names are lower case; the last duplicate counts. */
export type ResponseHead = {
  readonly version: string;
  readonly status: number;
  readonly reason: string;
  readonly headers: ReadonlyMap<string, string>;
};

const MAX_RESPONSE_HEAD_BYTES = 32 * 1024;

const STATUS_LINE = /^HTTP\/(\d\.\d) +(\d{3})(?: +(.*))?$/;
const LF = 0x0a;
const CR = 0x0d;

/** The head and the offset behind it, or undefined while bytes are missing. Lines may end in LF alone. */
export function parseResponseHead(bytes: Uint8Array): { head: ResponseHead; end: number } | undefined {
  const end = endOfHead(bytes);
  if (end === undefined) {
    if (bytes.length <= MAX_RESPONSE_HEAD_BYTES) return undefined;
    throw new GatewayError(
      'too-large',
      `The camera's reply has more than ${MAX_RESPONSE_HEAD_BYTES} bytes of headers.`,
    );
  }
  const [statusLine = '', ...lines] = Buffer.from(bytes.subarray(0, end)).toString('latin1').split(/\r?\n/);
  const status = STATUS_LINE.exec(statusLine.trimEnd());
  if (!status) throw new GatewayError('bad-data', 'The camera does not answer in HTTP.');
  return {
    head: {
      version: status[1] ?? '',
      status: Number(status[2]),
      reason: status[3] ?? '',
      headers: parseHeaders(lines),
    },
    end,
  };
}

/** `Name: value` lines; those without a colon are ignored. */
export function parseHeaders(lines: readonly string[]): Map<string, string> {
  const headers = new Map<string, string>();
  for (const line of lines) {
    const colon = line.indexOf(':');
    if (colon > 0) headers.set(line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim());
  }
  return headers;
}

/** Offset behind the first empty line from `from` on, or undefined while there is none. */
export function endOfHead(bytes: Uint8Array, from = 0): number | undefined {
  for (let at = bytes.indexOf(LF, from); at !== -1; at = bytes.indexOf(LF, at + 1)) {
    const next = bytes[at + 1] === CR ? at + 2 : at + 1;
    if (next < bytes.length && bytes[next] === LF) return next + 1;
  }
  return undefined;
}
