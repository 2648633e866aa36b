/** The embedded player and the page of a share link. */
export const embedTexts = {
  noCamera: 'There is no camera at this address.',
  guest: (label: string) => `Shared with you: ${label}`,
  noTimeLimit: 'No time limit',
  endsIn: (span: string) => `Ends in ${span}`,
  ended: 'This link has expired. Ask whoever sent it for a new one.',
  opensAt: (time: string) => `This camera is shown during certain hours only. The next time begins ${time}.`,
  closed: 'This camera is shown during certain hours only, and not now.',
  unreachable: 'The gateway does not answer. This page tries again by itself.',
  span: {
    days: (n: number) => (n === 1 ? '1 day' : `${n} days`),
    hours: (n: number) => (n === 1 ? '1 hour' : `${n} hours`),
    minutes: (n: number) => `${n} min`,
    seconds: (n: number) => `${n} s`,
  },
};
