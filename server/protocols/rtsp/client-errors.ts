import type { ErrorCode } from '../../../shared/error-code.ts';
import { GatewayError } from '../../platform/errors.ts';

type Explanation = readonly [code: ErrorCode, sentence: string];

const NO_SUCH_PATH: Explanation = [
  'no-such-path',
  'The camera does not know this stream. Check the path behind the address; the camera’s manual or ONVIF names it.',
];
const NO_FREE_SESSION: Explanation = [
  'no-free-session',
  'The camera serves as many viewers as it can. Close other programs that watch it, or restart it.',
];
const EXPLANATIONS: Readonly<Record<number, Explanation>> = {
  403: ['wrong-password', 'The camera does not allow this user to watch. Give the user that right in the camera.'],
  404: NO_SUCH_PATH,
  410: NO_SUCH_PATH,
  415: ['unsupported-codec', 'The camera cannot describe its stream in a way Oriel reads.'],
  453: NO_FREE_SESSION,
  454: ['camera-closed', 'The camera forgot the session.'],
  461: ['not-supported', 'The camera refuses every way of transport that was tried. Choose another transport.'],
  463: ['not-supported', 'The camera insists on encrypted media (SRTP). Switch that off in the camera.'],
  503: NO_FREE_SESSION,
};

/** Explains an answer other than 200 to people. */
export function errorOfStatus(method: string, status: number, reason: string): GatewayError {
  const isUnknownStream = method === 'DESCRIBE' && status === 400;
  const known = isUnknownStream ? NO_SUCH_PATH : EXPLANATIONS[status];
  if (known) return new GatewayError(known[0], known[1]);
  const isFull = /bandwidth|session|busy/i.test(reason) && status >= 500;
  if (isFull) return new GatewayError(NO_FREE_SESSION[0], NO_FREE_SESSION[1]);
  return new GatewayError('camera-closed', `The camera answered ${method} with ${status}. Oriel tries again.`);
}
