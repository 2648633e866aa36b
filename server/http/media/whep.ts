import { type Request, Router, text } from 'express';
import type { IceServer } from '../../../shared/events.ts';
import type { CameraId, ViewerId } from '../../../shared/ids.ts';
import type { BrowserConnection } from '../../outputs/webrtc/browser-connection.ts';
import type { WebrtcOutput } from '../../outputs/webrtc/webrtc-output.ts';
import { GatewayError } from '../../platform/errors.ts';
import type { RequestAccess } from '../access/request-access.ts';
import { readViewRequest } from './view-request.ts';

const SDP = 'application/sdp';
const FRAGMENT = 'application/trickle-ice-sdpfrag';
const BODY_LIMIT = '64kb';

export type WhepRouteParts = { readonly webrtc: WebrtcOutput; readonly access: RequestAccess };

/** WHEP (draft-ietf-wish-whep): an offer is answered, and the viewer is a resource that accepts candidates and can be deleted. */
export function whepRoutes({ webrtc, access }: WhepRouteParts): Router {
  const router = Router();
  const connectionOf = (request: Request): BrowserConnection => {
    const camera = String(request.params.id) as CameraId;
    access(request, 'view', camera);
    const single = webrtc.connections.single(String(request.params.viewer) as ViewerId);
    if (single?.line.camera !== camera) throw new GatewayError('not-found', 'This viewer has left.');
    return single.connection;
  };

  router.post('/api/cameras/:id/whep', text({ type: SDP, limit: BODY_LIMIT }), async (request, response) => {
    const {
      camera,
      quality,
      withSound,
      principal,
      viewer: { address },
    } = readViewRequest(request, access);
    if (typeof request.body !== 'string') throw new GatewayError('bad-request', `Send the offer as ${SDP}.`);
    const mayListen = withSound && principal.mayListen;
    const { connection, line, answer } = await webrtc.connections.openSingle({
      camera,
      quality,
      offer: request.body,
      principal: { ...principal, mayListen },
      ...(address === undefined ? {} : { address }),
    });
    response.status(201).type(SDP);
    response.location(`/api/cameras/${camera}/whep/${line.id}`);
    response.set('etag', etagOf(connection));
    response.set('accept-patch', FRAGMENT);
    response.append('link', webrtc.iceServersFor(principal.who).flatMap(linkHeaders));
    // A page on another origin must be able to read the address of its viewer.
    response.set('access-control-expose-headers', 'location, link, etag');
    response.send(answer);
  });

  router.patch('/api/cameras/:id/whep/:viewer', text({ type: FRAGMENT, limit: BODY_LIMIT }), (request, response) => {
    const connection = connectionOf(request);
    if (typeof request.body !== 'string') throw new GatewayError('bad-request', `Send candidates as ${FRAGMENT}.`);
    const restarted = connection.restartIce(request.body);
    if (restarted === undefined) {
      connection.addCandidates(request.body);
      response.status(204).end();
      return;
    }
    response.set('etag', etagOf(connection)).type(FRAGMENT).send(restarted);
  });

  router.delete('/api/cameras/:id/whep/:viewer', (request, response) => {
    connectionOf(request).close();
    response.status(200).end();
  });
  return router;
}

/** Names one generation of ICE credentials (RFC 9725 clause 4.3.2). */
function etagOf({ localUfrag }: BrowserConnection): string {
  return `"${localUfrag}"`;
}

/** RFC 9725 clause 4.6: one Link per URL. */
function linkHeaders({ urls, username, credential }: IceServer): string[] {
  const login =
    username === undefined || credential === undefined
      ? ''
      : `; username="${username}"; credential="${credential}"; credential-type="password"`;
  return urls.map((url) => `<${url}>; rel="ice-server"${login}`);
}
