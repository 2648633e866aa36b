import type { CameraDetail, CameraPatch, CameraSettingsView } from '../../../shared/camera-api.ts';

/** A camera's settings as they stand in the form: empty texts for what is absent. */
export type CameraSettingsDraft = {
  readonly name: string;
  readonly group: string;
  readonly enabled: boolean;
  readonly url: string;
  readonly username: string;
  /** Empty keeps the stored one. */
  readonly password: string;
  readonly substream: string;
  readonly fallback: string;
  readonly via: string;
  readonly transport: CameraSettingsView['transport'];
  readonly whenOffline: CameraSettingsView['whenOffline'];
  /** Separated by spaces. */
  readonly embedOrigins: string;
};

export function settingsDraft({ name, group, enabled, settings }: CameraDetail): CameraSettingsDraft {
  return {
    name,
    group: group ?? '',
    enabled,
    url: settings?.url ?? '',
    username: settings?.username ?? '',
    password: '',
    substream: settings?.substream ?? '',
    fallback: settings?.fallback ?? '',
    via: settings?.via ?? '',
    transport: settings?.transport ?? 'auto',
    whenOffline: settings?.whenOffline ?? 'hold',
    embedOrigins: settings?.embedOrigins?.join(' ') ?? '',
  };
}

const REMOVABLE = ['group', 'username', 'substream', 'fallback', 'via'] as const;
const KEPT = ['name', 'enabled', 'url', 'transport', 'whenOffline'] as const;

/** Only what differs, so that two people who edit different things do not undo each other. */
export function patchOf(detail: CameraDetail, draft: CameraSettingsDraft): CameraPatch {
  const before = settingsDraft(detail);
  const patch: Record<string, unknown> = {};
  for (const key of KEPT) if (draft[key] !== before[key]) patch[key] = draft[key];
  for (const key of REMOVABLE) if (draft[key].trim() !== before[key]) patch[key] = draft[key].trim() || null;
  if (draft.password !== '') patch.password = draft.password;
  if (draft.embedOrigins !== before.embedOrigins) {
    const origins = draft.embedOrigins.split(/[\s,]+/).filter(Boolean);
    patch.embedOrigins = origins.length > 0 ? origins : null;
  }
  return patch;
}
