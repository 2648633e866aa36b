/** The bytes of one address: all of them, or the bytes so far of a growing object. */
export type ObjectBytes = {
  readonly chunks: readonly Uint8Array[];
  readonly isComplete: boolean;
};
