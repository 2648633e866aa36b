import type { CameraDetail } from '../../../shared/camera-api.ts';
import { CAMERA_SETTINGS, type CameraPatch } from '../../../shared/camera-settings.ts';
import { type Description, type FormField, isGroup, type Setting, type SettingGroup } from '../../../shared/setting.ts';

type Settings = typeof CAMERA_SETTINGS;
type DraftValue<Field extends FormField> = Field['control'] extends 'switch' ? boolean : string;

/**
 * A camera's settings as they stand in the form. A field is empty when the setting is absent, or when it is a stored
 * secret, which is kept.
 */
export type CameraSettingsDraft = {
  readonly [Name in keyof Settings]: DraftValue<Settings[Name]['form']>;
};

type Values = Readonly<Record<string, unknown>>;
type Draft = Readonly<Record<string, string | boolean>>;

/** One field of the form: `record.mode` stands for the setting `mode` of the group `record`. */
export type DraftField = { readonly path: string; readonly setting: Setting };

export function fieldsOf(description: Description, prefix = ''): DraftField[] {
  return Object.entries<Setting | SettingGroup>(description).flatMap(([name, entry]) =>
    isGroup(entry) ? fieldsOf(entry.group, `${prefix}${name}.`) : [{ path: prefix + name, setting: entry }],
  );
}

export function settingsDraft({ name, group, enabled, settings }: CameraDetail): CameraSettingsDraft {
  return draftOf(CAMERA_SETTINGS, { name, group, enabled, ...settings }) as CameraSettingsDraft;
}

/** Holds only what was changed, so that two people who edit different things do not undo each other. */
export function patchOf(detail: CameraDetail, draft: CameraSettingsDraft): CameraPatch {
  return patchFrom(CAMERA_SETTINGS, settingsDraft(detail), draft) as CameraPatch;
}

export function draftOf(description: Description, values: Values): Draft {
  return Object.fromEntries(
    fieldsOf(description).map(({ path, setting }) => [path, shown(setting, valueAt(values, path))]),
  );
}

export function patchFrom(description: Description, before: Draft, draft: Draft): Values {
  const patch: Record<string, unknown> = {};
  for (const { path, setting } of fieldsOf(description)) {
    const typed = draft[path];
    if (typed === undefined || typed === before[path]) continue;
    // An empty field keeps a stored secret.
    if (setting.secret && typed === '') continue;
    setAt(patch, path, read(setting, typed));
  }
  return patch;
}

function shown(setting: Setting, value: unknown): string | boolean {
  const present = value ?? setting.default;
  if (setting.form.control === 'switch') return present === true;
  if (Array.isArray(present)) return present.join(' ');
  return present === undefined ? '' : String(present);
}

/** What was typed, as the API takes it. An emptied field removes the setting. */
function read(setting: Setting, typed: string | boolean): unknown {
  if (typeof typed === 'boolean') return typed;
  const { control } = setting.form;
  if (control === 'password') return typed;
  const text = typed.trim();
  if (control === 'words') {
    const words = text.split(/[\s,]+/).filter(Boolean);
    return words.length > 0 ? words : null;
  }
  if (text === '') return setting.required ? '' : null;
  return control === 'number' ? Number(text) : text;
}

function valueAt(values: Values, path: string): unknown {
  return path.split('.').reduce<unknown>((value, key) => (value as Values | undefined)?.[key], values);
}

function setAt(patch: Record<string, unknown>, path: string, value: unknown): void {
  const [first = '', ...rest] = path.split('.');
  if (rest.length === 0) patch[first] = value;
  else {
    patch[first] ??= {};
    setAt(patch[first] as Record<string, unknown>, rest.join('.'), value);
  }
}
