import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import type { RtspRequest } from '../protocols/rtsp/message.ts';
import { CameraConnection, type CameraHost } from './rtsp-camera/connection.ts';
import { CameraLogin } from './rtsp-camera/login.ts';
import { CameraPath, type RtspCameraClock, type RtspCameraPathOptions } from './rtsp-camera/path.ts';
import { CameraSession } from './rtsp-camera/session.ts';

export type { RtspCameraClock, RtspCameraPathOptions } from './rtsp-camera/path.ts';

export type RtspCameraOptions = {
  readonly paths: readonly RtspCameraPathOptions[];
  /** The port to listen on. 0, the default, means any free port. */
  readonly port?: number;
  readonly host?: string;
  /** The time of frame 0 of every path in epoch milliseconds. By default the present. */
  readonly t0Ms?: number;
};

export type RtspCamera = {
  readonly port: number;
  /** The address of a path, without credentials. */
  url(path: string): string;
  clock(path: string): RtspCameraClock;
  readonly sessions: number;
  readonly connections: number;
  /** How many clients play now. */
  readonly players: number;
  /** Every request so far, for tests that look at what a client asked. */
  readonly requests: readonly RtspRequest[];
  /** The RTCP packets that clients sent so far. */
  readonly receiverReports: number;
  /** How many logins on a path had a wrong password. */
  loginFailures(path: string): number;
  /** Stops sending but keeps the connections. `false` resumes. */
  stall(stalled?: boolean): void;
  /** Simulates pulling the power cord: every connection is cut at once and without a message. */
  kill(): void;
  /** Cuts the remaining connections and frees the port. It may be called more than once. */
  close(): Promise<void>;
};

const MAX_REMEMBERED_REQUESTS = 1000;

/** A simulated camera that speaks RTSP over real sockets, for the demo and for tests. */
export async function startRtspCamera(options: RtspCameraOptions): Promise<RtspCamera> {
  const camera = new SimulatedCamera(options);
  await camera.listen(options.port ?? 0, options.host ?? '127.0.0.1');
  return camera;
}

class SimulatedCamera implements RtspCamera, CameraHost {
  readonly requests: RtspRequest[] = [];
  readonly #paths: readonly CameraPath[];
  readonly #logins = new Map<CameraPath, CameraLogin>();
  readonly #sessions = new Map<string, CameraSession>();
  readonly #sockets = new Set<Socket>();
  readonly #server = createServer({ noDelay: true }, (socket) => this.#accept(socket));
  /** The times at which sessions ended that the camera still counts as open. */
  readonly #heldUntilMs: number[] = [];
  #endedReports = 0;
  #host = '127.0.0.1';

  constructor(options: RtspCameraOptions) {
    const t0Ms = options.t0Ms ?? Date.now();
    this.#paths = options.paths.map((path) => new CameraPath(path, t0Ms));
    for (const path of this.#paths) {
      const { username, password = '', quirks } = path.options;
      if (username !== undefined) this.#logins.set(path, new CameraLogin(username, password, quirks?.auth));
    }
  }

  async listen(port: number, host: string): Promise<void> {
    this.#host = host;
    this.#server.listen(port, host);
    await once(this.#server, 'listening');
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get sessions(): number {
    return this.#sessions.size;
  }

  get connections(): number {
    return this.#sockets.size;
  }

  get players(): number {
    return this.#paths.reduce((sum, path) => sum + path.players, 0);
  }

  get receiverReports(): number {
    return [...this.#sessions.values()].reduce((sum, session) => sum + session.receiverReports, this.#endedReports);
  }

  url(path: string): string {
    const host = this.#host === '0.0.0.0' ? '127.0.0.1' : this.#host;
    return `rtsp://${host.includes(':') ? `[${host}]` : host}:${this.port}${path}`;
  }

  clock(path: string): RtspCameraClock {
    return this.#path(path).clock;
  }

  loginFailures(path: string): number {
    return this.#logins.get(this.#path(path))?.failures ?? 0;
  }

  stall(stalled = true): void {
    for (const path of this.#paths) path.setPaused(stalled);
  }

  kill(): void {
    for (const socket of this.#sockets) socket.resetAndDestroy();
    for (const session of [...this.#sessions.values()]) session.end();
  }

  async close(): Promise<void> {
    this.kill();
    if (!this.#server.listening) return;
    this.#server.close();
    // Without this, resetting would wait for pending writes, which the client may never read.
    for (const socket of this.#sockets) socket.destroy();
    await once(this.#server, 'close');
  }

  find(target: string): { path: CameraPath; login: CameraLogin | undefined } | undefined {
    const matches = this.#paths.filter((path) => target.startsWith(path.options.path));
    const path = matches.sort((a, b) => b.options.path.length - a.options.path.length)[0];
    return path && { path, login: this.#logins.get(path) };
  }

  openSession(path: CameraPath): CameraSession | undefined {
    const { maxSessions = Number.POSITIVE_INFINITY, sessionHeldMs = 0 } = path.options.quirks?.life ?? {};
    const nowMs = Date.now();
    const held = this.#heldUntilMs.filter((untilMs) => untilMs > nowMs).length;
    if (this.#sessions.size + held >= maxSessions) return undefined;
    const session = new CameraSession(path, (wasTornDown) => {
      this.#sessions.delete(session.id);
      this.#endedReports += session.receiverReports;
      if (!wasTornDown && sessionHeldMs > 0) this.#heldUntilMs.push(Date.now() + sessionHeldMs);
    });
    this.#sessions.set(session.id, session);
    return session;
  }

  findSession(id: string): CameraSession | undefined {
    return this.#sessions.get(id);
  }

  onRequest(request: RtspRequest): void {
    if (this.requests.length < MAX_REMEMBERED_REQUESTS) this.requests.push(request);
  }

  #accept(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('close', () => this.#sockets.delete(socket));
    const { localAddress = '', localPort = 0, remoteAddress = '' } = socket;
    new CameraConnection(socket, this, { localAddress, localPort, remoteAddress });
  }

  #path(name: string): CameraPath {
    const path = this.#paths.find((candidate) => candidate.options.path === name);
    if (!path) throw new Error(`The simulated camera has no path ${name}.`);
    return path;
  }
}
