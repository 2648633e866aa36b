/** Bytes of one address: all of them, or those so far of what still grows. */
export type ObjectBytes = {
  readonly chunks: readonly Uint8Array[];
  readonly isComplete: boolean;
};
