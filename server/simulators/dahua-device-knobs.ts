import type { PseudoTcpOptions } from '../protocols/dahua/pseudo-tcp.ts';
import type { LinkFaults } from './lossy-link.ts';

/** The peculiarities of a device and of the networks around it. */
export type DahuaDeviceKnobs = {
  readonly directFaults: LinkFaults;
  readonly relayFaults: LinkFaults;
  /** Does not answer hole punching, as if it were behind a symmetric NAT. */
  readonly isUnpunchable: boolean;
  /** Does not answer requests to open a channel. */
  readonly isAsleep: boolean;
  /** Sends hole punching messages to the client before the client does. */
  readonly asksFirst: boolean;
  /** How frames are put into segments: one per segment, as devices do, or joined and cut anywhere. */
  readonly framing: 'whole' | 'shuffled';
  readonly sign: 'given' | 'silent' | 'refused';
  readonly refusesBinds: boolean;
  /** Accepts direct connections but does not answer binds on them. */
  readonly isDeafOnDirect: boolean;
  readonly disconnectsAfterBytes: number;
  /** Sends segments of an unknown kind after each bind. */
  readonly sendsUnknown: boolean;
  /** Closes its window for this long after each bind. */
  readonly stallsMs: number;
  readonly heartbeatMs: number;
  readonly tcp: PseudoTcpOptions;
};

export const ORDINARY_DEVICE: DahuaDeviceKnobs = {
  directFaults: {},
  relayFaults: {},
  isUnpunchable: false,
  isAsleep: false,
  asksFirst: false,
  framing: 'whole',
  sign: 'given',
  refusesBinds: false,
  isDeafOnDirect: false,
  disconnectsAfterBytes: 0,
  sendsUnknown: false,
  stallsMs: 0,
  heartbeatMs: 10_000,
  tcp: {},
};
