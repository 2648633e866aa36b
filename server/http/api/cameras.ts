import * as z from 'zod';
import {
  type CameraDetail,
  cameraDetail,
  cameraInput,
  cameraPatch,
  cameraView as cameraViewSchema,
} from '../../../shared/camera-api.ts';
import type { CameraId } from '../../../shared/ids.ts';
import { maySee, refusal } from '../../auth/access.ts';
import type { Principal } from '../../auth/principal.ts';
import { GatewayError } from '../../platform/errors.ts';
import type { CameraSettings } from '../../store/cameras.ts';
import { defineRoute, type Route } from '../route.ts';
import type { ApiContext } from './api-context.ts';
import { checkedSettings, freeId, guarded, patchedSettings, settingsView } from './camera-settings.ts';
import { cameraView } from './camera-views.ts';

export function cameraRoutes({ cameras, hub, store, gateway, note, facts }: ApiContext): Route[] {
  const find = (id: CameraId): CameraSettings => {
    const camera = cameras.get(id);
    if (camera) return camera;
    throw new GatewayError('camera-not-found', `There is no camera ${id}.`);
  };

  const detail = (camera: CameraSettings, principal: Principal): CameraDetail => {
    const mayEdit = refusal(principal, 'edit-cameras', camera.id) === undefined;
    const definedIn = cameras.isConfigured(camera.id) ? 'config' : 'dashboard';
    const base = `/api/cameras/${camera.id}`;
    const rtsp = gateway.rtspPort === undefined ? {} : { rtsp: `:${gateway.rtspPort}/${camera.id}` };
    return {
      ...cameraView(camera, hub),
      // Who may only watch has no use for the networks of others.
      facts: facts(camera.id).filter(({ code }) => mayEdit || code !== 'bare-tunnel'),
      addresses: { whep: `${base}/whep`, hls: `${base}/hls/index.m3u8`, mp4: `${base}/live.mp4`, ...rtsp },
      ...(mayEdit ? { settings: settingsView(camera, definedIn) } : {}),
    };
  };

  return [
    defineRoute({
      method: 'get',
      path: '/api/cameras',
      summary: 'The cameras that the caller may see, with their live state.',
      access: 'list-cameras',
      output: z.array(cameraViewSchema),
      handle({ principal }) {
        return cameras
          .list()
          .filter(({ id }) => maySee(principal, id))
          .map((camera) => cameraView(camera, hub));
      },
    }),
    defineRoute({
      method: 'post',
      path: '/api/cameras',
      summary: 'Add a camera.',
      access: 'edit-cameras',
      input: cameraInput,
      output: cameraDetail,
      status: 201,
      async handle({ principal, input, request }) {
        const id = input.id ?? freeId(input.name, (candidate) => cameras.get(candidate) !== undefined);
        const camera = await guarded(checkedSettings({ ...input, id }), principal.role);
        cameras.add(camera);
        note({ principal, request }, 'camera-added', { subject: id, detail: camera.url });
        return detail(camera, principal);
      },
    }),
    defineRoute({
      method: 'get',
      path: '/api/cameras/:id',
      summary: 'One camera; its settings for those who may change them, never a password.',
      access: 'view',
      aboutCamera: true,
      output: cameraDetail,
      handle: ({ camera, principal }) => detail(find(camera), principal),
    }),
    defineRoute({
      method: 'patch',
      path: '/api/cameras/:id',
      summary: 'Change a camera. Viewers stay and get the new picture.',
      access: 'edit-cameras',
      aboutCamera: true,
      input: cameraPatch,
      output: cameraDetail,
      async handle({ camera: id, input, principal, request }) {
        const before = find(id);
        const camera = await guarded(patchedSettings(before, input), principal.role, before, input);
        cameras.update(camera);
        // The settings were saved again, even if unchanged, so what was learned about the camera before is forgotten.
        if (input.url !== undefined || input.password !== undefined) {
          store.memories.forget(id);
          hub.retryNow(id, 'editor');
        }
        note({ principal, request }, 'camera-changed', { subject: id, detail: Object.keys(input).join(', ') });
        return detail(camera, principal);
      },
    }),
    defineRoute({
      method: 'delete',
      path: '/api/cameras/:id',
      summary: 'Remove a camera. Its links are taken back and its viewers end.',
      access: 'edit-cameras',
      aboutCamera: true,
      handle({ camera, principal, request }) {
        cameras.remove(camera);
        note({ principal, request }, 'camera-removed', { subject: camera });
      },
    }),
    defineRoute({
      method: 'post',
      path: '/api/cameras/:id/retry',
      summary:
        'Try the camera again now, also after a wrong password unless a link asks. Once in five seconds, however many ask.',
      access: 'view',
      aboutCamera: true,
      handle({ camera, principal }) {
        hub.retryNow(find(camera).id, principal.kind === 'share' ? 'guest' : 'household');
      },
    }),
  ];
}
