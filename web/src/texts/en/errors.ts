import type { ErrorCode } from '../../../../shared/error-code.ts';

/** What happened, whose side, what to do; the same sentence wherever the code shows up. */
export const errorTexts = {
  'no-route': 'The network of this camera cannot be reached from the gateway. Check cables, VLAN and the address.',
  'name-not-found': 'The gateway does not know a host of this name. Check the spelling, or use the IP address.',
  refused: 'The camera answers, but nothing listens on that port. Check the port and that RTSP is switched on.',
  timeout: 'The camera did not answer in time. Check that it has power and network.',
  'wrong-password': 'The camera refuses this user name or password. Correct it: Oriel does not try again by itself.',
  'needs-password': 'The camera asks for a user name and password, and none are set.',
  'no-such-path': 'The camera answers, but has no stream at this path. Check the path in the address.',
  'no-free-session': 'The camera serves as many viewers as it can. Close another app or recorder that uses it.',
  'unsupported-codec': 'The camera sends a codec that Oriel cannot pass on. Switch the stream to H.264 in the camera.',
  stalled: 'The camera is connected but sends no picture.',
  'camera-closed': 'The camera ended the stream.',
  'camera-off': 'The privacy switch of the camera is on.',
  'bad-data': 'The camera sends data that cannot be read. A restart of the camera often helps.',
  'picture-too-large':
    'The camera sends single pictures of more than 8 MB. Choose a lower resolution or bitrate in the camera.',
  'tls-failed': 'No secure connection to the camera came about. Its TLS may be too old.',
  'certificate-changed': 'The camera shows another certificate than before. If you replaced it, save the camera again.',
  'login-weakened':
    'The camera now wants its password unprotected, and did not before. If you reset or replaced it, save its password again.',
  'device-offline': 'The cloud of the maker knows the camera, but it is not connected there.',
  'device-away':
    'The device at the site of this camera is not connected to the gateway. Check its power and its network.',
  'camera-away':
    'The device at the site of this camera is connected, but does not reach the camera. Check the camera there.',
  'device-unknown': 'The cloud of the maker does not know this serial number. Check it on the label.',
  'clock-wrong': 'The camera or the gateway has a wrong clock, so it refuses to sign in. Set both clocks.',
  'no-direct-path': 'No way through the routers to the camera was found. An agent at its site would help.',
  'not-supported': 'The camera cannot do this.',
  'not-signed-in': 'You are signed out. Sign in again.',
  'not-allowed': 'Your account may not do this. Ask an administrator.',
  'site-not-allowed':
    'This site is not allowed to embed the camera. Whoever runs the gateway can allow it in the settings of the camera.',
  'camera-not-found': 'This camera no longer exists.',
  'share-expired': 'This link has expired. Ask whoever gave it to you for a new one.',
  'share-revoked': 'This link was taken back. Ask whoever gave it to you for a new one.',
  'confirm-password': 'You signed in a while ago. Enter your password again.',
  'view-ended': 'Whoever looks after this camera ended this view. You may ask for it again.',
  'too-many-viewers': 'As many are watching as may at once.',
  'too-many-requests': 'Too many requests at once. Wait a moment.',
  'no-common-codec':
    'This browser cannot show what the camera sends. Try Chrome or Safari, or set the camera to H.264.',
  busy: 'Somebody else is using this now. Try again in a moment.',
  'viewer-lost': 'The connection to this browser was lost.',
  stopping: 'The gateway is stopping.',
  unreachable: 'The gateway does not answer. Check that it runs and that this device is on its network.',
  'data-failed': 'The gateway cannot read or write its data. Pictures go on; its log says what to do.',
  internal: 'The gateway had an error of its own. Its log says more.',
} satisfies Partial<Record<ErrorCode | 'unreachable', string>>;

/** Whether the gateway's own sentences are in this language: they know more than their code, and stand where they can. */
export const gatewaySpeaksThis: boolean = true;
