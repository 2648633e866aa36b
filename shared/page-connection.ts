/**
 * M-lines of one page's connection, with those that are stopped and not used again yet. A page of 36 tiles that turns to
 * its next 36 has both for a moment; tiles beyond that get connections of their own.
 */
export const MOST_PAGE_LINES = 80;
/** A page that changes its tiles offers anew, all changes of a moment in one offer and never more often than this. */
export const MOST_PAGE_OFFERS = { burst: 20, perSecond: 10 } as const;
