/** When a session does what; tests shorten them. */
export type SessionTimings = {
  /** How long the first connection waits for the direct path once the relay could be used. */
  readonly directGraceMs: number;
  readonly punchMs: number;
  /** How long a device may take to come to the relay. */
  readonly relayJoinMs: number;
  readonly heartbeatMs: number;
  /** Silence while somebody uses the path: asked after the first, doubted after the second. */
  readonly probeAfterMs: number;
  readonly suspectAfterMs: number;
  /** The same while nobody does: only heartbeats are answered then. */
  readonly idleSuspectAfterMs: number;
  /** Silence that ends a path when another one is there, and when it is the last. */
  readonly deadAfterMs: number;
  readonly lastDeadAfterMs: number;
  readonly rebuildFirstMs: number;
  readonly rebuildMaxMs: number;
  /** Device firmware compares sequence numbers without regard to their wrap at 4 GiB: a new session has to take over before. */
  readonly renewAfterBytes: number;
  readonly retireAfterBytes: number;
};

export const DEFAULT_TIMINGS: SessionTimings = {
  directGraceMs: 1500,
  punchMs: 5000,
  relayJoinMs: 10_000,
  heartbeatMs: 5000,
  probeAfterMs: 1000,
  suspectAfterMs: 2000,
  idleSuspectAfterMs: 8000,
  deadAfterMs: 10_000,
  lastDeadAfterMs: 30_000,
  rebuildFirstMs: 10_000,
  rebuildMaxMs: 60_000,
  renewAfterBytes: 3.5 * 2 ** 30,
  retireAfterBytes: 3.9 * 2 ** 30,
};
