import type { z } from 'zod';
import type { Path } from './complaint.ts';

type AnySchema = { readonly _zod: { readonly def: unknown } };
type Definition = {
  readonly type: string;
  readonly shape?: Record<string, AnySchema>;
  readonly element?: AnySchema;
  readonly innerType?: AnySchema;
  readonly in?: AnySchema;
};

/** The keys that the schema knows at `path`, for suggestions. Empty when there is no object at `path`. */
export function knownKeys(schema: z.ZodType, path: Path): readonly string[] {
  return Object.keys(definitionAt(schema, path)?.shape ?? {});
}

/** The type that the schema expects at `path`: `string`, `number`, `object`, … Undefined for a path that it does not know. */
export function typeAt(schema: z.ZodType, path: Path): string | undefined {
  const type = definitionAt(schema, path)?.type;
  return type === 'enum' ? 'string' : type;
}

function definitionAt(schema: z.ZodType, path: Path): Definition | undefined {
  let at: AnySchema | undefined = unwrap(schema as unknown as AnySchema);
  for (const part of path) {
    const { shape, element } = (at?._zod.def ?? {}) as Definition;
    const next: AnySchema | undefined = typeof part === 'number' ? element : shape?.[String(part)];
    at = next && unwrap(next);
  }
  return at?._zod.def as Definition | undefined;
}

/** Unwraps optional, default and transform. */
function unwrap(schema: AnySchema): AnySchema {
  const { innerType, in: input } = schema._zod.def as Definition;
  const inner = innerType ?? input;
  return inner ? unwrap(inner) : schema;
}
