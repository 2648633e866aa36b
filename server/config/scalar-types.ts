import { type Document, isScalar, type Scalar, visit } from 'yaml';
import type { z } from 'zod';
import { pathTo } from './document-path.ts';
import { typeAt } from './schema-keys.ts';

/**
 * Takes each scalar for what its place wants. YAML reads `id: 720`, `password: 0123` and Dahua's user `888888` as numbers: where a text
 * is meant they are the text that stands in the file. What came from the environment or a file (`fetched`) is text by nature, and
 * is a number or a switch where that is meant.
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
