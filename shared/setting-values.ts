import { type Description, isGroup, presenceOf } from './setting.ts';

type Values = Readonly<Record<string, unknown>>;

/** The names of the settings that are stored sealed. */
export function secretNames(description: Description): string[] {
  return Object.entries(description).flatMap(([name, entry]) => (!isGroup(entry) && entry.secret ? [name] : []));
}

/** The settings as editors may see them. */
export function viewOf(description: Description, values: Values): Values {
  const shown: Record<string, unknown> = {};
  for (const [name, entry] of Object.entries(description)) {
    const value = values[name];
    if (!isGroup(entry) && entry.secret) shown[presenceOf(name)] = value !== undefined;
    else if (value !== undefined) shown[name] = isGroup(entry) ? viewOf(entry.group, value as Values) : value;
  }
  return shown;
}

/** The settings after a patch. Absent ones are kept, `null` removes, and the settings of a group are changed one by one. */
export function patched(description: Description, before: Values, patch: Values): Values {
  const after: Record<string, unknown> = { ...before };
  for (const [name, change] of Object.entries(patch)) {
    const entry = description[name];
    if (change === undefined) continue;
    if (change === null) delete after[name];
    else if (entry && isGroup(entry))
      after[name] = patched(entry.group, (before[name] ?? {}) as Values, change as Values);
    else after[name] = change;
  }
  return after;
}

/** Whether the difference between the two needs a new connection. */
export function reconnects(description: Description, before: Values, after: Values): boolean {
  return Object.entries(description).some(([name, entry]) => {
    if (isGroup(entry)) return reconnects(entry.group, (before[name] ?? {}) as Values, (after[name] ?? {}) as Values);
    return entry.reconnects === true && JSON.stringify(before[name]) !== JSON.stringify(after[name]);
  });
}
