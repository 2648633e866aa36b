import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { type Document, isScalar, LineCounter, parseDocument, visit } from 'yaml';
import { withoutCredentials } from '../../shared/camera-accounts.ts';
import { GatewayError } from '../platform/errors.ts';
import { type Complaint, describeIssue, formatComplaint, formatPath, lineOf, type Path } from './complaint.ts';
import { convertRelay, isRelayJson, isRelayPlainText, type LineMap, parseRelayPlainText } from './relay-format.ts';
import { type Config, configSchema } from './schema.ts';
import { knownKeys } from './schema-keys.ts';
import { resolveSecretReference } from './secret-reference.ts';

/** Every complaint at once, one line each; the code is `config-invalid`. */
export class ConfigError extends GatewayError {
  readonly complaints: readonly Complaint[];

  constructor(complaints: readonly Complaint[]) {
    super('config-invalid', complaints.map(formatComplaint).join('\n'));
    this.complaints = complaints;
  }
}

type Environment = Readonly<Record<string, string | undefined>>;

const MAX_CONFIG_BYTES = 4 * 1024 * 1024;

export function loadConfig(path: string, env: Environment = process.env): Config {
  return parseConfig(readText(path), path, env);
}

/**
 * A file that changed while its settings are used. One that is cut off can be valid and without its cameras, so that removing the
 * last one has to be written: `cameras: []`.
 */
export function loadChangedConfig(path: string, before: Config, env: Environment = process.env): Config {
  const text = readText(path);
  const config = parseConfig(text, path, env);
  if (before.cameras.length > 0 && config.cameras.length === 0 && !/^["' {]*cameras\b/m.test(text)) {
    const message = 'no cameras are left; write `cameras: []` if that is meant';
    throw new ConfigError([{ file: path, line: 1, message }]);
  }
  return config;
}

function readText(path: string): string {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'there is no such file' : 'it cannot be read';
    throw new ConfigError([{ file: path, line: 1, message: `${reason}; check the path` }]);
  }
  if (text.length > MAX_CONFIG_BYTES) throw new ConfigError([{ file: path, line: 1, message: 'larger than 4 MiB' }]);
  if (text.trim() === '') {
    const message = 'the file is empty; write settings into it, or start without --config for the defaults';
    throw new ConfigError([{ file: path, line: 1, message }]);
  }
  return text;
}

/** The defaults alone. */
export function defaultConfig(): Config {
  return configSchema.parse({});
}

export function parseConfig(text: string, file: string, env: Environment): Config {
  const complaints: Complaint[] = [];
  const complain = (line: number, message: string): void => void complaints.push({ file, line, message });
  const { document, lines, written } = readDocument(text, complain);
  if (complaints.length > 0) throw new ConfigError(complaints);

  const lineAt = (path: Path, key?: string): number =>
    written?.get(relayKey(path)) ?? (written ? 1 : lineOf(document, lines, path, key));
  const unresolved = new Set<string>();
  resolveSecrets(document, { env, folder: dirname(resolve(file)) }, (path, problem) => {
    unresolved.add(formatPath(path));
    complain(lineAt(path), problem);
  });
  const settings = document.toJS() ?? {};
  const result = configSchema.safeParse(settings);
  if (!result.success) {
    for (const issue of result.error.issues) {
      if (unresolved.has(formatPath(issue.path))) continue;
      for (const { message, key } of describeIssue(issue, (at) => knownKeys(configSchema, at)))
        complain(lineAt(issue.path, key), message);
    }
  }
  if (complaints.length > 0 || !result.success) throw new ConfigError(complaints.sort((a, b) => a.line - b.line));
  return { ...result.data, cameras: result.data.cameras.map(withoutCredentials) };
}

function readDocument(
  text: string,
  complain: (line: number, message: string) => void,
): { document: Document; lines: LineCounter; written: LineMap | undefined } {
  const lines = new LineCounter();
  if (isRelayPlainText(text)) {
    const relay = parseRelayPlainText(text);
    for (const { line, message } of relay.problems) complain(line, message);
    return { document: parseDocument(JSON.stringify(relay.settings)), lines, written: relay.lines };
  }
  const document = parseDocument(text, { lineCounter: lines, schema: 'core', prettyErrors: false });
  for (const error of document.errors) complain(lines.linePos(error.pos[0]).line, error.message);
  if (document.errors.length === 0) {
    const value: unknown = document.toJS();
    if (isRelayJson(value)) {
      const relay = convertRelay(value);
      for (const message of relay.problems) complain(1, message);
      return { document: parseDocument(JSON.stringify(relay.settings)), lines, written: new Map() };
    }
  }
  return { document, lines, written: undefined };
}

function resolveSecrets(
  document: Document,
  sources: Parameters<typeof resolveSecretReference>[1],
  complain: (path: Path, problem: string) => void,
): void {
  visit(document, {
    Scalar(key, node, ancestors) {
      if (key === 'key' || typeof node.value !== 'string') return;
      const resolved = resolveSecretReference(node.value, sources);
      if ('value' in resolved) node.value = resolved.value;
      else complain(pathTo(ancestors, node), resolved.problem);
    },
  });
}

/** The keys and indexes that lead to a node, from the list of its ancestors. */
function pathTo(ancestors: readonly unknown[], node: unknown): Path {
  const chain = [...ancestors, node];
  const path: PropertyKey[] = [];
  chain.forEach((parent, depth) => {
    const items = (parent as { items?: unknown[] }).items;
    const child = chain[depth + 1];
    if (items === undefined || child === undefined) return;
    const key = (child as { key?: unknown }).key;
    if (isScalar(key)) path.push(String(key.value));
    else path.push(items.indexOf(child));
  });
  return path;
}

/** Where a converted setting stood in the earlier format. */
function relayKey(path: Path): string {
  const [section, key, field] = path;
  if (section !== 'cameras') return String(key ?? section);
  const names: Record<string, string> = { url: 'rtsp_url', substream: 'rtsp_url', id: 'camera_id' };
  return field === undefined
    ? `streams.${String(key)}`
    : `streams.${String(key)}.${names[String(field)] ?? String(field)}`;
}
