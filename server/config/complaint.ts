import type { Document, LineCounter } from 'yaml';
import type { z } from 'zod';
import { nearestName } from './nearest-name.ts';

/** One error in a config: where it is and what is expected there. */
export type Complaint = { readonly file: string; readonly line: number; readonly message: string };

export type Path = readonly PropertyKey[];

export function formatComplaint({ file, line, message }: Complaint): string {
  return `${file}:${line}: ${message}`;
}

/** Writes a path as people do: `cameras[2].url`. */
export function formatPath(path: Path): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === 'number') return `${text}[${part}]`;
    return text === '' ? String(part) : `${text}.${String(part)}`;
  }, '');
}

/** The line of the value of `path` (for an unknown key, that of the key). If it is missing, the line of its nearest parent. */
export function lineOf(document: Document, lines: LineCounter, path: Path, key?: string): number {
  for (let depth = path.length; depth >= 0; depth--) {
    const node = document.getIn(path.slice(0, depth), true) as
      | { range?: [number, number, number]; items?: unknown[] }
      | undefined;
    if (!node?.range) continue;
    if (key !== undefined && depth === path.length) {
      const pair = node.items?.find((item) => (item as { key?: { value?: unknown } }).key?.value === key) as
        | { key: { range?: [number, number, number] } }
        | undefined;
      if (pair?.key.range) return lines.linePos(pair.key.range[0]).line;
    }
    return Math.max(lines.linePos(node.range[0]).line, 1);
  }
  return 1;
}

/** Explains one issue of the schema. An unknown key names the nearest known one; a wrong value names what was expected. */
export function describeIssue(
  issue: z.core.$ZodIssue,
  keysAt: (path: Path) => readonly string[],
): { message: string; key?: string }[] {
  const place = formatPath(issue.path);
  const at = place === '' ? '' : `${place}: `;
  if (issue.code === 'unrecognized_keys') {
    const known = keysAt(issue.path);
    return issue.keys.map((key) => {
      const near = nearestName(key, known);
      const hint = near ? `did you mean ${near}?` : `known here: ${known.join(', ')}`;
      return { key, message: `${at}unknown key ${key}; ${hint}` };
    });
  }
  const text = issue.message.replace(/^Invalid input: /, '');
  return [{ message: `${at}${text}` }];
}
