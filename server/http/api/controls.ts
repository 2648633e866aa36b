import { cameraControls, controlInput } from '../../../shared/camera-api.ts';
import type { CameraId } from '../../../shared/ids.ts';
import type { CameraControl, CameraControls } from '../../hub/source.ts';
import { GatewayError } from '../../platform/errors.ts';
import { untilGone } from '../media/until-gone.ts';
import { defineRoute, type Route } from '../route.ts';
import type { ApiContext } from './api-context.ts';

const CONTROL_TIMEOUT_MS = 10_000;

/** What can be set on the camera itself: lights, sirens, the direction of view. */
export function controlRoutes({ device, hub, note }: ApiContext): Route[] {
  const controlsOf = (camera: CameraId): CameraControls => {
    const { controls } = device(camera);
    if (controls) return controls;
    throw new GatewayError('not-supported', 'This camera has nothing that can be set from here.');
  };

  return [
    defineRoute({
      method: 'get',
      path: '/api/cameras/:id/controls',
      summary: 'What can be set on the camera, with its present values, and whether one can talk through it.',
      access: 'control',
      aboutCamera: true,
      output: cameraControls,
      async handle({ camera, response }) {
        const { controls, talk } = device(camera);
        const list = (await controls?.list(untilGone(response, CONTROL_TIMEOUT_MS))) ?? [];
        return { controls: [...list], talk: talk !== undefined };
      },
    }),
    defineRoute({
      method: 'put',
      path: '/api/cameras/:id/controls/:control',
      summary: 'Set one of them.',
      access: 'control',
      aboutCamera: true,
      input: controlInput,
      async handle({ camera, principal, input: { value }, param, request, response }) {
        const controls = controlsOf(camera);
        const signal = untilGone(response, CONTROL_TIMEOUT_MS);
        const control = (await controls.list(signal)).find(({ name }) => name === param('control'));
        if (!control) throw new GatewayError('not-found', 'This camera has no such control.');
        if (!takes(control, value)) throw new GatewayError('bad-request', `${control.name} does not take ${value}.`);
        await controls.set(control.name, value, signal);
        // A camera whose privacy switch was just set back is otherwise asked again only after a long wait.
        hub.retryNow(camera, 'editor');
        note({ principal, request }, 'camera-controlled', { subject: camera, detail: `${control.name} ${value}` });
      },
    }),
  ];
}

function takes(control: CameraControl, value: boolean | string): boolean {
  if (control.type === 'switch') return typeof value === 'boolean';
  const values = control.type === 'choice' ? control.choices : control.directions;
  return typeof value === 'string' && values.includes(value);
}
