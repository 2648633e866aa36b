import { CAMERA_ID_PATTERN } from '../../shared/ids.ts';

/** The earlier relay's settings, which users bring with them: JSON, or key=value lines with [stream] sections. */
type RelayStream = { [key: string]: unknown };

const TOP_KEYS: Readonly<Record<string, readonly [section: string, key: string]>> = {
  listen_port: ['rtsp', 'port'],
  max_clients: ['limits', 'maxViewers'],
  max_memory_mb: ['limits', 'maxMemoryMb'],
  max_cpu_percent: ['limits', 'maxCpuPercent'],
  max_camera_connections: ['limits', 'maxCameraConnections'],
  max_bitrate_kbps: ['limits', 'maxBitratePerStreamKbps'],
  log_level: ['log', 'level'],
};

export function isRelayJson(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && ('listen_port' in value || 'streams' in value);
}

export function isRelayPlainText(text: string): boolean {
  const line = text.split(/\r?\n/).find((candidate) => candidate.trim() !== '' && !candidate.trim().startsWith('#'));
  return line !== undefined && (/^\s*[a-z_]+\s*=/.test(line) || line.trim() === '[stream]');
}

/** What a complaint about the converted settings points at: the line in the file that was written by hand. */
export type LineMap = ReadonlyMap<string, number>;

export type Converted = {
  readonly settings: Record<string, unknown>;
  readonly lines: LineMap;
  readonly problems: readonly { line: number; message: string }[];
};

/** `key=value` lines; a `[stream]` line begins the next stream. */
export function parseRelayPlainText(text: string): Converted {
  const relay: Record<string, unknown> & { streams: RelayStream[] } = { streams: [] };
  const lines = new Map<string, number>();
  const problems: { line: number; message: string }[] = [];
  let section: Record<string, unknown> = relay;
  text.split(/\r?\n/).forEach((raw, index) => {
    const line = raw.trim();
    if (line === '' || line.startsWith('#')) return;
    if (line === '[stream]') {
      section = {};
      relay.streams.push(section);
      lines.set(`streams.${relay.streams.length - 1}`, index + 1);
      return;
    }
    const equals = line.indexOf('=');
    if (equals < 1) {
      problems.push({ line: index + 1, message: `expected key=value or [stream], found ${line.slice(0, 40)}` });
      return;
    }
    const key = line.slice(0, equals).trim();
    const value = line.slice(equals + 1).trim();
    section[key] = section === relay && /^\d+$/.test(value) ? Number(value) : value;
    lines.set(section === relay ? key : `streams.${relay.streams.length - 1}.${key}`, index + 1);
  });
  const converted = convertRelay(relay);
  return {
    settings: converted.settings,
    lines,
    problems: [...problems, ...converted.problems.map((message) => ({ line: 1, message }))],
  };
}

/** Streams that share a camera_id become one camera: the first is its main stream, the second its substream. */
export function convertRelay(relay: Record<string, unknown>): {
  settings: Record<string, unknown>;
  problems: string[];
} {
  const settings: Record<string, Record<string, unknown> | unknown[]> = {};
  const problems: string[] = [];
  const { streams, ...top } = relay;
  for (const [key, value] of Object.entries(top)) {
    const target = TOP_KEYS[key];
    if (!target) {
      settings[key] = value as unknown[]; // The schema refuses it by its own name.
      continue;
    }
    const [section, name] = target;
    settings[section] = { ...settings[section], [name]: value };
  }
  const cameras = new Map<string, Record<string, unknown>>();
  for (const stream of Array.isArray(streams) ? (streams as RelayStream[]) : []) {
    const { name, camera_id: cameraId, rtsp_url: url, username, password, ...unknown } = stream;
    const id = toCameraId(String(cameraId ?? name ?? ''));
    const known = cameras.get(id);
    if (!known) {
      const credentials = {
        ...(username === undefined ? {} : { username }),
        ...(password === undefined ? {} : { password }),
      };
      cameras.set(id, { id, name: String(cameraId ?? name ?? id), url, ...credentials, ...unknown });
    } else if (known.substream === undefined) known.substream = url;
    else problems.push(`camera ${id} has more than two streams; give the third a camera_id of its own`);
  }
  settings.cameras = [...cameras.values()];
  return { settings, problems };
}

function toCameraId(text: string): string {
  const id = text
    .toLowerCase()
    .replace(/[^a-z0-9_-]+/g, '-')
    .replace(/^[-_]+/, '')
    .slice(0, 63);
  return CAMERA_ID_PATTERN.test(id) ? id : text;
}
