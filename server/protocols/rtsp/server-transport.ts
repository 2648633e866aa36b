import type { PortPair, TransportOffer } from './transport-header.ts';

/** The transports that a client may use, as the operator decided. */
export type AllowedTransports = { readonly udp: boolean; readonly multicast: boolean };

export type ChosenTransport =
  | { readonly kind: 'tcp'; readonly channels: PortPair }
  | { readonly kind: 'udp'; readonly clientPorts: PortPair }
  | { readonly kind: 'multicast' };

const MAX_CHANNEL = 255;

/** The first alternative that we can serve. Undefined means a 461. `taken` holds the channels of the other tracks. */
export function chooseTransport(
  offers: readonly TransportOffer[],
  allowed: AllowedTransports,
  taken: ReadonlySet<number>,
): { readonly offer: TransportOffer; readonly chosen: ChosenTransport } | undefined {
  for (const offer of offers) {
    if (offer.isForeignProfile || offer.isForeignMode) continue;
    const chosen = choose(offer, allowed, taken);
    if (chosen) return { offer, chosen };
  }
  return undefined;
}

function choose(
  offer: TransportOffer,
  allowed: AllowedTransports,
  taken: ReadonlySet<number>,
): ChosenTransport | undefined {
  if (offer.cast === 'multicast') return allowed.multicast ? { kind: 'multicast' } : undefined;
  if (offer.carrier === 'udp') {
    if (!allowed.udp || !offer.clientPorts || offer.clientPorts.includes(0)) return undefined;
    return { kind: 'udp', clientPorts: offer.clientPorts };
  }
  const asked = offer.channels;
  const channels = asked && asked[0] !== asked[1] && !asked.some((n) => taken.has(n)) ? asked : freePair(taken);
  return channels && { kind: 'tcp', channels };
}

function freePair(taken: ReadonlySet<number>): PortPair | undefined {
  for (let first = 0; first < MAX_CHANNEL; first += 2)
    if (!taken.has(first) && !taken.has(first + 1)) return [first, first + 1];
  return undefined;
}
