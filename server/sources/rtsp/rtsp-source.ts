import type { SourceAdapter, SourceContext, SourceSink, SourceSpec } from '../../hub/source.ts';
import { GatewayError } from '../../platform/errors.ts';
import type { Credentials } from '../../protocols/rtsp/auth.ts';
import type { RtspClientTransport } from '../../protocols/rtsp/client.ts';
import { parseRtspUrl, type RtspUrl } from '../../protocols/rtsp/url.ts';
import { knockAt } from '../knock.ts';
import { openCarrier, streamUrl } from './rtsp-carrier.ts';
import { RtspSession, type SessionOptions } from './rtsp-session.ts';

const MAX_REDIRECTS = 5;

/** A camera that speaks RTSP, over whatever `context.dial` reaches it with. */
export function createRtspSource(spec: SourceSpec, context: SourceContext): SourceAdapter {
  return {
    knock: (signal) => {
      const { host, port } = parseRtspUrl(spec.url);
      return knockAt(context.dial, host, port, signal);
    },
    run: async (sink, signal) => {
      try {
        await runAttempts(spec, context, sink, signal);
      } catch (error) {
        if (!signal.aborted) throw error;
      }
    },
  };
}

/** Follows redirects and changes the transport where the camera wants it; each time with a fresh connection. */
async function runAttempts(
  spec: SourceSpec,
  context: SourceContext,
  sink: SourceSink,
  signal: AbortSignal,
): Promise<void> {
  const configured = parseRtspUrl(spec.url);
  const credentials = credentialsOf(spec, configured);
  let url = configured;
  let redirects = 0;
  const tried = new Set<RtspClientTransport>();
  let transport: RtspClientTransport =
    spec.transport === 'udp' || spec.transport === 'multicast' ? spec.transport : 'tcp';
  while (!signal.aborted) {
    tried.add(transport);
    sink.step('connecting');
    // Credentials are for the camera that was configured, not for wherever it sends us.
    const login = url.host === configured.host ? credentials : undefined;
    const carrier = await openCarrier({ url, spec, context, credentials: login, signal });
    const options: SessionOptions = {
      url: streamUrl(url),
      transport,
      replyTimeoutMs: spec.connectTimeoutMs,
      ...(login ? { credentials: login } : {}),
    };
    const outcome = await new RtspSession(carrier, options, context, sink).run(signal);
    if (outcome.kind === 'aborted') return;
    if (outcome.kind === 'redirect') {
      if (++redirects > MAX_REDIRECTS)
        throw new GatewayError('bad-data', 'The camera redirects in circles. Enter the address it finally has.');
      url = redirected(url, outcome.location);
    } else {
      if (tried.has(outcome.transport))
        throw new GatewayError('not-supported', 'The camera offers no transport that works here. Try another one.');
      transport = outcome.transport;
      context.log.info({ transport }, 'changing the rtsp transport');
    }
  }
}

function credentialsOf(spec: SourceSpec, url: RtspUrl): Credentials | undefined {
  const username = spec.username ?? url.username;
  return username === undefined ? undefined : { username, password: spec.password ?? url.password ?? '' };
}

/** A camera that was asked for over TLS must not be able to lead us away from it. */
function redirected(from: RtspUrl, location: string): RtspUrl {
  const to = location.startsWith('/') ? { ...from, target: location } : parseLocation(location);
  if (from.scheme === 'rtsps' && to.scheme !== 'rtsps')
    throw new GatewayError('not-supported', 'The camera redirects to an unencrypted address; Oriel does not follow.');
  return to;
}

function parseLocation(location: string): RtspUrl {
  try {
    return parseRtspUrl(location);
  } catch (error) {
    throw new GatewayError('bad-data', 'The camera redirects to an address that cannot be read.', { cause: error });
  }
}
