/** The part of koffi that we call. It is an optional dependency, so its own types may not be installed. */
export type Koffi = {
  load(path: string | null): { func(prototype: string): (...args: number[]) => number };
  errno(): number;
  address(bytes: Uint8Array): number | bigint;
};
