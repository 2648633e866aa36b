import { isScalar } from 'yaml';
import type { Path } from './complaint.ts';

/** The keys and indexes that lead to a node of a document, from the list of its ancestors. */
export function pathTo(ancestors: readonly unknown[], node: unknown): Path {
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
