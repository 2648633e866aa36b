import type * as english from '../en/codecs.ts';

export const codecTexts: typeof english.codecTexts = {
  h264: 'H.264',
  h265: 'H.265',
  pcmu: 'G.711 µ-law',
  pcma: 'G.711 A-law',
  aac: 'AAC',
  opus: 'Opus',
  g722: 'G.722',
};
