import { GatewayError } from '../../platform/errors.ts';

export type SdpAttribute = readonly [name: string, value: string];

export type SdpMedia = {
  /** video, audio, application … */
  readonly kind: string;
  readonly port: number;
  /** RTP/AVP, RTP/SAVP … */
  readonly protocol: string;
  readonly payloadTypes: readonly number[];
  /** The c= line: where a multicast stream is sent. */
  readonly address?: string;
  readonly attributes: readonly SdpAttribute[];
};

export type SessionDescription = {
  readonly name: string;
  /** The address of the o= line. */
  readonly origin: string;
  readonly address?: string;
  readonly attributes: readonly SdpAttribute[];
  readonly media: readonly SdpMedia[];
};

export type RtpMap = { readonly encoding: string; readonly clockRateHz: number; readonly channels: number };

const MAX_LINES = 2000;
const MAX_MEDIA = 64;

/** Static payload types of RFC 3551 that cameras use without an rtpmap line. */
const STATIC_TYPES: Readonly<Record<number, RtpMap>> = {
  0: { encoding: 'PCMU', clockRateHz: 8000, channels: 1 },
  8: { encoding: 'PCMA', clockRateHz: 8000, channels: 1 },
  9: { encoding: 'G722', clockRateHz: 8000, channels: 1 },
  14: { encoding: 'MPA', clockRateHz: 90_000, channels: 1 },
  26: { encoding: 'JPEG', clockRateHz: 90_000, channels: 1 },
};

/**
 * Tolerates everything that cameras get wrong: only o=, s=, c=, m= and a= lines are read, and every line may be missing,
 * repeated or malformed. A media section that makes no sense (TP-Link's `smart/1/90000`) is left out; the others are kept.
 */
export function parseSdp(text: string): SessionDescription {
  const lines = text.split(/\r\n|\n|\r/);
  if (lines.length > MAX_LINES)
    throw new GatewayError('too-large', 'The session description of the camera is too long.');
  const session: Section = { attributes: [] };
  const media: (SdpMedia & Section)[] = [];
  let section: Section | undefined = session;
  let name = '';
  let origin = '';
  for (const line of lines) {
    const value = line.slice(2).trim();
    if (line.startsWith('m=')) {
      const medium = media.length < MAX_MEDIA ? parseMedia(value) : undefined;
      if (medium) media.push(medium);
      section = medium;
    } else if (line.startsWith('a=')) section?.attributes.push(parseAttribute(value));
    else if (line.startsWith('c=') && section) section.address = parseAddress(value);
    else if (line.startsWith('s=')) name ||= value;
    else if (line.startsWith('o=')) origin ||= value.split(/\s+/).at(-1) ?? '';
  }
  return { name, origin, ...session, media };
}

export function serializeSdp(description: SessionDescription): string {
  const lines = ['v=0', `o=- 0 0 ${addressLine(description.origin)}`, `s=${description.name || '-'}`];
  if (description.address) lines.push(`c=${addressLine(description.address)}`);
  lines.push('t=0 0', ...description.attributes.map(attributeLine));
  for (const medium of description.media) {
    lines.push(`m=${medium.kind} ${medium.port} ${medium.protocol} ${medium.payloadTypes.join(' ')}`);
    if (medium.address) lines.push(`c=${addressLine(medium.address)}`);
    lines.push(...medium.attributes.map(attributeLine));
  }
  return `${lines.join('\r\n')}\r\n`;
}

/** The value of the first attribute of this name; '' when it has none. */
export function sdpAttribute(attributes: readonly SdpAttribute[], name: string): string | undefined {
  return attributes.find(([candidate]) => candidate.toLowerCase() === name)?.[1];
}

/** What a payload type stands for: its rtpmap wins over the static table (Bosch sends H.264 as type 35). */
export function rtpMap(medium: SdpMedia, payloadType: number): RtpMap | undefined {
  for (const [name, value] of medium.attributes) {
    if (name.toLowerCase() !== 'rtpmap') continue;
    const match = /^(\d+)\s+([^/\s]+)\s*\/\s*(\d+)(?:\s*\/\s*(\d+))?/.exec(value);
    if (!match || Number(match[1]) !== payloadType) continue;
    return {
      encoding: (match[2] as string).toUpperCase(),
      clockRateHz: Number(match[3]),
      channels: Number(match[4] ?? 1),
    };
  }
  return STATIC_TYPES[payloadType];
}

/** The parameters of a payload type, names in lower case. Some cameras put the line under another medium. */
export function formatParameters(
  description: SessionDescription,
  medium: SdpMedia,
  payloadType: number,
): ReadonlyMap<string, string> {
  const parameters = new Map<string, string>();
  for (const candidate of [medium, ...description.media, description]) {
    for (const [name, value] of candidate.attributes) {
      const match = name.toLowerCase() === 'fmtp' ? /^(\d+)\s+(.*)$/.exec(value) : null;
      if (!match || Number(match[1]) !== payloadType) continue;
      for (const part of (match[2] as string).split(';')) {
        const equals = part.indexOf('=');
        const key = (equals === -1 ? part : part.slice(0, equals)).trim().toLowerCase();
        if (key && !parameters.has(key)) parameters.set(key, equals === -1 ? '' : part.slice(equals + 1).trim());
      }
    }
    if (parameters.size > 0) return parameters;
  }
  return parameters;
}

type Section = { attributes: SdpAttribute[]; address?: string };

function parseMedia(value: string): (SdpMedia & Section) | undefined {
  const [kind, port, protocol, ...types] = value.split(/\s+/);
  if (!kind || !port || !protocol || !/^\d+(\/\d+)?$/.test(port)) return undefined;
  const payloadTypes = types.map(Number);
  if (payloadTypes.length === 0 || payloadTypes.some((type) => !Number.isInteger(type) || type < 0 || type > 127))
    return undefined;
  return { kind: kind.toLowerCase(), port: Number.parseInt(port, 10), protocol, payloadTypes, attributes: [] };
}

function parseAttribute(value: string): SdpAttribute {
  const colon = value.indexOf(':');
  return colon === -1 ? [value, ''] : [value.slice(0, colon).trim(), value.slice(colon + 1).trim()];
}

/** The address in "IN IP4 239.0.0.1/64" without the time to live. Some cameras omit parts or swap them. */
function parseAddress(value: string): string {
  return (value.split(/\s+/).at(-1) ?? '').replace(/\/.*$/, '');
}

function addressLine(address: string): string {
  return address.includes(':') ? `IN IP6 ${address}` : `IN IP4 ${address}`;
}

function attributeLine([name, value]: SdpAttribute): string {
  return value === '' ? `a=${name}` : `a=${name}:${value}`;
}
