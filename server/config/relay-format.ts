import { CAMERA_ID_PATTERN } from '../../shared/ids.ts';
import type { Path } from './complaint.ts';

/** The settings of the earlier relay, which users may still have: JSON, or key=value lines with [stream] sections. */
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

/** Keys and indexes that lead to a value of the file that was written by hand. */
export type Place = readonly (string | number)[];

export type Converted = {
  readonly settings: Record<string, unknown>;
  /** For a path of the converted settings, joined by dots, the place it came from. */
  readonly places: ReadonlyMap<string, Place>;
  readonly problems: readonly { place: Place; message: string }[];
};

/** The place of a converted setting, or of the nearest enclosing one that is in the file. */
export function placeOf(places: ReadonlyMap<string, Place>, path: Path, key?: string): Place {
  const full = key === undefined ? [...path] : [...path, key];
  for (let depth = full.length; depth > 0; depth--) {
    const place = places.get(full.slice(0, depth).map(String).join('.'));
    if (place) return place;
  }
  return [];
}

/** The line of each place of a plain text, joined by dots. */
export type WrittenLines = ReadonlyMap<string, number>;

/** The line of a place, or of the nearest enclosing one that has a line. */
export function writtenLine(lines: WrittenLines, place: Place): number {
  for (let depth = place.length; depth > 0; depth--) {
    const line = lines.get(place.slice(0, depth).join('.'));
    if (line !== undefined) return line;
  }
  return 1;
}

export type PlainText = {
  readonly relay: Record<string, unknown>;
  readonly lines: WrittenLines;
  readonly problems: readonly { line: number; message: string }[];
};

/** `key=value` lines; a `[stream]` line begins the next stream. */
export function parseRelayPlainText(text: string): PlainText {
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
  return { relay, lines, problems };
}

/** Streams that share a camera_id become one camera: the first is its main stream, the second its substream. */
export function convertRelay(relay: Record<string, unknown>): Converted {
  const settings: Record<string, Record<string, unknown> | unknown[]> = {};
  const places = new Map<string, Place>();
  const problems: { place: Place; message: string }[] = [];
  const { streams, ...top } = relay;
  for (const [key, value] of Object.entries(top)) {
    const target = TOP_KEYS[key];
    places.set(target ? target.join('.') : key, [key]);
    if (!target) {
      settings[key] = value as unknown[]; // The schema refuses this key and names it.
      continue;
    }
    const [section, name] = target;
    settings[section] = { ...settings[section], [name]: value };
  }
  const cameras = new Map<string, { index: number; camera: Record<string, unknown> }>();
  (Array.isArray(streams) ? (streams as RelayStream[]) : []).forEach((stream, number) => {
    const place = ['streams', number];
    const { name, camera_id: cameraId, rtsp_url: url, username, password, ...unknown } = stream;
    const id = toCameraId(String(cameraId ?? name ?? ''));
    const known = cameras.get(id);
    if (!known) {
      const credentials = {
        ...(username === undefined ? {} : { username }),
        ...(password === undefined ? {} : { password }),
      };
      const camera = { id, name: String(cameraId ?? name ?? id), url, ...credentials, ...unknown };
      const at = `cameras.${cameras.size}`;
      places.set(at, place);
      for (const key of Object.keys(camera)) places.set(`${at}.${key}`, [...place, key]);
      places.set(`${at}.url`, [...place, 'rtsp_url']);
      for (const key of ['id', 'name'])
        places.set(`${at}.${key}`, [...place, cameraId === undefined ? 'name' : 'camera_id']);
      cameras.set(id, { index: cameras.size, camera });
    } else if (known.camera.substream === undefined) {
      known.camera.substream = withAccount(url, username, password);
      places.set(`cameras.${known.index}.substream`, [...place, 'rtsp_url']);
    } else
      problems.push({
        place,
        message: `camera ${id} has more than two streams; give the third a camera_id of its own`,
      });
  });
  settings.cameras = [...cameras.values()].map(({ camera }) => camera);
  return { settings, places, problems };
}

/** The account of a second stream is kept with its address. */
function withAccount(url: unknown, username: unknown, password: unknown): unknown {
  if (username === undefined || typeof url !== 'string' || url.includes('@')) return url;
  const account = [username, password ?? ''].map((text) => encodeURIComponent(String(text))).join(':');
  return url.replace('://', `://${account}@`);
}

function toCameraId(text: string): string {
  const id = text
    .toLowerCase()
    .replace(/[^a-z0-9_-]+/g, '-')
    .replace(/^[-_]+/, '')
    .slice(0, 63);
  return CAMERA_ID_PATTERN.test(id) ? id : text;
}
