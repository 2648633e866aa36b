import { type Document, isScalar, type Scalar, visit } from 'yaml';
import type { z } from 'zod';
import { pathTo } from './document-path.ts';
import { typeAt } from './schema-keys.ts';

/**
 * Reads each scalar as the type that the schema expects. YAML reads `id: 720`, `password: 0123` and Dahua's user `888888` as
 * numbers; where the schema expects text, they become the text in the file. Values from the environment or a file (`fetched`)
 * are always text; where the schema expects a number or a switch, they are converted.
 */
export function fitScalars(document: Document, schema: z.ZodType, fetched: ReadonlySet<Scalar>): void {
  visit(document, {
    Scalar(key, node, ancestors) {
      if (key === 'key' || !isScalar(node)) return;
      const wanted = typeAt(schema, pathTo(ancestors, node));
      if (wanted === 'string' && isWrittenPlain(node)) node.value = node.source;
      else if (fetched.has(node) && typeof node.value === 'string') node.value = read(node.value, wanted);
    },
  });
}

function isWrittenPlain(node: Scalar): node is Scalar & { source: string } {
  return (typeof node.value === 'number' || typeof node.value === 'boolean') && node.source !== undefined;
}

function read(text: string, wanted: string | undefined): unknown {
  const plain = text.trim();
  if (wanted === 'number' && /^[+-]?\d+(?:\.\d+)?$/.test(plain)) return Number(plain);
  if (wanted === 'boolean' && /^(?:true|false)$/i.test(plain)) return plain.toLowerCase() === 'true';
  return text;
}
