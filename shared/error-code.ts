/**
 * The closed list of error codes. A code is stable: it determines retries, the HTTP status, the exit code of a command and the
 * sentence that people see. Add one only when something has to behave differently.
 */
export const ERROR_CODES = [
  // the camera's side
  'no-route', // its network cannot be reached
  'name-not-found', // its host name means nothing here
  'refused', // its host answers, but nobody listens on the port
  'timeout', // it did not answer in time
  'wrong-password', // it refuses the credentials: never retried, cameras lock accounts
  'needs-password', // it wants credentials and none are set
  'no-such-path', // it does not know the stream that was asked for
  'no-free-session', // it has as many viewers as it can serve
  'unsupported-codec', // it sends nothing that Oriel can pass on
  'stalled', // it is connected and sends no picture
  'camera-closed', // it ended the stream
  'camera-off', // its privacy switch is on
  'bad-data', // what it sends can never be valid
  'too-large', // what it sends exceeds a named limit
  'picture-too-large', // single pictures of it exceed what is passed on
  'tls-failed', // no TLS version in common, or a broken handshake
  'certificate-changed', // not the certificate that was pinned on first use
  'login-weakened', // it took Digest before and now wants the password in the clear
  'device-offline', // the vendor's cloud knows the device, but it is not there
  'device-away', // the device at its site that reaches it is not connected
  'camera-away', // that device is connected, and does not reach it
  'device-unknown', // the vendor's cloud does not know the serial number
  'clock-wrong', // a signed request was refused because clocks differ
  'no-direct-path', // hole punching and relay both failed
  'not-supported', // the camera or the protocol cannot do this
  // the caller's side
  'bad-request',
  'not-signed-in',
  'not-allowed',
  'confirm-password', // signed in long ago: the password is asked for again before accounts and tokens change
  'site-not-allowed', // a page of another site that may not embed the camera; its own player says this
  'camera-not-found',
  'not-found',
  'already-exists',
  'share-expired',
  'share-revoked',
  'view-ended', // somebody ended this view; only a person may ask for it again
  'too-many-viewers',
  'too-many-requests',
  'no-common-codec', // the browser cannot show what the camera sends
  'viewer-lost', // the viewer's connection never came up, or died
  'busy', // somebody else is using what only one may use (talk-back)
  // our own side
  'stopping',
  'config-invalid',
  'data-failed', // the data folder cannot be read or written
  'internal',
] as const;

export type ErrorCode = (typeof ERROR_CODES)[number];

/** Errors after which automatic attempts would do harm or cannot help. Only a person or a changed setting can help. */
const FINAL: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'wrong-password',
  'needs-password',
  'unsupported-codec',
  'certificate-changed',
  'login-weakened',
  'device-unknown',
  'not-supported',
  'config-invalid',
]);

export function isFinal(code: ErrorCode): boolean {
  return FINAL.has(code);
}

const HTTP_STATUS: Partial<Record<ErrorCode, number>> = {
  'bad-request': 400,
  'config-invalid': 400,
  'not-signed-in': 401,
  'share-expired': 401,
  'share-revoked': 401,
  'not-allowed': 403,
  'confirm-password': 403,
  'view-ended': 403,
  'camera-not-found': 404,
  'not-found': 404,
  'already-exists': 409,
  busy: 409,
  'too-large': 413,
  'no-common-codec': 422,
  'too-many-requests': 429,
  internal: 500,
  'not-supported': 501,
  'too-many-viewers': 503,
  stopping: 503,
  'data-failed': 503,
};

/** The HTTP status for each error. Everything on the camera's side is a bad gateway. */
export function httpStatus(code: ErrorCode): number {
  return HTTP_STATUS[code] ?? 502;
}
