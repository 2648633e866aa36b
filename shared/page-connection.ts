/**
 * The limit of m-lines in one page's connection, including stopped ones that are not used again yet. A page of 36 tiles that
 * changes to its next 36 has both for a moment. More tiles get their own connections.
 */
export const MOST_PAGE_LINES = 80;
/** A page that changes its tiles makes a new offer, with all changes at once and never more often than this. */
export const MOST_PAGE_OFFERS = { burst: 20, perSecond: 10 } as const;
