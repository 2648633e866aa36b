/** The tile of a camera in the grid. */
export const tileTexts = {
  disabled: 'Switched off.',
  changePassword: 'Change password',
  changeAddress: 'Change address',
  marks: { starting: 'Starting', live: 'Live', frozen: 'Frozen', offline: 'Offline', refused: 'Refused', off: 'Off' },
  age: (seconds: string) => `${seconds} s old`,
  bitrate: (kbps: number) => (kbps >= 1000 ? `${(kbps / 1000).toFixed(1)} Mbit/s` : `${Math.round(kbps)} kbit/s`),
  open: (name: string) => `Open ${name}`,
  close: 'Back to all cameras',
  controls: (name: string) => `Controls of ${name}`,
  talking: 'Talking',
  snapshotSaved: (name: string) => `Snapshot of ${name} saved.`,
  share: 'Share',
  details: 'Camera page',
  wentOffline: (name: string) => `${name} went offline.`,
  cameBack: (name: string) => `${name} is live again.`,
};
