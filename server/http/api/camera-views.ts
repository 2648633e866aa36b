import type { CameraView, StreamState, TrackSummary } from '../../../shared/camera.ts';
import type { CameraStateEvent } from '../../../shared/events.ts';
import type { CameraId } from '../../../shared/ids.ts';
import type { Hub } from '../../hub/hub.ts';
import type { Stream } from '../../hub/stream.ts';
import { summarizeTrack } from '../../media/video/video-facts.ts';
import type { CameraSettings } from '../../store/cameras.ts';

const IDLE: StreamState = { phase: 'idle' };

type Streams = Pick<Hub, 'stream' | 'viewers' | 'convertibleSound'>;

/** A camera as pages see it: the public part of its settings, and its live state. */
export function cameraView(camera: CameraSettings, hub: Streams): CameraView {
  return {
    id: camera.id,
    name: camera.name,
    ...(camera.group === undefined ? {} : { group: camera.group }),
    enabled: camera.enabled,
    kind: camera.url.slice(0, camera.url.indexOf(':')),
    hasSubstream: camera.substream !== undefined,
    ...liveState(camera.id, hub),
  };
}

export function cameraState(camera: CameraId, hub: Streams): CameraStateEvent {
  return { id: camera, ...liveState(camera, hub) };
}

function liveState(camera: CameraId, hub: Streams): Omit<CameraStateEvent, 'id'> {
  const main = hub.stream(camera, 'main');
  const sub = hub.stream(camera, 'sub');
  const tracks = main?.tracks.length ? main.tracks : (sub?.tracks ?? []);
  return {
    main: stateNow(main),
    sub: stateNow(sub),
    tracks: tracks.map((track) => asHeard(summarizeTrack(track), hub)),
    viewers: hub.viewers().filter((viewer) => viewer.camera === camera).length,
  };
}

/** The state with how its pictures arrive, if any do. A page can tell from it whether it shows the newest picture. */
function stateNow(stream: Stream | undefined): StreamState {
  if (!stream) return IDLE;
  const { state, pictureAgeMs, silenceLimitMs } = stream;
  const hasPictures = (state.phase === 'live' || state.phase === 'stalled') && pictureAgeMs !== undefined;
  return hasPictures ? { ...state, pictureAgeMs: Math.round(pictureAgeMs), silenceLimitMs } : state;
}

/** WebRTC does not support AAC. */
function asHeard(track: TrackSummary, { convertibleSound }: Streams): TrackSummary {
  return track.kind === 'audio' && track.codec === 'aac' && !convertibleSound.has('aac')
    ? { ...track, overWebrtc: false }
    : track;
}
