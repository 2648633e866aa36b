import type { AudioCodec } from '../../../shared/camera.ts';
import { type SdpAttribute, type SdpMedia, serializeSdp } from '../../protocols/rtsp/sdp.ts';
import type { CameraPath } from './path.ts';

export const VIDEO_PAYLOAD_TYPE = 96;
export const AUDIO_PAYLOAD_TYPES: Readonly<Record<AudioCodec, number>> = {
  pcmu: 0,
  pcma: 8,
  g722: 9,
  aac: 97,
  opus: 97,
};

/** The camera's description of one of its paths, before the quirks of the path change it. */
export function describePath(path: CameraPath, host: string, fill: (pattern: string) => string): string {
  const { sessionControl = '*' } = path.options.quirks?.urls ?? {};
  const text = serializeSdp({
    name: 'Simulated camera',
    origin: host,
    attributes: sessionControl === 'missing' ? [] : [['control', fill(sessionControl)]],
    media: [video(path, fill), ...audio(path, fill)],
  });
  return path.options.quirks?.sdp?.rewrite?.(text) ?? text;
}

function video(path: CameraPath, fill: (pattern: string) => string): SdpMedia {
  const { codec, parameterSets } = path.options.clip;
  const sets = parameterSets.map((set) => Buffer.from(set).toString('base64'));
  const profile = Buffer.from(parameterSets[0]?.subarray(1, 4) ?? [])
    .toString('hex')
    .toUpperCase();
  const format =
    codec === 'h264'
      ? `packetization-mode=1;profile-level-id=${profile};sprop-parameter-sets=${sets.join(',')}`
      : `sprop-vps=${sets[0]};sprop-sps=${sets[1]};sprop-pps=${sets[2]}`;
  return {
    kind: 'video',
    port: 0,
    protocol: 'RTP/AVP',
    payloadTypes: [VIDEO_PAYLOAD_TYPE],
    attributes: [
      ['rtpmap', `${VIDEO_PAYLOAD_TYPE} ${codec.toUpperCase()}/90000`],
      ['fmtp', `${VIDEO_PAYLOAD_TYPE} ${format}`],
      ...control(path, 0, fill),
    ],
  };
}

function audio(path: CameraPath, fill: (pattern: string) => string): SdpMedia[] {
  const track = path.options.audio?.track;
  if (!track) return [];
  const type = AUDIO_PAYLOAD_TYPES[track.codec];
  const attributes: SdpAttribute[] =
    track.codec === 'aac'
      ? [
          ['rtpmap', `${type} MPEG4-GENERIC/${track.sampleRateHz}/${track.channels}`],
          [
            'fmtp',
            `${type} streamtype=5;profile-level-id=1;mode=AAC-hbr;sizelength=13;indexlength=3;indexdeltalength=3;config=${Buffer.from(track.config ?? []).toString('hex')}`,
          ],
        ]
      : [['rtpmap', `${type} ${track.codec.toUpperCase()}/8000`]];
  return [
    {
      kind: 'audio',
      port: 0,
      protocol: 'RTP/AVP',
      payloadTypes: [type],
      attributes: [...attributes, ...control(path, 1, fill)],
    },
  ];
}

function control(path: CameraPath, track: number, fill: (pattern: string) => string): SdpAttribute[] {
  const { trackControl = 'trackID={n}' } = path.options.quirks?.urls ?? {};
  return trackControl === 'missing' ? [] : [['control', fill(trackControl).replace('{n}', `${track}`)]];
}
