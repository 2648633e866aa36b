import type { CAMERA_SETTINGS } from '../../../../shared/camera-settings.ts';
import type { SettingTexts } from '../../../../shared/setting.ts';

/** The settings of a camera. */
export const editCameraTexts = {
  title: (name: string) => `Edit ${name}`,
  saved: (name: string) => `${name} saved.`,
  inConfig: 'This camera stands in the configuration file. Change it there; the gateway follows the file by itself.',
  address: 'Address of the main stream',
  substream: 'Address of the small stream',
  substreamHint:
    'Shown in the grid; the main stream when opened. On another host it needs its own account: rtsp://USER:PASSWORD@HOST/…',
  passwordKept: 'Stored',
  enabled: 'Switched on',
  more: 'More settings',
  /** A field for each setting, in the order and form that shared/camera-settings.ts gives it. */
  settings: {
    transport: {
      label: 'Transport',
      choices: { auto: 'Automatic', tcp: 'TCP', udp: 'UDP', multicast: 'Multicast', http: 'RTSP in HTTP' },
    },
    whenOffline: {
      label: 'When the camera goes offline',
      choices: { hold: 'Viewers wait', 'last-frame': 'Show the last picture', terminate: 'End the view' },
    },
    stallSeconds: {
      label: 'Seconds without a picture',
      hint: 'After these the camera is connected anew. For cameras that pause longer than 10 s by themselves.',
    },
    fallback: {
      label: 'Address to use while it is offline',
      hint: 'Another camera or a file. On another host it needs its own account: rtsp://USER:PASSWORD@HOST/…',
    },
    via: { label: 'Reach it through an agent', hint: 'For cameras at another site.' },
    embedOrigins: {
      label: 'Web sites that may embed it',
      hint: 'Origins separated by spaces. Without any, only this gateway may.',
    },
  } satisfies SettingTexts<typeof CAMERA_SETTINGS>,
};
