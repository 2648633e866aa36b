import { beforeAll, describe, expect, test } from 'vitest';
import type { AccessUnit } from '../../media/access-unit.ts';
import { isParameterSet } from '../../media/video/parameter-sets.ts';
import { assetPath } from '../../platform/paths.ts';
import { type AudioClip, loadAudioClip, loadVideoClip, type VideoClip } from '../../simulators/clip.ts';
import { type RtspCamera, startRtspCamera } from '../../simulators/rtsp-camera.ts';
import type { RtspCameraQuirks } from '../../simulators/rtsp-camera-quirks.ts';
import { type Recording, type RecordingOptions, recordSource } from './source-recording.ts';

/** One row of the field notes: what the camera does, and how the client is expected to see it through. */
type Row = {
  readonly name: string;
  readonly quirks: RtspCameraQuirks;
  readonly path?: string;
  readonly options?: Partial<RecordingOptions>;
  readonly login?: boolean;
  readonly check?: (recording: Recording, camera: RtspCamera) => void;
};

const PASSWORD = 'se#cr/et?@';
let clip: VideoClip;
let audio: AudioClip;

beforeAll(async () => {
  const whole = await loadVideoClip(assetPath('sub-360p.h264'));
  clip = { ...whole, fps: 50, frames: whole.frames.slice(0, 10) };
  audio = await loadAudioClip(assetPath('tone.ulaw'));
});

const slices = (nals: readonly Uint8Array[]): string =>
  nals
    .filter((nal) => !isParameterSet('h264', nal))
    .map((nal) => Buffer.from(nal).toString('base64'))
    .join();

/** The numbers of the clip's frames, in the order they were published; -1 for what the camera never sent. */
function frameNumbers({ units }: Recording): number[] {
  const known = clip.frames.map((frame) => slices(frame.nals));
  return units.filter((unit) => unit.track === 0).map((unit) => known.indexOf(slices(unit.payload)));
}

function expectEveryFrame(recording: Recording): void {
  const shown = frameNumbers(recording);
  expect(shown.length).toBeGreaterThanOrEqual(10);
  expect(shown).not.toContain(-1);
  expect(shown).toEqual(shown.map((_, index) => ((shown[0] as number) + index) % clip.frames.length));
}

/** Frames may be missing, but then all up to the next key frame. */
function expectNoTornFrames(recording: Recording): void {
  const shown = frameNumbers(recording);
  expect(shown.length).toBeGreaterThanOrEqual(5);
  expect(shown).not.toContain(-1);
  for (const [index, frame] of shown.entries())
    if (index > 0 && frame !== 0) expect(frame).toBe((shown[index - 1] as number) + 1);
}

function expectMonotonic({ units }: Recording): void {
  const times = units.filter((unit) => unit.track === 0).map((unit) => unit.ptsUs);
  expect(times).toEqual([...times].sort((a, b) => a - b));
}

function expectSteadyTimes(recording: Recording, toleranceUs = 60_000): void {
  expectMonotonic(recording);
  const video = recording.units.filter((unit) => unit.track === 0);
  const first = video[0] as AccessUnit;
  for (const [index, unit] of video.entries())
    expect(Math.abs(unit.ptsUs - first.ptsUs - index * 20_000)).toBeLessThan(toleranceUs);
}

const frames =
  (count: number) =>
  (units: readonly AccessUnit[]): boolean =>
    units.filter((unit) => unit.track === 0).length >= count;

async function run(row: Row): Promise<void> {
  const path = row.path ?? '/live';
  const credentials = row.login ? { username: 'admin', password: PASSWORD } : {};
  const camera = await startRtspCamera({ paths: [{ path, clip, audio, quirks: row.quirks, ...credentials }] });
  try {
    const recording = await recordSource({ url: camera.url(path), enough: frames(12), ...credentials, ...row.options });
    expect(recording.error).toBeUndefined();
    (row.check ?? expectEveryFrame)(recording, camera);
    expect(camera.sessions).toBe(0);
  } finally {
    await camera.close();
  }
}

const GARBAGE = Uint8Array.from({ length: 200 }, (_, index) => (index * 37) & 255);
const UDP = { transport: 'udp' } as const;

describe('framing of the connection', () => {
  const rows: Row[] = [
    { name: 'media before the reply to PLAY', quirks: { framing: { mediaBeforePlayReply: true } } },
    { name: 'garbage between frames', quirks: { framing: { garbage: { everyFrames: 5, bytes: GARBAGE } } } },
    { name: 'line breaks between frames', quirks: { framing: { lineBreakBeforeFrame: true } } },
    {
      name: 'lengths that are too long',
      quirks: { framing: { wrongLength: { everyFrames: 25, tooLongBy: 100 } } },
      check: expectNoTornFrames,
    },
    { name: 'a channel that nobody set up', quirks: { framing: { strayChannel: 12 } } },
    { name: 'media of a dead session', quirks: { framing: { deadSessionMedia: true } } },
    {
      name: 'a sender that begins anew',
      quirks: { framing: { newSsrcAfterFrames: 15 } },
      check: (recording) => {
        expectNoTornFrames(recording);
        expectMonotonic(recording);
      },
      options: { enough: frames(30) },
    },
    { name: 'empty frames', quirks: { framing: { emptyFrames: true } } },
    { name: 'padding, extensions and contributing sources', quirks: { framing: { decoratedPackets: true } } },
    { name: 'empty payloads', quirks: { framing: { emptyPayloads: true } } },
    { name: 'every packet twice as payload type 50', quirks: { framing: { payloadType50: true } } },
    {
      name: 'requests from the camera',
      quirks: { framing: { serverRequests: ['OPTIONS', 'SET_PARAMETER', 'UNHEARD_OF'] } },
    },
    { name: 'writes of three bytes', quirks: { framing: { writeBytes: 3 } } },
  ];
  test.concurrent.each(rows)('$name', run);
});

describe('replies', () => {
  const rows: Row[] = [
    { name: 'no CSeq', quirks: { reply: { cseq: 'missing' } } },
    { name: 'CSeq with a space behind it', quirks: { reply: { cseq: 'trailing-space' } } },
    { name: 'an old reply first', quirks: { reply: { cseq: 'stale-reply-first' } } },
    { name: 'no reason', quirks: { reply: { statusLineWithoutReason: true } } },
    { name: 'names in lower case', quirks: { reply: { lowerCaseNames: true } } },
    { name: 'padded values', quirks: { reply: { paddedValues: true } } },
    { name: '401 without a User-Agent', quirks: { reply: { needsUserAgent: true } } },
    { name: 'no Content-Type', quirks: { reply: { contentType: 'missing' } } },
    { name: 'a Content-Type with charset', quirks: { reply: { contentType: 'with-charset' } } },
    { name: '501 to OPTIONS', quirks: { reply: { optionsStatus: 501 } } },
    { name: '404 to OPTIONS', quirks: { reply: { optionsStatus: 404 } } },
    { name: 'no Public', quirks: { reply: { publicMethods: 'missing' } } },
    { name: 'one DESCRIBE for each connection', quirks: { reply: { singleDescribe: true } } },
    {
      name: 'RTSP 2.0 only',
      quirks: { reply: { version2Only: true } },
      check: (recording, camera) => {
        expectEveryFrame(recording);
        expect(camera.requests.at(-1)).toMatchObject({ method: 'TEARDOWN', version: '2.0' });
      },
    },
    { name: 'RTSP 2.0 only, over UDP', quirks: { reply: { version2Only: true } }, options: UDP },
  ];
  test.concurrent.each(rows)('$name', run);
});

describe('signing in', () => {
  const login = (name: string, auth: RtspCameraQuirks['auth']): Row => ({
    name,
    login: true,
    quirks: auth ? { auth } : {},
  });
  const rows: Row[] = [
    login('Basic', { challenges: ['basic'] }),
    login('Digest', { challenges: ['digest-md5'] }),
    login('Digest with SHA-256', { challenges: ['digest-sha256'] }),
    login('Digest with qop and opaque', { qop: 'auth', opaque: 'x"y' }),
    login('three challenges', { challenges: ['basic', 'digest-md5', 'digest-sha256'] }),
    login('three challenges in one line', {
      challenges: ['basic', 'digest-sha256', 'digest-md5'],
      oneHeaderLine: true,
    }),
    login('only the first challenge is meant', {
      challenges: ['digest-md5', 'digest-sha256', 'basic'],
      firstOnly: true,
    }),
    login('unknown parameters', { unknownParameters: true }),
    login('no quotes', { unquoted: true }),
    login('no algorithm wanted', { refusesAlgorithm: true }),
    login('from SETUP on', { from: 'SETUP' }),
    login('from PLAY on', { from: 'PLAY' }),
  ];
  test.concurrent.each(rows)('$name', run);
});

describe('addresses', () => {
  const rows: Row[] = [
    {
      name: 'controls behind the query (Dahua)',
      path: '/cam/realmonitor?channel=1&subtype=0',
      quirks: {
        urls: { contentBase: 'rtsp://{host}:{port}{path}/', setupUrl: 'rtsp://{host}:{port}{path}/trackID={n}' },
      },
    },
    {
      name: 'absolute controls with a query (Hikvision)',
      quirks: {
        urls: {
          trackControl: 'rtsp://10.9.8.7{path}/trackID={n}?transportmode=unicast',
          setupUrl: 'rtsp://{host}:{port}{path}/trackID={n}?transportmode=unicast',
        },
      },
    },
    { name: 'a base without scheme (Anjvision)', quirks: { urls: { contentBase: '{host}:{port}{path}/' } } },
    {
      name: 'a base on a host that cannot be parsed',
      quirks: { urls: { contentBase: 'rtsp://::ffff:{host}{path}/' } },
    },
    { name: 'a base with the scheme twice', quirks: { urls: { contentBase: 'rtsp://rtsp://{host}:{port}{path}/' } } },
    { name: 'a base on a private host behind NAT', quirks: { urls: { contentBase: 'rtsp://10.0.0.99:5544{path}/' } } },
    { name: 'a base that is only a path', quirks: { urls: { contentBase: '{path}/' } } },
    {
      name: 'a base that is not the camera’s',
      quirks: {
        urls: { contentBase: 'rtsp://{host}:{port}/wrong/', setupUrl: 'rtsp://{host}:{port}{path}/trackID={n}' },
      },
    },
    {
      name: 'Content-Location',
      quirks: { urls: { contentBase: 'missing', contentLocation: 'rtsp://{host}:{port}{path}/' } },
    },
    { name: 'no control for the session', quirks: { urls: { sessionControl: 'missing', contentBase: 'missing' } } },
    {
      name: 'PLAY on the base with its slash',
      quirks: { urls: { contentBase: 'rtsp://{host}:{port}{path}/', playUrl: 'rtsp://{host}:{port}{path}/' } },
    },
    {
      name: 'an absolute control for the session',
      quirks: { urls: { sessionControl: 'rtsp://{host}:{port}{path}/' } },
    },
  ];
  test.concurrent.each(rows)('$name', run);
});

describe('session descriptions', () => {
  const rewrite = (name: string, change: (sdp: string) => string): Row => ({
    name,
    quirks: { sdp: { rewrite: change } },
  });
  const rows: Row[] = [
    rewrite('only m= and a= lines', (sdp) =>
      sdp
        .split('\r\n')
        .filter((line) => /^[ma]=/.test(line))
        .join('\n'),
    ),
    rewrite(
      'metadata and TP-Link sections',
      (sdp) =>
        `${sdp}m=application/TP-LINK 0 RTP/AVP smart/1/90000\r\na=rtpmap:95 TP-LINK/90000\r\nm=application 0 RTP/AVP 107\r\na=rtpmap:107 vnd.onvif.metadata/90000\r\na=control:trackID=7\r\n`,
    ),
    rewrite('no rtpmap for PCMU', (sdp) => sdp.replace(/a=rtpmap:0.*\r\n/, '')),
    rewrite('an empty fmtp', (sdp) => sdp.replace(/a=fmtp:96.*/, 'a=fmtp:96')),
    rewrite('packetization-mode=0 and fragments all the same', (sdp) =>
      sdp.replace('packetization-mode=1', 'packetization-mode=0'),
    ),
    rewrite('parameter sets that are none', (sdp) =>
      sdp.replace(/sprop-parameter-sets=.*/, 'sprop-parameter-sets=AAAA,='),
    ),
    rewrite('a profile-level-id that is none', (sdp) => sdp.replace(/profile-level-id=\w+/, 'profile-level-id=TeAo')),
    rewrite('everything marked sendonly', (sdp) => sdp.replace(/(a=control:track)/g, 'a=sendonly\r\n$1')),
  ];
  test.concurrent.each(rows)('$name', run);
});

describe('transport', () => {
  const reply = (name: string, text: string): Row => ({ name, quirks: { transport: { reply: text } } });
  const rows: Row[] = [
    reply('one channel', 'RTP/AVP/TCP;unicast;interleaved={rtp}'),
    reply('interleaved without TCP', 'RTP/AVP;unicast;interleaved={rtp}-{rtcp}'),
    reply('ssrc first and odd', 'ssrc=1 23;RTP/AVP/TCP;interleaved={rtp}-{rtcp}'),
    reply('no channels at all', 'RTP/AVP/TCP;unicast'),
    { name: 'other channels than asked', quirks: { transport: { fixedChannels: 4 } } },
    { name: '461 to TCP', quirks: { transport: { refuses: ['tcp'] } } },
    { name: '461 to UDP', quirks: { transport: { refuses: ['udp'] } }, options: UDP },
    { name: 'UDP', quirks: {}, options: UDP },
    { name: 'multicast', quirks: {}, options: { transport: 'multicast' } },
    {
      name: 'UDP that stays silent',
      quirks: { transport: { silentUdp: true } },
      options: { ...UDP, timeoutMs: 10_000 },
    },
    { name: 'no server_port (OpenIPC)', quirks: { transport: { serverPort: 'missing' } }, options: UDP },
    { name: 'server_port 0', quirks: { transport: { serverPort: 'zero' } }, options: UDP },
    { name: 'datagrams of 10,000 bytes (Tapo)', quirks: { transport: { maxPayloadBytes: 10_000 } }, options: UDP },
    { name: 'another session with each SETUP', quirks: { transport: { newSessionPerSetup: true } } },
    { name: 'a timeout of 0', quirks: { transport: { sessionSuffix: ';timeout=0' } } },
    { name: 'a timeout with spaces', quirks: { transport: { sessionSuffix: ' ; timeout = 60 ' } } },
    { name: 'a Range that is required', quirks: { transport: { range: 'required' } } },
    { name: 'a Range that is refused', quirks: { transport: { range: 'refused' } } },
    { name: 'RTP-Info without sense', quirks: { transport: { rtpInfo: 'url=trackID=1;seq=0;rtptime=-1;' } } },
  ];
  test.concurrent.each(rows)('$name', run);
});

describe('pictures', () => {
  const rows: Row[] = [
    { name: 'no marker', quirks: { video: { marker: 'never' } } },
    { name: 'markers on parameter sets', quirks: { video: { marker: 'on-parameter-sets' } } },
    { name: 'markers on every slice', quirks: { video: { marker: 'every-slice' } } },
    { name: 'parameter sets only in the SDP', quirks: { video: { parameterSets: 'out-of-band' } } },
    { name: 'parameter sets with the stamp before', quirks: { video: { parameterSets: 'previous-stamp' } } },
    { name: 'delimiters and SEI', quirks: { video: { delimiters: true, sei: 'in-frame' } } },
    { name: 'SEI on its own', quirks: { video: { sei: 'own-unit' } } },
    { name: 'a key frame with start codes in one packet', quirks: { video: { keyframe: 'start-codes' } } },
    { name: 'aggregated parameter sets', quirks: { video: { keyframe: 'aggregated' } } },
    { name: 'aggregates padded with zeros', quirks: { video: { keyframe: 'aggregated-padded' } } },
    { name: 'start and end in one fragment', quirks: { video: { fragments: 'whole-nal-in-one' } } },
    { name: 'fragments that change their type', quirks: { video: { fragments: 'changed-type' } } },
    { name: 'fragments with the reserved bit', quirks: { video: { fragments: 'reserved-bit' } } },
    { name: 'empty fragments', quirks: { video: { fragments: 'empty-middle' } } },
    { name: 'forbidden bits', quirks: { video: { forbiddenBitEvery: 40 } }, check: expectNoTornFrames },
    { name: 'zeros behind NAL units', quirks: { video: { trailingZeros: true } } },
  ];
  test.concurrent.each(rows)('$name', run);
});

describe('time', () => {
  const long = { options: { enough: frames(40) } };
  const rows: Row[] = [
    {
      name: 'sequence numbers and stamps that wrap',
      quirks: { timing: { firstSequence: 65_530, firstTimestamp: 0xffff_f000 } },
      check: (recording) => {
        expectEveryFrame(recording);
        expectSteadyTimes(recording);
      },
    },
    {
      name: 'single frames hours away',
      quirks: { timing: { strayStampEvery: 10 } },
      ...long,
      check: (recording) => {
        expectEveryFrame(recording);
        expectSteadyTimes(recording);
      },
    },
    {
      name: 'stamps that begin anew',
      quirks: { timing: { restartAfterFrames: 15 } },
      ...long,
      check: (recording) => {
        expectEveryFrame(recording);
        expectSteadyTimes(recording);
      },
    },
    { name: 'sender reports of 1970', quirks: { timing: { ntp: '1970' } } },
    { name: 'sender reports without time', quirks: { timing: { ntp: 'none' } } },
    { name: 'sender reports of somebody else', quirks: { timing: { ntp: 'foreign-ssrc' } } },
  ];
  test.concurrent.each(rows)('$name', run);
});

describe('a bad network', () => {
  const long: Partial<RecordingOptions> = { ...UDP, enough: frames(40) };
  const rows: Row[] = [
    { name: '1 % lost', quirks: { network: { lossPercent: 1 } }, options: long, check: expectNoTornFrames },
    { name: '5 % lost', quirks: { network: { lossPercent: 5 } }, options: long, check: expectNoTornFrames },
    { name: '20 % reordered', quirks: { network: { reorderPercent: 20 } }, options: long },
    { name: '20 % doubled', quirks: { network: { duplicatePercent: 20 } }, options: long },
    {
      name: 'everything at once',
      quirks: { network: { lossPercent: 2, reorderPercent: 10, duplicatePercent: 10 } },
      options: long,
      check: expectNoTornFrames,
    },
  ];
  test.concurrent.each(rows)('$name', run);
});
