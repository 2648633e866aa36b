/** The page itself, before anything runs. */
export const pageTexts = {
  needsScript: 'Oriel shows live video and needs JavaScript. Switch it on for this page and reload.',
};
