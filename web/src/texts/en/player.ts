import type { ConnectStep } from '../../../../shared/camera.ts';

/** The player, wherever it stands. */
export const playerTexts = {
  label: (camera: string) => `Live picture of ${camera}`,
  live: 'Live',
  starting: {
    resolving: 'Finding the camera',
    connecting: 'Connecting to the camera',
    asking: 'Asking the camera',
    'waiting-for-picture': 'Waiting for its first picture',
    'waiting-for-key-frame': 'Waiting for its first key frame',
    browser: 'Connecting to this browser',
  } satisfies Record<ConnectStep | 'browser', string>,
  upTo: (step: string, seconds: number) => `${step} (up to ${seconds} s on this camera)`,
  frozen: (seconds: number) => `No new picture for ${seconds} s.`,
  stillAge: {
    seconds: (n: number) => `Picture ${n} s old`,
    minutes: (n: number) => `Picture ${n} min old`,
    hours: (n: number) => `Picture ${n} h old`,
    days: (n: number) => `Picture ${n} days old`,
  },
  culprit: {
    unknown: 'Checking why.',
    camera: 'The camera stopped sending.',
    uplink: 'The camera cannot be reached from the gateway.',
    gateway: 'The gateway does not answer. It has stopped, or nothing gets to it from here.',
    network: 'The network between the gateway and this browser carries nothing.',
    browser: 'This browser stopped showing what it receives.',
  },
  offline: (time: string) => `Offline since ${time}.`,
  tryingAgain: (seconds: number) => `Trying again in ${seconds} s.`,
  tryingNow: 'Trying again now.',
  unsupported: {
    codec: (codec: string) =>
      codec === 'H.264'
        ? 'This browser cannot play H.264. Update it, or use another one.'
        : `This browser cannot play ${codec}. Set the camera's video encoding to H.264, or give it an H.264 sub-stream.`,
    'b-frames':
      'This browser cannot play B-frames live. Switch B-frames off in the camera, or choose its baseline profile.',
    'no-media-source': 'This browser can play neither WebRTC nor Media Source video. Update it, or use another one.',
    'no-webrtc': 'This browser can play neither WebRTC nor Media Source video. Update it, or use another one.',
  },
  unknownCodec: 'what this camera sends',
  noSound: 'This camera sends no sound',
  noPictureYet: 'There is no picture to keep yet.',
  transport: { webrtc: 'WebRTC', mp4: 'live.mp4', hls: 'LL-HLS' },
  controls: {
    toolbar: 'Controls',
    mute: 'Mute',
    unmute: 'Unmute',
    play: 'Play',
    talk: 'Hold to talk',
    snapshot: 'Save a snapshot',
    pictureInPicture: 'Picture in picture',
    fullscreen: 'Full screen',
    statistics: 'Statistics',
    retry: 'Try now',
  },
  talk: {
    notHere: 'Talking is possible on the dashboard only.',
    insecure: 'The browser gives its microphone only to pages served over HTTPS.',
    denied: 'The browser was told not to give this page its microphone. Allow it in the address bar and try again.',
    noMicrophone: 'There is no microphone that this page could use. Plug one in and try again.',
  },
  statistics: {
    transport: 'Way',
    picture: 'Picture',
    age: 'Picture age',
    bitrate: 'Bitrate',
    buffer: 'Buffer',
    loss: 'Lost packets',
    roundTrip: 'Round trip',
    dropped: 'Dropped frames',
    switches: 'Changes of way',
    waterfall: 'To the first picture',
  },
  step: {
    'sign-in': 'Sign-in',
    source: 'Camera',
    signalling: 'Signalling',
    ice: 'ICE',
    dtls: 'DTLS',
    'first-packet': 'First packet',
    'key-frame': 'Key frame',
    decode: 'Decode',
  },
};
