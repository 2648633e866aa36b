import type { AudioTrack, TrackInfo, VideoTrack } from '../../media/access-unit.ts';
import { type SdpAttribute, type SdpMedia, serializeSdp } from './sdp.ts';

const VIDEO_PAYLOAD_TYPE = 96;
const DYNAMIC_AUDIO_PAYLOAD_TYPE = 97;
const VIDEO_CLOCK_HZ = 90_000;
const OPUS_CLOCK_HZ = 48_000;
/** RFC 3551 clause 4.5.2: G.722 samples at 16 kHz but its RTP clock counts at 8 kHz, by an old mistake that is kept. */
const G722_CLOCK_HZ = 8000;

/** How we send a track: with the static payload types of RFC 3551 if there are any, so that old recorders understand. */
export function payloadTypeOf(track: TrackInfo): number {
  if (track.kind === 'video') return VIDEO_PAYLOAD_TYPE;
  if (track.codec === 'g722') return 9;
  const isTelephone = track.sampleRateHz === 8000 && track.channels === 1;
  if (track.codec === 'pcmu' && isTelephone) return 0;
  if (track.codec === 'pcma' && isTelephone) return 8;
  return DYNAMIC_AUDIO_PAYLOAD_TYPE;
}

export function rtpClockHz(track: TrackInfo): number {
  if (track.kind === 'video') return VIDEO_CLOCK_HZ;
  if (track.codec === 'opus') return OPUS_CLOCK_HZ;
  return track.codec === 'g722' ? G722_CLOCK_HZ : track.sampleRateHz;
}

export type DescribedTrack = { readonly track: TrackInfo; readonly control: string };

/** The description that answers DESCRIBE. Controls are absolute: half of all clients join relative ones to a query wrongly. */
export function describeTracks(name: string, tracks: readonly DescribedTrack[]): string {
  return serializeSdp({
    name,
    origin: '0.0.0.0',
    address: '0.0.0.0',
    attributes: [
      ['control', '*'],
      ['range', 'npt=now-'],
    ],
    media: tracks.map(describe),
  });
}

function describe({ track, control }: DescribedTrack): SdpMedia {
  const type = payloadTypeOf(track);
  const [encoding, parameters] = track.kind === 'video' ? videoFormat(track) : audioFormat(track);
  const attributes: SdpAttribute[] = [['rtpmap', `${type} ${encoding}`]];
  if (parameters) attributes.push(['fmtp', `${type} ${parameters}`]);
  attributes.push(['control', control]);
  return { kind: track.kind, port: 0, protocol: 'RTP/AVP', payloadTypes: [type], attributes };
}

function videoFormat({ codec, parameterSets }: VideoTrack): [encoding: string, parameters: string] {
  const sets = parameterSets.map((set) => Buffer.from(set).toString('base64'));
  if (codec === 'h265') {
    const names = ['sprop-vps', 'sprop-sps', 'sprop-pps'];
    const parameters = sets.length === names.length ? names.map((name, index) => `${name}=${sets[index]}`) : [];
    return ['H265/90000', parameters.join(';')];
  }
  const parameters = ['packetization-mode=1'];
  const [sps] = parameterSets;
  if (sps && sps.length > 3) {
    parameters.push(`profile-level-id=${Buffer.from(sps.subarray(1, 4)).toString('hex').toUpperCase()}`);
    parameters.push(`sprop-parameter-sets=${sets.join(',')}`);
  }
  return ['H264/90000', parameters.join(';')];
}

function audioFormat(track: AudioTrack): [encoding: string, parameters: string] {
  const channels = track.channels > 1 ? `/${track.channels}` : '';
  switch (track.codec) {
    case 'opus': // RFC 7587 clause 7: always 48000/2, whatever the packets contain.
      return ['opus/48000/2', track.channels > 1 ? 'sprop-stereo=1' : ''];
    case 'aac': {
      const config = Buffer.from(track.config ?? []).toString('hex');
      const mode = 'streamtype=5;profile-level-id=1;mode=AAC-hbr;sizelength=13;indexlength=3;indexdeltalength=3';
      return [`mpeg4-generic/${track.sampleRateHz}/${track.channels}`, `${mode};config=${config}`];
    }
    case 'g722':
      return [`G722/${G722_CLOCK_HZ}${channels}`, ''];
    default:
      return [`${track.codec.toUpperCase()}/${track.sampleRateHz}${channels}`, ''];
  }
}
