import * as z from 'zod';
import { type Description, isGroup, presenceOf, type Setting, type SettingGroup } from './setting.ts';

type Shape = Readonly<Record<string, z.ZodType>>;

/** The input of a POST and of the config file. Defaults are filled in for absent settings. */
export function inputShape(description: Description): Shape {
  return shape(description, (entry) => {
    if (isGroup(entry)) return z.strictObject(inputShape(entry.group)).exactOptional();
    const value = entry.value(z);
    if (entry.default !== undefined) return value.default(entry.default as never);
    return entry.required ? value : value.exactOptional();
  });
}

/** The input of a PATCH. Absent settings are not changed, and `null` removes settings that can be absent. */
export function patchShape(description: Description): Shape {
  return shape(description, (entry) => {
    if (isGroup(entry)) return z.strictObject(patchShape(entry.group)).nullable().exactOptional();
    return isAlwaysThere(entry) ? entry.value(z).exactOptional() : entry.value(z).nullable().exactOptional();
  });
}

/** The settings in an answer. For a secret it only says whether there is one. */
export function viewShape(description: Description): Shape {
  const entries = Object.entries(description).map(([name, entry]): [string, z.ZodType] => {
    if (isGroup(entry)) return [name, z.strictObject(viewShape(entry.group)).exactOptional()];
    if (entry.secret) return [presenceOf(name), z.boolean()];
    return [name, isAlwaysThere(entry) ? entry.value(z) : entry.value(z).exactOptional()];
  });
  return Object.fromEntries(entries);
}

function isAlwaysThere(entry: Setting): boolean {
  return entry.required === true || entry.default !== undefined;
}

function shape(description: Description, schemaOf: (entry: Setting | SettingGroup) => z.ZodType): Shape {
  return Object.fromEntries(Object.entries(description).map(([name, entry]) => [name, schemaOf(entry)]));
}
