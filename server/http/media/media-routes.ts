import type { Action } from '../../auth/principal.ts';

/** A route that does not answer with JSON. Its router belongs to the output that serves it. */
export type MediaRoute = {
  readonly method: 'get' | 'post' | 'patch' | 'delete';
  readonly path: string;
  readonly summary: string;
  readonly access: Action;
  readonly contentType: string;
  readonly takes?: string;
  readonly status?: number;
};

const SDP = 'application/sdp';
const SDP_FRAGMENT = 'application/trickle-ice-sdpfrag';

/** What the injected routers serve, for the API's description and for the test that every route refuses strangers. */
export const MEDIA_ROUTES: readonly MediaRoute[] = [
  {
    method: 'post',
    path: '/api/cameras/:id/whep',
    summary: 'WHEP: answer an offer; the viewer is the resource in Location. `?quality=sub` for the small stream.',
    access: 'view',
    takes: SDP,
    contentType: SDP,
    status: 201,
  },
  {
    method: 'patch',
    path: '/api/cameras/:id/whep/:viewer',
    summary: 'WHEP: candidates of the viewer.',
    access: 'view',
    takes: SDP_FRAGMENT,
    contentType: SDP_FRAGMENT,
    status: 204,
  },
  {
    method: 'delete',
    path: '/api/cameras/:id/whep/:viewer',
    summary: 'WHEP: the viewer leaves.',
    access: 'view',
    contentType: SDP,
  },
  {
    method: 'get',
    path: '/api/cameras/:id/hls/index.m3u8',
    summary:
      'LL-HLS: the multivariant playlist, which names everything else. Takes `quality`, `sound` and `recap` as live.mp4 does.',
    access: 'view',
    contentType: 'application/vnd.apple.mpegurl',
  },
  {
    method: 'get',
    path: '/api/cameras/:id/hls/:epoch/live.m3u8',
    summary: 'LL-HLS: one media playlist, with blocking reload, parts and delta updates.',
    access: 'view',
    contentType: 'application/vnd.apple.mpegurl',
  },
  {
    method: 'get',
    path: '/api/cameras/:id/hls/:epoch/:object',
    summary: 'LL-HLS: an init segment, a segment or a part; what is at an address never changes.',
    access: 'view',
    contentType: 'video/mp4',
  },
  {
    method: 'get',
    path: '/api/cameras/:id/live.mp4',
    summary:
      'The live picture as one endless fragmented MP4, or as a WebSocket whose first message is its type. `?quality=sub` for the small stream, `?sound=no` without sound, `?recap=yes` or `no`: see docs/embedding.md.',
    access: 'view',
    contentType: 'video/mp4',
  },
  {
    method: 'get',
    path: '/api/cameras/:id/snapshot.jpg',
    summary: 'The newest key frame as a JPEG; Last-Modified says when it was received. Needs ffmpeg on the gateway.',
    access: 'snapshot',
    contentType: 'image/jpeg',
  },
  {
    method: 'get',
    path: '/api/cameras/:id/last-still.mp4',
    summary:
      'The newest key frame that is known, as a video of one frame, also of a camera that is offline; 204 when none is.',
    access: 'snapshot',
    contentType: 'video/mp4',
  },
];
