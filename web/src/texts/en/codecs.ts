/** The names of the codecs. */
export const codecTexts = {
  h264: 'H.264',
  h265: 'H.265',
  pcmu: 'G.711 µ-law',
  pcma: 'G.711 A-law',
  aac: 'AAC',
  opus: 'Opus',
  g722: 'G.722',
};
