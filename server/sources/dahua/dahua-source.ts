import type { SourceAdapter, SourceContext, SourceSpec } from '../../hub/source.ts';
import type { DeviceCredentials } from '../../protocols/dahua/device-auth.ts';
import { createRtspSource } from '../rtsp/rtsp-source.ts';
import type { DahuaDevices } from './dahua-devices.ts';
import { parseDahuaUrl } from './dahua-url.ts';
import { PathFollower } from './path-follower.ts';

export type DahuaContext = SourceContext & { readonly devices: DahuaDevices };

const RTSP_PORT = 554;

/** A Dahua camera by serial number: RTSP through a realm of its device's session, moved along when the path changes. */
export function createDahuaSource(spec: SourceSpec, context: DahuaContext): SourceAdapter {
  const { serial, path: streamPath } = parseDahuaUrl(spec.url);
  // The device does not look at the host.
  const rtsp: SourceSpec = { ...spec, url: `rtsp://127.0.0.1:${RTSP_PORT}${streamPath}`, transport: 'tcp' };
  return {
    run: async (sink, signal) => {
      sink.step('resolving');
      const lease = await context.devices.acquire(serial, credentialsOf(spec), signal).catch((error: unknown) => {
        if (signal.aborted) return undefined;
        throw error;
      });
      if (!lease) return;
      const { session } = lease;
      const follower = new PathFollower(session, sink, (path, pathSink, pathSignal) => {
        const dial: SourceContext['dial'] = (_host, port, options) => session.openRealm(port, options, path);
        return createRtspSource(rtsp, { ...context, dial }).run(pathSink, pathSignal);
      });
      try {
        await follower.run(signal);
      } finally {
        lease.release();
      }
    },
  };
}

function credentialsOf(spec: SourceSpec): DeviceCredentials | undefined {
  if (spec.username === undefined || spec.password === undefined) return undefined;
  return { username: spec.username, password: spec.password };
}
