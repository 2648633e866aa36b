import type { SourceAdapter, SourceContext, SourceSink, SourceSpec } from '../../hub/source.ts';
import { GatewayError } from '../../platform/errors.ts';
import type { Credentials } from '../../protocols/rtsp/auth.ts';
import type { RtspClientTransport } from '../../protocols/rtsp/client.ts';
import { parseRtspUrl, type RtspUrl, targetOf } from '../../protocols/rtsp/url.ts';
import { knockAt } from '../knock.ts';
import { loginMemory } from './login-memory.ts';
import { openCarrier, streamUrl } from './rtsp-carrier.ts';
import { RtspSession, type SessionOptions } from './rtsp-session.ts';
import { forgetUdpLoss, MAX_LOSS_PERCENT, readUdpLoss, rememberUdpLoss } from './udp-loss.ts';

const MAX_REDIRECTS = 5;

/**
 * Where the dial leads: to whatever host is named, or, whatever is named, to the one camera at its other end, and over TCP only.
 */
type DialReach = 'any-host' | 'one-camera';

/** A camera that speaks RTSP, over whatever `context.dial` reaches it with. */
export function createRtspSource(
  spec: SourceSpec,
  context: SourceContext,
  reach: DialReach = 'any-host',
): SourceAdapter {
  return {
    knock: (signal) => {
      const { host, port } = parseRtspUrl(spec.url);
      return knockAt(context.dial, host, port, signal);
    },
    run: async (sink, signal) => {
      try {
        await runAttempts(spec, context, reach, sink, signal);
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
  reach: DialReach,
  sink: SourceSink,
  signal: AbortSignal,
): Promise<void> {
  const configured = parseRtspUrl(spec.url);
  const credentials = credentialsOf(spec, configured);
  let url = configured;
  let redirects = 0;
  const tried = new Set<RtspClientTransport>();
  let transport = firstTransport(spec, context);
  while (!signal.aborted) {
    tried.add(transport);
    sink.step('connecting');
    // Credentials are for the camera that was configured, not for wherever it sends us.
    const login = isSamePlace(url, configured) ? credentials : undefined;
    const carrier = await openCarrier({ url, spec, context, credentials: login, signal });
    const options: SessionOptions = {
      url: streamUrl(url),
      transport,
      replyTimeoutMs: spec.connectTimeoutMs,
      loginMemory: loginMemory(context.memory, url, 'rtsp'),
      ...(login ? { credentials: login } : {}),
      // A camera that has refused TCP has no better way.
      ...(tried.has('tcp') ? {} : { maxLossPercent: MAX_LOSS_PERCENT }),
    };
    const session = new RtspSession(carrier, options, context, sink);
    const outcome = await session.run(signal).finally(() => learnLoss(session, options, context, signal));
    if (outcome.kind === 'aborted') return;
    if (outcome.kind === 'redirect') {
      if (++redirects > MAX_REDIRECTS)
        throw new GatewayError('bad-data', 'The camera redirects in circles. Enter the address it finally has.');
      url = reach === 'one-camera' ? { ...url, target: targetOf(outcome.location) } : redirected(url, outcome.location);
      continue;
    }
    const next = outcome.kind === 'lossy' ? 'tcp' : outcome.transport;
    if (tried.has(next) || reach === 'one-camera')
      throw new GatewayError('not-supported', 'The camera offers no transport that works here. Try another one.');
    transport = next;
    context.log.info({ transport }, 'changing the rtsp transport');
  }
}

function firstTransport({ transport }: SourceSpec, { memory, clock, log }: SourceContext): RtspClientTransport {
  if (transport !== 'udp' && transport !== 'multicast') return 'tcp';
  const loss = readUdpLoss(memory, clock.wallMs());
  if (!loss) return transport;
  log.info({ transport: 'tcp', lossPercent: loss.lossPercent }, 'using tcp, because udp lost too much');
  return 'tcp';
}

/** However a session ended, the next attempt profits: a lossy one often shows no picture and is given up for that. */
function learnLoss(
  session: RtspSession,
  { maxLossPercent }: SessionOptions,
  { memory, clock, log }: SourceContext,
  signal: AbortSignal,
): void {
  if (maxLossPercent === undefined) {
    const isUseless = !session.hasMedia && !signal.aborted;
    if (isUseless && readUdpLoss(memory, clock.wallMs())) forgetUdpLoss(memory);
    return;
  }
  const { lossPercent = 0 } = session;
  if (lossPercent <= maxLossPercent) return;
  log.warn({ lossPercent: Math.round(lossPercent) }, 'too many packets are lost over udp; the next attempt uses tcp');
  rememberUdpLoss(memory, lossPercent, clock.wallMs());
}

function credentialsOf(spec: SourceSpec, url: RtspUrl): Credentials | undefined {
  const username = spec.username ?? url.username;
  return username === undefined ? undefined : { username, password: spec.password ?? url.password ?? '' };
}

/** Another scheme, host or port is another place, which the password was not given for. */
function isSamePlace(a: RtspUrl, b: RtspUrl): boolean {
  return a.scheme === b.scheme && a.host === b.host && a.port === b.port;
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
