import type { RtspVersion } from './message.ts';

type Pair = readonly [rtp: number, rtcp: number];

/** How a track is asked for. */
export type TransportRequest =
  | { readonly kind: 'tcp'; readonly channels: Pair }
  | { readonly kind: 'udp'; readonly clientPorts: Pair }
  | { readonly kind: 'multicast' };

/** What the camera's Transport header agreed to (RFC 2326 clause 12.39, RFC 7826 clause 18.54). */
export type AgreedTransport = {
  readonly lower: 'tcp' | 'udp';
  readonly multicast: boolean;
  /** Channels of RTP and RTCP on the connection. */
  readonly channels?: Pair;
  readonly serverPorts?: Pair;
  /** Multicast: the ports of the group. */
  readonly groupPorts?: Pair;
  readonly destination?: string;
  readonly source?: string;
  readonly ssrc?: number;
};

/** It holds only what is needed, because more parameters (mode, append) confuse some parsers. */
export function serializeTransportRequest(request: TransportRequest, version: RtspVersion): string {
  switch (request.kind) {
    case 'tcp':
      return `RTP/AVP/TCP;unicast;interleaved=${request.channels.join('-')}`;
    case 'multicast':
      return 'RTP/AVP;multicast';
    case 'udp': {
      const [rtp, rtcp] = request.clientPorts;
      const ports = version === '2.0' ? `dest_addr=":${rtp}"/":${rtcp}"` : `client_port=${rtp}-${rtcp}`;
      return `RTP/AVP;unicast;${ports}`;
    }
  }
}

/** Parameters come in any order, and what cannot be read counts as absent. */
export function parseAgreedTransport(value: string): AgreedTransport {
  const parameters = new Map<string, string>();
  for (const part of value.split(';')) {
    const equals = part.indexOf('=');
    const name = (equals === -1 ? part : part.slice(0, equals)).trim().toLowerCase();
    if (!parameters.has(name)) parameters.set(name, equals === -1 ? '' : part.slice(equals + 1).trim());
  }
  const text = (name: string): string => parameters.get(name) ?? '';
  const channels = pair(text('interleaved'));
  const isTcp = channels !== undefined || [...parameters.keys()].some((name) => /^rtp\/\w+\/tcp$/.test(name));
  const serverPorts = pair(text('server_port')) ?? addressPorts(text('src_addr'));
  const groupPorts = pair(text('port')) ?? addressPorts(text('dest_addr'));
  const destination = host(text('destination')) ?? host(text('dest_addr'));
  const source = host(text('source')) ?? host(text('src_addr'));
  const ssrc = hexadecimal(text('ssrc'));
  return {
    lower: isTcp ? 'tcp' : 'udp',
    multicast: parameters.has('multicast'),
    ...(channels && { channels }),
    ...(serverPorts && { serverPorts }),
    ...(groupPorts && { groupPorts }),
    ...(destination && { destination }),
    ...(source && { source }),
    ...(ssrc === undefined ? {} : { ssrc }),
  };
}

/** "4-5"; a lone number (Escam, Luckfox) means that RTCP is the next one. */
function pair(text: string): Pair | undefined {
  const match = /^(\d{1,5})(?:\s*-\s*(\d{1,5}))?/.exec(text);
  if (!match) return undefined;
  const first = Number(match[1]);
  return [first, match[2] === undefined ? first + 1 : Number(match[2])];
}

/** `":5000"/":5001"`, with or without a host in front of the ports. */
function addressPorts(text: string): Pair | undefined {
  const [first, second] = [...text.matchAll(/:(\d{1,5})"/g)].map((match) => Number(match[1]));
  return first === undefined ? undefined : [first, second ?? first];
}

function host(text: string): string | undefined {
  const name = (text.split('/')[0] as string).replaceAll('"', '').replace(/(?<=[\]\w]):\d+$|^:\d+$/, '');
  return name.replace(/^\[|\]$/g, '') || undefined;
}

/** Eight hexadecimal digits by the standard, but some cameras send fewer or put spaces between them. */
function hexadecimal(text: string): number | undefined {
  const digits = text.replace(/\s+/g, '');
  return /^[0-9a-f]{1,8}$/i.test(digits) ? Number.parseInt(digits, 16) : undefined;
}
