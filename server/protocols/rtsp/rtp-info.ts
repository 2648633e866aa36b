import type { RtspVersion } from './message.ts';

export type RtpInfoEntry = {
  readonly url: string;
  readonly sequence: number;
  readonly timestamp: number;
  readonly ssrc: number;
};

/** RFC 2326 clause 12.33 and RFC 7826 clause 18.45. */
export function serializeRtpInfo(entries: readonly RtpInfoEntry[], version: RtspVersion): string {
  const form = version === '2.0' ? version2 : version1;
  return entries.map(form).join(',');
}

function version1({ url, sequence, timestamp }: RtpInfoEntry): string {
  return `url=${url};seq=${sequence};rtptime=${timestamp}`;
}

function version2({ url, sequence, timestamp, ssrc }: RtpInfoEntry): string {
  const hex = ssrc.toString(16).toUpperCase().padStart(8, '0');
  return `url="${url}" ssrc=${hex}:seq=${sequence};rtptime=${timestamp}`;
}
