import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { io, type Socket } from 'socket.io-client';
import type { ClientToServerEvents, PageTile, PageTileAnswer, ServerToClientEvents } from '../../../shared/events.ts';
import type { CameraId } from '../../../shared/ids.ts';
import type { Role } from '../../../shared/roles.ts';
import type { AccessAuditSettings } from '../../auth/access-audit.ts';
import { createAuth } from '../../auth/auth.ts';
import { hashPassword } from '../../auth/passwords.ts';
import { Hub } from '../../hub/hub.ts';
import type { CameraControl, CameraDevice } from '../../hub/source.ts';
import { createFmp4Output } from '../../outputs/fmp4/fmp4-output.ts';
import { createHlsOutput } from '../../outputs/hls/hls-output.ts';
import { StillOutput } from '../../outputs/still/still-output.ts';
import { createWebrtcOutput } from '../../outputs/webrtc/webrtc-output.ts';
import { systemClock } from '../../platform/clock.ts';
import { createMetrics } from '../../platform/metrics.ts';
import { SecretBox } from '../../platform/secrets.ts';
import { CameraDirectory } from '../../store/camera-directory.ts';
import type { CameraRights } from '../../store/camera-rights.ts';
import type { CameraSettings } from '../../store/cameras.ts';
import { createStore } from '../../store/store.ts';
import type { ApiParts } from '../api/api-context.ts';
import { outputRouters } from '../media/output-routers.ts';
import { registerHubMetrics } from '../metrics/hub-metrics.ts';
import { createHttpServer, type HttpServerOptions } from '../server.ts';

/** Cheap to compute: tests sign in often. */
const TEST_COST = { logN: 10, r: 8, p: 1 };
export const PASSWORD = 'correct horse battery';
export const CONFIG_TOKEN = 'a-token-of-the-configuration';

export function testCamera(id: string, more: Partial<CameraSettings> = {}): CameraSettings {
  const rest = { enabled: true, whenOffline: 'hold', transport: 'auto', url: `rtsp://192.0.2.7/${id}` } as const;
  return { id: id as CameraId, name: `Camera ${id}`, ...rest, ...more };
}

export type TestPage = Socket<ServerToClientEvents, ClientToServerEvents>;
export type TestGateway = Awaited<ReturnType<typeof startTestGateway>>;
export type TestGatewayOptions = {
  readonly accessAudit?: AccessAuditSettings;
  /** In memory when absent. */
  readonly storeFile?: string;
} & Partial<Pick<HttpServerOptions, 'probe' | 'discover' | 'trustProxy' | 'embedOrigins' | 'clock' | 'port'>>;

/** A whole gateway on a free port, with real store, hub, outputs and sockets; its cameras never send a picture. */
export async function startTestGateway(options: TestGatewayOptions = {}) {
  const webRoot = createWebRoot();
  const secrets = new SecretBox(Buffer.alloc(32, 7));
  const store = createStore({ file: options.storeFile ?? ':memory:', secrets });
  store.makeHaste();
  const clock = options.clock ?? systemClock;
  const logLines: string[] = [];
  const log = pino({ level: 'debug' }, { write: (line: string) => logLines.push(line) });
  const auth = createAuth({
    store,
    secrets,
    clock,
    ...(options.accessAudit ? { accessAudit: options.accessAudit } : {}),
    tokens: [{ name: 'home-assistant', role: 'viewer', token: CONFIG_TOKEN }],
  });
  const cameras = new CameraDirectory(store, clock, auth.takeBackCamera);
  cameras.configure([testCamera('door'), testCamera('yard', { substream: 'rtsp://192.0.2.7/small' })]);
  const hub = new Hub(silentCatalog(cameras), clock, { maxViewers: 16, lingerMs: 0 });
  const metrics = createMetrics();
  registerHubMetrics(metrics, hub);
  const { device, spoken, switched } = testDevice();
  const webrtc = await createWebrtcOutput({
    hub,
    clock,
    log,
    config: { host: '127.0.0.1', port: 0, tcp: true, publicAddresses: [], iceServers: [{ urls: 'turn:192.0.2.9' }] },
  });
  const fmp4 = createFmp4Output({ hub, clock, log });
  const hls = createHlsOutput({ hub, clock, log, fmp4 });
  const parts: ApiParts = {
    auth,
    store,
    cameras,
    hub,
    clock,
    log,
    device,
    webrtc,
    probe: options.probe ?? (async ({ url }) => ({ url, steps: [], totalMs: 0, suggestions: [] })),
    discover: options.discover ?? (async () => []),
    facts: () => [],
    isReady: () => true,
    gateway: { version: '0.0.0', demo: false, maxViewers: 16, rtspPort: 8554 },
  };
  const server = createHttpServer({
    ...parts,
    host: '127.0.0.1',
    port: options.port ?? 0,
    webRoot,
    metrics,
    // Calls of tests come from many addresses, as calls of the world do.
    trustProxy: options.trustProxy ?? true,
    embedOrigins: options.embedOrigins ?? [],
    routers: outputRouters({ webrtc, fmp4, hls, stills: new StillOutput(hub, clock) }),
  });
  const port = await server.listen();
  const origin = `http://127.0.0.1:${port}`;
  const pages: TestPage[] = [];

  const addUser = async (name: string, role: Role, cameras: CameraRights = 'all') =>
    store.users.add({ name, role, cameras, passwordHash: await hashPassword(PASSWORD, TEST_COST) }, clock.wallMs());

  /** The session cookie of a fresh sign-in. */
  const signIn = async (name: string): Promise<string> => {
    const response = await fetch(`${origin}/api/session`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-forwarded-for': anyAddress() },
      body: JSON.stringify({ name, password: PASSWORD }),
    });
    return cookieOf(response);
  };

  const openPage = (headers: Record<string, string>, auth: Record<string, string> = {}): TestPage => {
    const page: TestPage = io(origin, {
      extraHeaders: headers,
      auth,
      transports: ['websocket'],
      reconnection: false,
      forceNew: true,
    });
    pages.push(page);
    return page;
  };

  const stop = async (): Promise<void> => {
    for (const page of pages) page.disconnect();
    await server.close();
    await webrtc.close();
    await hub.stop();
    store.close();
    rmSync(webRoot, { recursive: true });
  };

  return {
    origin,
    server,
    store,
    auth,
    cameras,
    hub,
    logLines,
    spoken,
    switched,
    webrtc,
    addUser,
    signIn,
    openPage,
    stop,
  };
}

export function cookieOf(response: Response): string {
  return response.headers
    .getSetCookie()
    .map((cookie) => cookie.split(';')[0])
    .join('; ');
}

let callers = 0;

/** An address of its own for each call, so that no test runs into what another one was refused. */
function anyAddress(): string {
  callers++;
  return `10.${(callers >> 16) & 255}.${(callers >> 8) & 255}.${callers & 255}`;
}

/** Sends JSON and reads JSON. */
export async function call(
  gateway: Pick<TestGateway, 'origin'>,
  method: string,
  path: string,
  {
    cookie,
    token,
    body,
    headers,
  }: { cookie?: string; token?: string; body?: unknown; headers?: Record<string, string> } = {},
): Promise<{ status: number; body: unknown; headers: Headers; code: string | undefined }> {
  const response = await fetch(gateway.origin + path, {
    method,
    redirect: 'manual',
    headers: {
      'x-forwarded-for': anyAddress(),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(cookie === undefined ? {} : { cookie }),
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  const json = text !== '' && response.headers.get('content-type')?.includes('json') ? JSON.parse(text) : text;
  return { status: response.status, body: json, headers: response.headers, code: json?.error?.code };
}

function createWebRoot(): string {
  const root = mkdtempSync(join(tmpdir(), 'oriel-web-'));
  for (const [language, dashboard] of Object.entries({ en: 'dashboard', de: 'Übersicht' })) {
    mkdirSync(join(root, language, 'assets'), { recursive: true });
    writeFileSync(join(root, language, 'index.html'), `<title>${dashboard}</title>`);
    writeFileSync(join(root, language, 'embed.html'), '<title>embed</title>');
    writeFileSync(join(root, language, 'assets', `app-${language}-1a2b.js`), '// script');
  }
  return root;
}

/** Cameras that are being connected to for ever. */
function silentCatalog(cameras: CameraDirectory): ConstructorParameters<typeof Hub>[0] {
  return {
    has: (camera) => cameras.get(camera) !== undefined,
    hasSubstream: (camera) => cameras.get(camera)?.substream !== undefined,
    createRunner: () => ({
      run: (sink, signal) => {
        sink.step('connecting');
        return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
      },
      retryNow: () => false,
    }),
  };
}

/** What a browser offers for this many cameras; it is answered, and nobody ever connects. */
export function offerOf(lines: number): string {
  const session = ['v=0', 'o=- 1 1 IN IP4 127.0.0.1', 's=-', 't=0 0'];
  const credentials = [
    'a=ice-ufrag:page',
    'a=ice-pwd:the-password-of-this-page',
    `a=fingerprint:sha-256 ${'AA:'.repeat(31)}AA`,
  ];
  const codec = ['a=rtpmap:102 H264/90000', 'a=fmtp:102 packetization-mode=1;profile-level-id=42e01f'];
  const media = (mid: number) => ['m=video 9 UDP/TLS/RTP/SAVPF 102', `a=mid:${mid}`, 'a=recvonly', ...codec];
  const all = Array.from({ length: lines }, (_, mid) => media(mid));
  return `${[...session, ...credentials, 'a=setup:actpass', ...all.flat()].join('\r\n')}\r\n`;
}

/** A page asks for one camera, as its players do. */
export async function watch(
  page: TestPage,
  camera: string,
  more: Partial<Pick<PageTile, 'visit' | 'quality'>> = {},
): Promise<PageTileAnswer> {
  const tile: PageTile = { mid: '0', camera, quality: 'main', ...more };
  const reply = await page.emitWithAck('page-offer', { offer: offerOf(1), tiles: [tile] });
  if (!reply.ok) return { mid: '0', error: reply.error };
  return reply.value.tiles[0] as PageTileAnswer;
}

/** The viewer that a page got; fails when it was refused. */
export function viewerIn(answer: PageTileAnswer): string {
  if ('error' in answer) throw new Error(`${answer.error.code}: ${answer.error.message}`);
  return answer.viewer;
}

/** A camera with a lamp and a loudspeaker. */
function testDevice() {
  const spoken: Uint8Array[] = [];
  const switched: (readonly [string, boolean | string])[] = [];
  const lamp: CameraControl = { name: 'lamp', type: 'switch', value: false };
  const device: CameraDevice = {
    source: { run: async () => {} },
    controls: {
      list: async () => [lamp],
      set: async (name, value) => {
        switched.push([name, value]);
      },
    },
    talk: async () => ({ write: (samples) => spoken.push(samples), close: async () => {} }),
  };
  return { device: () => device, spoken, switched };
}
