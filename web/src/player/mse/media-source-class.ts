export type MediaSourceClass = typeof MediaSource;

/** The page's MediaSource; iPhones have only the managed one, which stops taking data as it likes. */
export function mediaSourceClass(): MediaSourceClass | undefined {
  const { ManagedMediaSource } = globalThis as { ManagedMediaSource?: MediaSourceClass };
  return globalThis.MediaSource ?? ManagedMediaSource;
}
