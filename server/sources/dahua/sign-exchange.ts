import type { Clock } from '../../platform/clock.ts';
import { settleWithin } from '../../platform/wait.ts';
import type { TouFrame } from '../../protocols/dahua/tou-frame.ts';
import type { Tunnel } from '../../protocols/dahua/tunnel.ts';

const SIGN_TIMEOUT_MS = 2000;
const ACCEPT_TIMEOUT_MS = 2500;
/** Shorter ones are acknowledgments of newer firmware, not signs. */
const MIN_SIGN_BYTES = 4;

/** Asks on the relay for the sign that opens the direct path; newer devices have none to give. */
export async function askSign(tunnel: Tunnel, clock: Clock): Promise<Uint8Array | undefined> {
  const answer = awaitFrame(tunnel, clock, SIGN_TIMEOUT_MS, (frame) => {
    return frame.type === 'sign' && frame.sign.length >= MIN_SIGN_BYTES;
  });
  tunnel.send({ type: 'ask-sign' });
  const frame = await answer;
  return frame?.type === 'sign' ? frame.sign : undefined;
}

/** Shows the sign on the direct path; false when the device does not take it. */
export async function presentSign(tunnel: Tunnel, sign: Uint8Array, clock: Clock): Promise<boolean> {
  const answer = awaitFrame(tunnel, clock, ACCEPT_TIMEOUT_MS, (frame) => {
    return frame.type === 'accept' || (frame.type === 'unknown' && frame.code === 0);
  });
  tunnel.send({ type: 'present-sign', sign });
  const frame = await answer;
  if (frame?.type !== 'accept') return false;
  tunnel.send({ type: 'confirm' });
  return true;
}

function awaitFrame(
  tunnel: Tunnel,
  clock: Clock,
  timeoutMs: number,
  isWanted: (frame: TouFrame) => boolean,
): Promise<TouFrame | undefined> {
  return settleWithin<TouFrame | undefined>({
    clock,
    timeoutMs,
    late: () => undefined,
    begin: ({ resolve }) => {
      tunnel.onControl = (frame) => {
        if (isWanted(frame)) resolve(frame);
      };
      return () => {
        tunnel.onControl = () => {};
      };
    },
  });
}
