import type { CameraView, StreamState } from '../../../shared/camera.ts';
import type { CameraStateEvent } from '../../../shared/events.ts';
import type { CameraId } from '../../../shared/ids.ts';
import type { Hub } from '../../hub/hub.ts';
import { summarizeTrack } from '../../media/video/video-facts.ts';
import type { CameraSettings } from '../../store/cameras.ts';

const IDLE: StreamState = { phase: 'idle' };

type Streams = Pick<Hub, 'stream' | 'viewers'>;

/** A camera as pages see it: what may be known of its settings, and its live state. */
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
    main: main?.state ?? IDLE,
    sub: sub?.state ?? IDLE,
    tracks: tracks.map(summarizeTrack),
    viewers: hub.viewers().filter((viewer) => viewer.camera === camera).length,
  };
}
