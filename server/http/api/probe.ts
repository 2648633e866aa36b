import * as z from 'zod';
import { accountForOrigin } from '../../../shared/camera-accounts.ts';
import { discoveredCamera, type ProbeInput, probeInput } from '../../../shared/camera-api.ts';
import type { CameraId } from '../../../shared/ids.ts';
import { probeReport } from '../../../shared/probe-report.ts';
import type { Principal } from '../../auth/principal.ts';
import { GatewayError } from '../../platform/errors.ts';
import { untilGone } from '../media/until-gone.ts';
import { defineRoute, type Route } from '../route.ts';
import type { ApiContext, ProbeTarget } from './api-context.ts';
import { checkedSettings, refuseRestricted } from './camera-settings.ts';

/** Enough for two new camera connections and a probe of each. */
const PROBE_TIMEOUT_MS = 90_000;
const DISCOVER_TIMEOUT_MS = 30_000;
/** Probes dial addresses that people enter. With more at once, the gateway would be usable as a port scanner. */
const MAX_PROBES = 4;

/** Looking at cameras that are not saved yet. */
export function probeRoutes({ cameras, probe, discover, require, note, tellProbeStep }: ApiContext): Route[] {
  let running = 0;

  const targetOf = (input: ProbeInput, principal: Principal): ProbeTarget => {
    const { probe: _, camera: saved, ...address } = input;
    const target = checkedSettings({ ...address, id: 'probe', name: 'probe' });
    if (saved === undefined || target.password !== undefined) return target;
    require(principal, 'edit-cameras', saved as CameraId);
    const camera = cameras.get(saved as CameraId);
    // The same address through another agent is another place.
    return camera && camera.via === target.via ? { ...target, ...accountForOrigin(camera, target.url) } : target;
  };

  return [
    defineRoute({
      method: 'post',
      path: '/api/cameras/probe',
      summary: 'Connect to an address and answer with its report card. What fails at the camera stands in the report.',
      access: 'edit-cameras',
      input: probeInput,
      output: probeReport,
      async handle({ principal, input, request, response }) {
        const target = targetOf(input, principal);
        const isTrusted = principal.role === 'admin';
        if (!isTrusted) await refuseRestricted(target);
        if (running >= MAX_PROBES)
          throw new GatewayError('busy', 'Other addresses are being looked at. Try again soon.');
        note({ principal, request }, 'camera-probed', { detail: target.url });
        running++;
        try {
          return await probe(
            isTrusted ? target : { ...target, restricted: true },
            (step, atMs) => input.probe !== undefined && tellProbeStep(input.probe, step, atMs),
            untilGone(response, PROBE_TIMEOUT_MS),
          );
        } finally {
          running--;
        }
      },
    }),
    defineRoute({
      method: 'post',
      path: '/api/cameras/discover',
      summary: 'Look for cameras on the networks of the gateway.',
      access: 'edit-cameras',
      output: z.array(discoveredCamera).readonly(),
      handle: ({ response }) => discover(untilGone(response, DISCOVER_TIMEOUT_MS)),
    }),
  ];
}
