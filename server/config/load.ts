import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { type Document, LineCounter, parseDocument, type Scalar, visit } from 'yaml';
import { withoutCredentials } from '../../shared/camera-accounts.ts';
import { GatewayError } from '../platform/errors.ts';
import { type Complaint, describeIssue, formatComplaint, formatPath, lineOf, type Path } from './complaint.ts';
import { pathTo } from './document-path.ts';
import { hideReferenceBraces, showReferenceBraces } from './reference-braces.ts';
import {
  type Converted,
  convertRelay,
  isRelayJson,
  isRelayPlainText,
  type Place,
  parseRelayPlainText,
  placeOf,
  writtenLine,
} from './relay-format.ts';
import { fitScalars } from './scalar-types.ts';
import { type Config, configSchema } from './schema.ts';
import { knownKeys } from './schema-keys.ts';
import { resolveSecretReference } from './secret-reference.ts';

/** All complaints at once, one line each. The code is `config-invalid`. */
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
 * Loads a file that changed while its settings are in use. A truncated file can be valid and lack its cameras, so a file
 * without any camera must say so: `cameras: []`.
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
  const { document, lines, lineFor, problems = [] } = readDocument(text, complain);
  if (complaints.length > 0) throw new ConfigError(complaints);
  for (const { line, message } of problems) complain(line, message);

  const lineAt = (path: Path, key?: string): number => lineFor?.(path, key) ?? lineOf(document, lines, path, key);
  const unresolved = new Set<string>();
  const fetched = resolveSecrets(document, { env, folder: dirname(resolve(file)) }, (path, problem) => {
    unresolved.add(formatPath(path));
    complain(lineAt(path), problem);
  });
  fitScalars(document, configSchema, fetched);
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

type Read = {
  readonly document: Document;
  readonly lines: LineCounter;
  /** Where a setting of a converted file is in the file that people wrote. */
  readonly lineFor?: (path: Path, key?: string) => number;
  /** The errors that were found while converting. The other settings can still be checked. */
  readonly problems?: readonly { line: number; message: string }[];
};

function readDocument(text: string, complain: (line: number, message: string) => void): Read {
  const lines = new LineCounter();
  const converted = ({ settings, places, problems }: Converted, lineAt: (place: Place) => number): Read => {
    const found = problems.map(({ place, message }) => ({ line: lineAt(place), message }));
    const lineFor = (path: Path, key?: string): number => lineAt(placeOf(places, path, key));
    return { document: parseDocument(JSON.stringify(settings)), lines, lineFor, problems: found };
  };
  if (isRelayPlainText(text)) {
    const { relay, lines: written, problems } = parseRelayPlainText(text);
    for (const { line, message } of problems) complain(line, message);
    return converted(convertRelay(relay), (place) => writtenLine(written, place));
  }
  const document = parseDocument(hideReferenceBraces(text), {
    lineCounter: lines,
    schema: 'core',
    merge: true,
    prettyErrors: false,
  });
  for (const error of document.errors) complain(lines.linePos(error.pos[0]).line, error.message);
  if (document.errors.length > 0) return { document, lines };
  showReferenceBraces(document);
  const value: unknown = document.toJS();
  if (!isRelayJson(value)) return { document, lines };
  return converted(convertRelay(value), (place) => lineOf(document, lines, place));
}

/** Returns the scalars whose values were fetched. */
function resolveSecrets(
  document: Document,
  sources: Parameters<typeof resolveSecretReference>[1],
  complain: (path: Path, problem: string) => void,
): ReadonlySet<Scalar> {
  const fetched = new Set<Scalar>();
  visit(document, {
    Scalar(key, node, ancestors) {
      if (key === 'key' || typeof node.value !== 'string') return;
      const resolved = resolveSecretReference(node.value, sources);
      if (!('value' in resolved)) complain(pathTo(ancestors, node), resolved.problem);
      else if (resolved.value !== node.value) {
        node.value = resolved.value;
        fetched.add(node);
      }
    },
  });
  return fetched;
}
