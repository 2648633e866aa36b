import { MOST_PAGE_LINES } from '../../../../shared/page-connection.ts';
import { GatewayError } from '../../../platform/errors.ts';
import { type IceCandidate, parseIceCandidate } from '../../../protocols/stun/ice-candidate.ts';
import type { IceCredentials } from '../transport/ice-agent.ts';

/** One payload type of an offered m-line with all its attributes. */
export type OfferedCodec = {
  readonly payloadType: number;
  /** In lower case: h264, h265, rtx, pcmu, … */
  readonly name: string;
  readonly clockRate: number;
  readonly channels: number;
  /** The fmtp line's parameters; names in lower case. */
  readonly parameters: ReadonlyMap<string, string>;
  /** `nack`, `nack pli`, … */
  readonly feedback: readonly string[];
};

export type OfferedMedia = {
  readonly kind: string;
  /** The transport protocol of the m-line, which the answer repeats. */
  readonly protocol: string;
  /** The unchanged format list of the m-line, for media that is rejected. */
  readonly formats: string;
  readonly mid: string;
  /** The browser wants to receive it. */
  readonly receives: boolean;
  /** The m-line was stopped. It is only there so that the others keep their places (RFC 8829 clause 5.2.2). */
  readonly isStopped: boolean;
  readonly codecs: readonly OfferedCodec[];
  readonly extensions: ReadonlyMap<string, number>;
};

export type BrowserOffer = {
  readonly media: readonly OfferedMedia[];
  readonly ice: IceCredentials;
  readonly fingerprints: readonly { readonly algorithm: string; readonly value: string }[];
  readonly candidates: readonly IceCandidate[];
};

/** Chromium's m-lines are 2.2 KB each with its H.264 profiles, 2.9 KB with H.265 as well. */
export const MOST_OFFER_BYTES = 240_000;

/** Reads what a browser's offer says to a gateway that only sends. */
export function parseBrowserOffer(sdp: string): BrowserOffer {
  if (sdp.length > MOST_OFFER_BYTES) throw new GatewayError('too-large', 'The offer is too large.');
  const lines = sdp.split(/\r?\n/);
  if (!lines[0]?.startsWith('v=0')) throw badOffer('it is not SDP');
  const starts = lines.flatMap((line, index) => (line.startsWith('m=') ? [index] : []));
  if (starts.length === 0) throw badOffer('it has no media');
  if (starts.length > MOST_PAGE_LINES) throw badOffer(`it has more than ${MOST_PAGE_LINES} media`);
  const session = lines.slice(0, starts[0]);
  const sections = starts.map((start, index) => lines.slice(start, starts[index + 1]));
  const all = [session, ...sections];
  const setup = firstValue(all, 'a=setup:');
  // We are the DTLS server and choose the SRTP profile. A client that insists on being the server cannot connect.
  if (setup === 'passive') throw badOffer('it insists on the DTLS server role');
  return {
    media: distinct(sections.map(parseMedia)),
    ice: {
      ufrag: required(all, 'a=ice-ufrag:', 'ICE credentials'),
      password: required(all, 'a=ice-pwd:', 'ICE credentials'),
    },
    fingerprints: parseFingerprints(all),
    candidates: sections.flatMap((section) => values(section, 'a=candidate:').flatMap(parsed)),
  };
}

function distinct(media: readonly OfferedMedia[]): readonly OfferedMedia[] {
  if (new Set(media.map(({ mid }) => mid)).size < media.length) throw badOffer('two of its media have the same mid');
  return media;
}

function parseMedia(lines: readonly string[], index: number): OfferedMedia {
  const [kind = '', port, protocol = '', ...formats] = (lines[0] as string).slice(2).trim().split(/\s+/);
  const direction = ['sendrecv', 'recvonly', 'sendonly', 'inactive'].find((name) => lines.includes(`a=${name}`));
  return {
    kind,
    protocol,
    formats: formats.join(' '),
    mid: values(lines, 'a=mid:')[0] ?? String(index),
    receives: direction === undefined || direction === 'sendrecv' || direction === 'recvonly',
    // A bundle-only m-line has port 0 as well (RFC 9143 clause 6).
    isStopped: port === '0' && !lines.includes('a=bundle-only'),
    codecs: kind === 'audio' || kind === 'video' ? formats.flatMap((format) => parseCodec(lines, Number(format))) : [],
    extensions: new Map(values(lines, 'a=extmap:').flatMap(parseExtension)),
  };
}

/** Static payload types that browsers may offer without an rtpmap (RFC 3551 table 4). */
const STATIC_MAPS = new Map([
  [0, 'PCMU/8000'],
  [8, 'PCMA/8000'],
  [9, 'G722/8000'],
]);

function parseCodec(lines: readonly string[], payloadType: number): OfferedCodec[] {
  const map = values(lines, `a=rtpmap:${payloadType} `)[0] ?? STATIC_MAPS.get(payloadType);
  if (map === undefined) return [];
  const [name = '', clockRate, channels] = map.split('/');
  return [
    {
      payloadType,
      name: name.toLowerCase(),
      clockRate: Number(clockRate),
      channels: Number(channels ?? 1),
      parameters: parseParameters(values(lines, `a=fmtp:${payloadType} `)[0] ?? ''),
      feedback: [...values(lines, `a=rtcp-fb:${payloadType} `), ...values(lines, 'a=rtcp-fb:* ')],
    },
  ];
}

function parseParameters(text: string): Map<string, string> {
  const pairs = text.split(';').map((pair) => {
    const [name = '', ...value] = pair.trim().split('=');
    return [name.toLowerCase(), value.join('=')] as const;
  });
  return new Map(pairs.filter(([name]) => name !== ''));
}

/** `3/sendrecv URI attributes` to URI and id. Ids above 14 do not fit the one-byte headers that we write. */
function parseExtension(text: string): [string, number][] {
  const [id = '', uri] = text.split(/\s+/);
  const number = Number.parseInt(id, 10);
  return uri && number >= 1 && number <= 14 ? [[uri, number]] : [];
}

function parseFingerprints(all: readonly (readonly string[])[]): BrowserOffer['fingerprints'] {
  const found = all.flatMap((lines) => values(lines, 'a=fingerprint:'));
  const fingerprints = [...new Set(found)].map((text) => {
    const [algorithm = '', value = ''] = text.split(/\s+/);
    return { algorithm: algorithm.toLowerCase(), value };
  });
  if (fingerprints.length === 0) throw badOffer('it has no fingerprint');
  return fingerprints;
}

function parsed(text: string): IceCandidate[] {
  const candidate = parseIceCandidate(text);
  return candidate ? [candidate] : [];
}

function values(lines: readonly string[], prefix: string): string[] {
  return lines.filter((line) => line.startsWith(prefix)).map((line) => line.slice(prefix.length).trim());
}

function firstValue(all: readonly (readonly string[])[], prefix: string): string | undefined {
  for (const lines of all) {
    const value = values(lines, prefix)[0];
    if (value !== undefined) return value;
  }
  return undefined;
}

function required(all: readonly (readonly string[])[], prefix: string, what: string): string {
  const value = firstValue(all, prefix);
  if (!value) throw badOffer(`it has no ${what}`);
  return value;
}

export function badOffer(why: string): GatewayError {
  return new GatewayError('bad-request', `The offer cannot be answered: ${why}.`);
}

/** Whether the browser wants media on it. */
export function isWanted(media: OfferedMedia | undefined): media is OfferedMedia {
  return media?.receives === true && !media.isStopped;
}

/** The m-lines for a single camera: the first one for video and the first one for sound. */
export function firstWanted({ media }: BrowserOffer): { readonly video?: OfferedMedia; readonly audio?: OfferedMedia } {
  const wanted = media.filter(isWanted);
  const video = wanted.find(({ kind }) => kind === 'video');
  const audio = wanted.find(({ kind }) => kind === 'audio');
  return { ...(video ? { video } : {}), ...(audio ? { audio } : {}) };
}
