import { GatewayError } from '../../platform/errors.ts';

/** HTTP in one datagram, with verbs of its own. Header names are kept as sent and looked up without case. */
export type CloudRequest = {
  readonly verb: string;
  readonly path: string;
  readonly headers: readonly CloudHeader[];
  readonly body: string;
};

export type CloudResponse = {
  readonly status: number;
  readonly reason: string;
  readonly headers: readonly CloudHeader[];
  readonly body: string;
};

export type CloudHeader = readonly [name: string, value: string];

/** DH is the classic dialect, NF what newer apps send for the same paths. */
const VERB = /^(?:DH|NF)?(?:GET|POST)$/;
const STATUS_LINE = /^HTTP\/1\.[01] (\d{3})(?: (.*))?$/;

export function parseCloudMessage(datagram: Uint8Array): CloudRequest | CloudResponse {
  const text = Buffer.from(datagram.buffer, datagram.byteOffset, datagram.byteLength).toString('utf8');
  const { start, headers, body } = splitMessage(text);
  const status = STATUS_LINE.exec(start);
  if (status) return { status: Number(status[1]), reason: status[2] ?? '', headers, body };
  const [verb = '', path = '', version = ''] = start.split(' ');
  if (!VERB.test(verb) || !path.startsWith('/') || !version.startsWith('HTTP/1.')) {
    throw new GatewayError('bad-data', 'A datagram that is no message of the Dahua cloud arrived.');
  }
  return { verb, path, headers, body };
}

export function isCloudResponse(message: CloudRequest | CloudResponse): message is CloudResponse {
  return 'status' in message;
}

export function cloudHeader(message: CloudRequest | CloudResponse, name: string): string | undefined {
  const wanted = name.toLowerCase();
  return message.headers.find(([key]) => key.toLowerCase() === wanted)?.[1];
}

/** The number that ties a reply to its request; undefined when absent or not a number. */
export function cloudSequence(message: CloudRequest | CloudResponse): number | undefined {
  const value = Number.parseInt(cloudHeader(message, 'CSeq') ?? '', 10);
  return Number.isNaN(value) ? undefined : value;
}

export function serializeCloudRequest(request: CloudRequest): Uint8Array {
  return serialize(`${request.verb} ${request.path} HTTP/1.1`, request.headers, request.body);
}

export function serializeCloudResponse(response: CloudResponse): Uint8Array {
  return serialize(`HTTP/1.1 ${response.status} ${response.reason}`, response.headers, response.body);
}

/** The empty Content-Type keeps its blank: clients in the field split headers at ": ". */
function serialize(start: string, headers: readonly CloudHeader[], body: string): Uint8Array {
  const lines = [start, ...headers.map(([name, value]) => `${name}: ${value}`)];
  if (body !== '') lines.push('Content-Type: ', `Content-Length: ${Buffer.byteLength(body)}`);
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\n${body}`);
}

/** The body is whatever follows the blank line: not every sender declares its length. */
function splitMessage(text: string): { start: string; headers: CloudHeader[]; body: string } {
  const end = text.indexOf('\r\n\r\n');
  if (end < 0) throw new GatewayError('bad-data', 'A cloud message without the blank line after its header arrived.');
  const [start = '', ...lines] = text.slice(0, end).split('\r\n');
  const headers = lines.map((line): CloudHeader => {
    const colon = line.indexOf(':');
    return colon < 0 ? [line, ''] : [line.slice(0, colon), line.slice(colon + 1).trim()];
  });
  return { start, headers, body: text.slice(end + 4) };
}
