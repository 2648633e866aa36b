export type PortPair = readonly [rtp: number, rtcp: number];

/** One alternative of a client's Transport header. */
export type TransportOffer = {
  readonly carrier: 'tcp' | 'udp';
  readonly cast: 'unicast' | 'multicast';
  /** TCP: the channel numbers asked for. */
  readonly channels?: PortPair;
  /** UDP: the ports on which the client listens. They are equal when it wants RTP and RTCP on one port. */
  readonly clientPorts?: PortPair;
  /** True when the ports are in `dest_addr` of RTSP 2.0. GStreamer speaks 2.0 but uses the `client_port` of 1.0. */
  readonly usesAddresses: boolean;
  /** RTP/SAVP or another profile that we do not speak. */
  readonly isForeignProfile: boolean;
  /** mode=RECORD or another than PLAY. */
  readonly isForeignMode: boolean;
};

export type TransportAnswer =
  | { readonly kind: 'tcp'; readonly channels: PortPair; readonly ssrc: number }
  | {
      readonly kind: 'udp';
      readonly clientPorts: PortPair;
      readonly serverPorts: PortPair;
      readonly ssrc: number;
    }
  | { readonly kind: 'multicast'; readonly address: string; readonly ports: PortPair; readonly ttl: number };

const MAX_OFFERS = 16;

/**
 * RFC 2326 clause 12.39 and RFC 7826 clause 18.54: alternatives in the client's order of preference. What cannot be read is
 * left out.
 */
export function parseTransportOffers(value: string): TransportOffer[] {
  return splitOutsideQuotes(value, ',')
    .slice(0, MAX_OFFERS)
    .flatMap((text) => {
      const [specification = '', ...parameters] = splitOutsideQuotes(text, ';').map((part) => part.trim());
      const protocol = specification.toUpperCase().split('/');
      return protocol[0] === 'RTP' ? [toOffer(protocol, parameters)] : [];
    });
}

/** `usesAddresses` as in the offer: the answer keeps to the client's way of writing. */
export function serializeTransportAnswer(answer: TransportAnswer, usesAddresses: boolean): string {
  switch (answer.kind) {
    case 'tcp':
      return `RTP/AVP/TCP;unicast;interleaved=${range(answer.channels)};ssrc=${hex(answer.ssrc)}`;
    case 'udp':
      return usesAddresses
        ? `RTP/AVP/UDP;unicast;dest_addr=${addresses('', answer.clientPorts)};src_addr=${addresses('', answer.serverPorts)};ssrc=${hex(answer.ssrc)}`
        : `RTP/AVP;unicast;client_port=${range(answer.clientPorts)};server_port=${range(answer.serverPorts)};ssrc=${hex(answer.ssrc)}`;
    case 'multicast':
      return usesAddresses
        ? `RTP/AVP/UDP;multicast;dest_addr=${addresses(answer.address, answer.ports)};ttl=${answer.ttl}`
        : `RTP/AVP;multicast;destination=${answer.address};port=${range(answer.ports)};ttl=${answer.ttl}`;
  }
}

function toOffer(protocol: readonly string[], parameters: readonly string[]): TransportOffer {
  const values = new Map<string, string>();
  for (const parameter of parameters) {
    const equals = parameter.indexOf('=');
    const name = (equals === -1 ? parameter : parameter.slice(0, equals)).trim().toLowerCase();
    values.set(name, equals === -1 ? '' : parameter.slice(equals + 1).trim());
  }
  const channels = parseRange(values.get('interleaved'), 255);
  // Some clients write RTP/AVP;interleaved=0-1 without naming TCP.
  const carrier = protocol[2] === 'TCP' || (protocol[2] === undefined && channels) ? 'tcp' : 'udp';
  const addressPorts = parseAddresses(values.get('dest_addr'));
  const clientPorts = parseRange(values.get('client_port'), 65_535) ?? addressPorts;
  const mode = values.get('mode')?.replaceAll('"', '').toUpperCase() ?? 'PLAY';
  return {
    carrier,
    cast: values.has('multicast') ? 'multicast' : 'unicast',
    ...(channels ? { channels } : {}),
    ...(clientPorts ? { clientPorts } : {}),
    usesAddresses: addressPorts !== undefined,
    isForeignProfile: protocol[1] !== 'AVP',
    isForeignMode: !mode.split(',').some((name) => name.trim() === 'PLAY'),
  };
}

/** "4588-4589"; a single number stands for itself and the next. */
function parseRange(text: string | undefined, max: number): PortPair | undefined {
  const match = /^(\d{1,5})(?:\s*-\s*(\d{1,5}))?$/.exec(text ?? '');
  if (!match) return undefined;
  const first = Number(match[1]);
  const second = match[2] === undefined ? first + 1 : Number(match[2]);
  return first <= max && second <= max ? [first, second] : undefined;
}

/** RTSP 2.0: `":5000"/":5001"`. Only the ports count: media goes to the host that asked, never to a third one. */
function parseAddresses(text: string | undefined): PortPair | undefined {
  const ports = [...(text ?? '').matchAll(/"[^"]*:(\d{1,5})"/g)].map((match) => Number(match[1]));
  const [first, second = first] = ports;
  if (first === undefined || second === undefined || first > 65_535 || second > 65_535) return undefined;
  return [first, second];
}

function splitOutsideQuotes(text: string, separator: string): string[] {
  const parts: string[] = [];
  let start = 0;
  let quoted = false;
  for (let at = 0; at < text.length; at++) {
    if (text[at] === '"') quoted = !quoted;
    else if (text[at] === separator && !quoted) {
      parts.push(text.slice(start, at));
      start = at + 1;
    }
  }
  parts.push(text.slice(start));
  return parts;
}

function range([first, second]: PortPair): string {
  return `${first}-${second}`;
}

function addresses(host: string, [rtp, rtcp]: PortPair): string {
  const name = host.includes(':') ? `[${host}]` : host;
  return `"${name}:${rtp}"/"${name}:${rtcp}"`;
}

function hex(ssrc: number): string {
  return ssrc.toString(16).toUpperCase().padStart(8, '0');
}
