import * as z from 'zod';
import type { CameraId } from '../../../shared/ids.ts';
import {
  type ShareInfo,
  type ShareView,
  shareCreated,
  shareInfo,
  shareInput,
  shareView,
} from '../../../shared/share-link.ts';
import { maySee } from '../../auth/access.ts';
import { madeBy } from '../../auth/principal.ts';
import { endedShare, shareState } from '../../auth/share-tokens.ts';
import { isTimeZone } from '../../auth/share-window.ts';
import { linkRight, linkTakenBack } from '../../auth/stored-rights.ts';
import { createToken, hashToken } from '../../auth/token.ts';
import { GatewayError } from '../../platform/errors.ts';
import type { ShareLink } from '../../store/share-links.ts';
import { readCredentials } from '../access/credentials.ts';
import { defineRoute, type Route } from '../route.ts';
import type { ApiContext } from './api-context.ts';

/** Share links: one camera, for a limited time, for everybody who has the link. */
export function shareRoutes({ auth, store, cameras, hub, clock, require, note }: ApiContext): Route[] {
  const viewOf = ({ dailyWindow, maker: _, ...share }: ShareLink): ShareView => {
    const { kind, id } = linkRight(share);
    return {
      ...share,
      ...(dailyWindow === undefined ? {} : { dailyWindow }),
      state: shareState({ ...share, ...(dailyWindow && { dailyWindow }) }, clock.wallMs()).state,
      watching: hub.viewers().filter(({ right }) => right.kind === kind && right.id === id).length,
    };
  };

  return [
    defineRoute({
      method: 'get',
      path: '/api/shares',
      summary: 'The links to cameras that the caller may see, with those that ended and who made them.',
      access: 'share',
      output: z.array(shareView),
      handle({ principal }) {
        return store.shares
          .list()
          .filter(({ camera }) => maySee(principal, camera as CameraId))
          .map(viewOf);
      },
    }),
    defineRoute({
      method: 'post',
      path: '/api/shares',
      summary:
        'Make a link to one camera. It ends with whoever made it. The answer is the only time that its token is shown.',
      access: 'share',
      input: shareInput,
      output: shareCreated,
      status: 201,
      handle({ principal, input, request }) {
        require(principal, 'share', input.camera as CameraId);
        const camera = cameras.get(input.camera as CameraId);
        if (!camera) throw new GatewayError('camera-not-found', `There is no camera ${input.camera}.`);
        if (input.expiresAt !== undefined && input.expiresAt <= clock.wallMs()) {
          throw new GatewayError('bad-request', 'expiresAt: this time is over already.');
        }
        if (input.dailyWindow && !isTimeZone(input.dailyWindow.timeZone)) {
          throw new GatewayError('bad-request', 'dailyWindow.timeZone: expected a name such as Europe/Zurich.');
        }
        if (input.quality === 'sub' && camera.substream === undefined) {
          throw new GatewayError('bad-request', 'quality: this camera has no small stream that could be shared.');
        }
        const token = createToken('share');
        const share = store.shares.add({ ...input, ...madeBy(principal) }, hashToken(token), clock.wallMs());
        note({ principal, request }, 'share-made', { subject: share.camera, detail: share.label });
        const url = `${request.protocol}://${request.host}/s/${token}`;
        return { id: share.id, token, url, share: viewOf(share) };
      },
    }),
    defineRoute({
      method: 'delete',
      path: '/api/shares/:share',
      summary: 'Take a link back. Whoever watches through it stops seeing the camera at once.',
      access: 'share',
      handle({ principal, param, request }) {
        const share = store.shares.get(param('share'));
        if (!share) throw new GatewayError('not-found', 'There is no such link.');
        require(principal, 'share', share.camera as CameraId);
        if (share.revokedAt !== undefined) return;
        auth.rights.revoke([linkRight(share)], linkTakenBack(), () => store.shares.revoke(share.id, clock.wallMs()));
        note({ principal, request }, 'share-revoked', { subject: share.camera, detail: share.label });
      },
    }),
    defineRoute({
      method: 'get',
      path: '/api/share',
      summary: 'What the holder of a link may know of it, also outside its daily hours. Needs the token of the link.',
      access: 'public',
      output: shareInfo,
      handle({ request }): ShareInfo {
        const { token } = readCredentials(request.headers, request.url, request.secure);
        const share = token === undefined ? undefined : store.shares.find(hashToken(token));
        if (!share) throw new GatewayError('not-signed-in', 'This link is not valid. Check that all of it was copied.');
        const { state, untilMs } = shareState(share, clock.wallMs());
        if (state === 'revoked' || state === 'expired') throw endedShare(state);
        if (state === 'open') store.shares.countOpening(share.id, clock.wallMs());
        const { label, camera, expiresAt, dailyWindow, audio, quality } = share;
        const moment = untilMs === undefined ? {} : state === 'open' ? { openUntil: untilMs } : { opensAt: untilMs };
        return {
          label,
          camera,
          audio,
          quality,
          state,
          ...moment,
          cameraName: cameras.get(camera as CameraId)?.name ?? camera,
          ...(expiresAt === undefined ? {} : { expiresAt }),
          ...(dailyWindow === undefined ? {} : { dailyWindow }),
        };
      },
    }),
  ];
}
