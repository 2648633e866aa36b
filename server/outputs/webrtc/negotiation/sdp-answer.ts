import { type IceCandidate, serializeIceCandidate } from '../../../protocols/stun/ice-candidate.ts';
import type { IceCredentials } from '../transport/ice-agent.ts';
import type { BrowserOffer, OfferedCodec, OfferedMedia } from './browser-offer.ts';
import type { CodecChoice } from './codec-choice.ts';

/** What is agreed for an m-line. */
export type AnsweredMedia = {
  readonly media: OfferedMedia;
  /** The payload types that may be sent on it: one, or several while the camera's codec is not known. */
  readonly choices: readonly CodecChoice[];
  readonly ssrc: number;
  readonly rtxSsrc: number;
  readonly isSending: boolean;
  /** The media stream. Browsers only synchronise sound and picture within one media stream. */
  readonly stream: string;
  /** Header extensions that both sides know, by URI. */
  readonly extensions: ReadonlyMap<string, number>;
};

export type AnswerFacts = {
  readonly sessionId: string;
  /** Counts the answers of one connection. */
  readonly version: number;
  readonly ice: IceCredentials;
  /** SHA-256 of our DTLS certificate. */
  readonly fingerprint: string;
  readonly candidates: readonly IceCandidate[];
  /** One entry for each m-line of the offer, in its order. An undefined entry is rejected. */
  readonly media: readonly (AnsweredMedia | undefined)[];
};

const CNAME = 'oriel';
const FEEDBACK: ReadonlySet<string> = new Set(['nack', 'nack pli']);

/** RFC 8829 clause 5.3, for an answerer that sends, is the DTLS server and ICE lite, with everything on one transport. */
export function serializeAnswer(offer: BrowserOffer, facts: AnswerFacts): string {
  const accepted = facts.media.filter((media) => media !== undefined);
  const lines = [
    'v=0',
    `o=- ${facts.sessionId} ${facts.version} IN IP4 127.0.0.1`,
    's=-',
    't=0 0',
    `a=group:BUNDLE ${accepted.map(({ media }) => media.mid).join(' ')}`,
    'a=msid-semantic:WMS *',
    'a=ice-lite',
  ];
  offer.media.forEach((offered, index) => {
    const media = facts.media[index];
    lines.push(...(media ? acceptedLines(media, facts, media === accepted[0]) : rejectedLines(offered)));
  });
  return `${lines.join('\r\n')}\r\n`;
}

function rejectedLines({ kind, protocol, formats, mid }: OfferedMedia): string[] {
  return [`m=${kind} 0 ${protocol} ${formats}`, 'c=IN IP4 0.0.0.0', 'a=inactive', `a=mid:${mid}`];
}

function acceptedLines(answered: AnsweredMedia, facts: AnswerFacts, withCandidates: boolean): string[] {
  const { media, choices, isSending } = answered;
  const types = choices.flatMap(({ codec, rtxPayloadType }) => [
    codec.payloadType,
    ...(rtxPayloadType ? [rtxPayloadType] : []),
  ]);
  return [
    `m=${media.kind} 9 ${media.protocol} ${types.join(' ')}`,
    'c=IN IP4 0.0.0.0',
    `a=mid:${media.mid}`,
    `a=ice-ufrag:${facts.ice.ufrag}`,
    `a=ice-pwd:${facts.ice.password}`,
    ...(withCandidates ? facts.candidates.map((candidate) => `a=${serializeIceCandidate(candidate)}`) : []),
    ...(withCandidates ? ['a=end-of-candidates'] : []),
    `a=fingerprint:sha-256 ${facts.fingerprint}`,
    'a=setup:passive',
    'a=rtcp-mux',
    'a=rtcp-rsize',
    isSending ? 'a=sendonly' : 'a=inactive',
    ...choices.flatMap(codecLines),
    ...[...answered.extensions].map(([uri, id]) => `a=extmap:${id}/sendonly ${uri}`),
    ...(isSending ? sourceLines(answered) : []),
  ];
}

function codecLines({ codec, rtxPayloadType }: CodecChoice): string[] {
  const { payloadType } = codec;
  const rtx =
    rtxPayloadType === undefined
      ? []
      : [`a=rtpmap:${rtxPayloadType} rtx/${codec.clockRate}`, `a=fmtp:${rtxPayloadType} apt=${payloadType}`];
  return [
    `a=rtpmap:${payloadType} ${codecMap(codec)}`,
    ...formatParameters(codec),
    ...codec.feedback
      .filter((feedback) => FEEDBACK.has(feedback))
      .map((feedback) => `a=rtcp-fb:${payloadType} ${feedback}`),
    ...rtx,
  ];
}

function codecMap({ name, clockRate, channels }: OfferedCodec): string {
  return [name === 'opus' ? name : name.toUpperCase(), clockRate, ...(channels > 1 ? [channels] : [])].join('/');
}

function formatParameters({ payloadType, parameters }: OfferedCodec): string[] {
  if (parameters.size === 0) return [];
  return [
    `a=fmtp:${payloadType} ${[...parameters].map(([name, value]) => (value === '' ? name : `${name}=${value}`)).join(';')}`,
  ];
}

function sourceLines({ media, choices, ssrc, rtxSsrc, stream }: AnsweredMedia): string[] {
  const hasRtx = choices.some(({ rtxPayloadType }) => rtxPayloadType !== undefined);
  const sources = hasRtx ? [ssrc, rtxSsrc] : [ssrc];
  return [
    `a=msid:${stream} ${media.kind}`,
    ...(hasRtx ? [`a=ssrc-group:FID ${ssrc} ${rtxSsrc}`] : []),
    ...sources.flatMap((source) => [
      `a=ssrc:${source} cname:${CNAME}`,
      `a=ssrc:${source} msid:${stream} ${media.kind}`,
    ]),
  ];
}
