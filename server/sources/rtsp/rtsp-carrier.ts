import type { Duplex } from 'node:stream';
import type { SourceContext, SourceSpec } from '../../hub/source.ts';
import type { Credentials } from '../../protocols/rtsp/auth.ts';
import type { RtspUrl } from '../../protocols/rtsp/url.ts';
import { secure } from '../connect.ts';
import { openHttpTunnel } from './http-tunnel.ts';
import { loginMemory } from './login-memory.ts';
import { openWebSocket } from './websocket-carrier.ts';

export type CarrierRequest = {
  readonly url: RtspUrl;
  readonly spec: SourceSpec;
  readonly context: SourceContext;
  readonly credentials: Credentials | undefined;
  readonly signal: AbortSignal;
};

/** A fresh byte stream to the camera, encrypted where the scheme says so. Everything above it is plain RTSP. */
export async function openCarrier(request: CarrierRequest): Promise<Duplex> {
  const { url, spec, credentials, signal } = request;
  const web = {
    host: url.port === 80 || url.port === 443 ? url.host : `${url.host}:${url.port}`,
    timeoutMs: spec.connectTimeoutMs,
    signal,
    dial: () => dial(request),
    loginMemory: loginMemory(request.context.memory, url, 'web'),
    ...(credentials ? { credentials } : {}),
  };
  if (url.scheme === 'ws' || url.scheme === 'wss') return openWebSocket({ ...web, target: carrierTarget(url) });
  if (spec.transport === 'http') return openHttpTunnel({ ...web, target: url.target || '/' });
  return dial(request);
}

/** What RTSP asks for over a WebSocket whose own path is another: ws://camera/rtsp-over-websocket#/axis-media/media.amp */
export function streamUrl(url: RtspUrl): RtspUrl {
  const hash = url.scheme.startsWith('ws') ? url.target.indexOf('#') : -1;
  return hash === -1 ? url : { ...url, target: url.target.slice(hash + 1) };
}

function carrierTarget(url: RtspUrl): string {
  return url.target.split('#')[0] || '/';
}

async function dial({ url, spec, context, signal }: CarrierRequest): Promise<Duplex> {
  const deadline = { signal, timeoutMs: spec.connectTimeoutMs };
  const carrier = await context.dial(url.host, url.port, deadline);
  if (url.scheme !== 'rtsps' && url.scheme !== 'wss') return carrier;
  return secure(carrier, { ...deadline, host: url.host, memory: context.memory });
}
