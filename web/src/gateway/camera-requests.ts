import type { ConnectStep } from '../../../shared/camera.ts';
import type { CameraControlsView, CameraDetail, DiscoveredCamera, ProbeInput } from '../../../shared/camera-api.ts';
import type { CameraInput, CameraPatch } from '../../../shared/camera-settings.ts';
import type { ProbeReport } from '../../../shared/probe-report.ts';
import { segment } from './gateway-address.ts';
import { askSocket, type GatewaySocket } from './gateway-socket.ts';
import { randomId } from './random-id.ts';
import { ask } from './request.ts';

const PROBE_TIMEOUT_MS = 100_000;
const DISCOVER_TIMEOUT_MS = 35_000;

function address(camera: string): string {
  return `/api/cameras/${segment(camera)}`;
}

export function readCamera(camera: string): Promise<CameraDetail> {
  return ask('GET', address(camera));
}

export function addCamera(body: CameraInput): Promise<CameraDetail> {
  return ask('POST', '/api/cameras', { body });
}

export function changeCamera(camera: string, body: CameraPatch): Promise<CameraDetail> {
  return ask('PATCH', address(camera), { body });
}

export function deleteCamera(camera: string): Promise<void> {
  return ask('DELETE', address(camera));
}

export function readControls(camera: string): Promise<CameraControlsView> {
  return ask('GET', `${address(camera)}/controls`);
}

export function setControl(camera: string, control: string, value: boolean | string): Promise<void> {
  return ask('PUT', `${address(camera)}/controls/${segment(control)}`, { body: { value } });
}

export function discoverCameras(signal: AbortSignal): Promise<readonly DiscoveredCamera[]> {
  return ask('POST', '/api/cameras/discover', { signal, timeoutMs: DISCOVER_TIMEOUT_MS });
}

/** A step that has begun. `atMs` counts from the start of the probe. */
export type BegunStep = { readonly step: ConnectStep; readonly atMs: number };

/** Looks at an address; `onStep` hears of each step while it happens. */
export async function probeCamera(
  socket: GatewaySocket,
  input: Omit<ProbeInput, 'probe'>,
  onStep: (step: BegunStep) => void,
  signal: AbortSignal,
): Promise<ProbeReport> {
  const probe = randomId();
  const listen = (event: BegunStep & { readonly probe: string }) => event.probe === probe && onStep(event);
  socket.on('probe-step', listen);
  try {
    // Without the live connection no steps are shown, but the report comes all the same.
    await askSocket<null>(socket, (to, done) => to.emit('follow-probe', { probe }, done)).catch(() => undefined);
    return await ask('POST', '/api/cameras/probe', {
      body: { ...input, probe } satisfies ProbeInput,
      signal,
      timeoutMs: PROBE_TIMEOUT_MS,
    });
  } finally {
    socket.off('probe-step', listen);
  }
}
