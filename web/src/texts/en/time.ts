/** Moments, told as far from now. */
export const timeTexts = {
  now: 'just now',
  ago: (text: string) => `${text} ago`,
  ahead: (text: string) => `in ${text}`,
  seconds: (n: number) => `${n} s`,
  minutes: (n: number) => `${n} min`,
  hours: (n: number) => (n === 1 ? '1 hour' : `${n} hours`),
  days: (n: number) => (n === 1 ? '1 day' : `${n} days`),
};
