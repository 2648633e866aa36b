import type { PseudoTcpOptions } from '../protocols/dahua/pseudo-tcp.ts';
import type { LinkFaults } from './lossy-link.ts';

/** What can be odd about a device and the networks around it. */
export type DahuaDeviceKnobs = {
  readonly directFaults: LinkFaults;
  readonly relayFaults: LinkFaults;
  /** Answers no hole punching, as behind a symmetric NAT. */
  readonly isUnpunchable: boolean;
  /** Answers no request to open a channel. */
  readonly isAsleep: boolean;
  /** Knocks at the client's door before being asked. */
  readonly asksFirst: boolean;
  /** How frames lie in segments: one each, as devices do, or joined and cut anywhere. */
  readonly framing: 'whole' | 'shuffled';
  readonly sign: 'given' | 'silent' | 'refused';
  readonly refusesBinds: boolean;
  /** Takes direct connections and answers no bind on them. */
  readonly isDeafOnDirect: boolean;
  readonly disconnectsAfterBytes: number;
  /** Sends segments of a kind nobody knows after each bind. */
  readonly sendsUnknown: boolean;
  /** Takes nothing more for this long after each bind: its window closes. */
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
