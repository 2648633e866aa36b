/** A way to reach an agent: RFC 8839 clause 5.1. */
export type IceCandidate = {
  readonly foundation: string;
  readonly component: number;
  readonly transport: 'udp' | 'tcp';
  readonly priority: number;
  /** An IP address, or a name that only mDNS knows (xxx.local). */
  readonly address: string;
  readonly port: number;
  readonly type: 'host' | 'srflx' | 'prflx' | 'relay';
  readonly tcpType?: 'active' | 'passive' | 'so';
  /** The address behind the NAT that `address` stands for. */
  readonly related?: { readonly address: string; readonly port: number };
};

const TCP_TYPES = ['active', 'passive', 'so'] as const;
const TYPES: ReadonlySet<string> = new Set(['host', 'srflx', 'prflx', 'relay']);

/** Parses `candidate:…` with or without `a=` in front. Undefined for what we do not understand: an agent ignores that. */
export function parseIceCandidate(text: string): IceCandidate | undefined {
  const words = text
    .trim()
    .replace(/^(a=)?candidate:/, '')
    .split(/\s+/);
  const [foundation, component, transport, priority, address, port, typ, type] = words;
  const lowered = transport?.toLowerCase();
  if (!foundation || !address || typ !== 'typ' || !type || !TYPES.has(type)) return undefined;
  if (lowered !== 'udp' && lowered !== 'tcp') return undefined;
  const tcpType = TCP_TYPES.find((name) => name === words[words.indexOf('tcptype') + 1]);
  const candidate: IceCandidate = {
    foundation,
    component: Number(component),
    transport: lowered,
    priority: Number(priority),
    address,
    port: Number(port),
    type: type as IceCandidate['type'],
    ...(tcpType ? { tcpType } : {}),
  };
  return isPort(candidate.port) && Number.isInteger(candidate.priority) ? candidate : undefined;
}

/** The attribute's text without `a=`. */
export function serializeIceCandidate(candidate: IceCandidate): string {
  const { foundation, component, transport, priority, address, port, type, related, tcpType } = candidate;
  const parts = [`candidate:${foundation}`, component, transport, priority, address, port, 'typ', type];
  if (related) parts.push('raddr', related.address, 'rport', related.port);
  if (tcpType) parts.push('tcptype', tcpType);
  return parts.join(' ');
}

const TYPE_PREFERENCE = { host: 126, prflx: 110, srflx: 100, relay: 0 } as const;

/** RFC 8445 clause 5.1.2. `rank` orders addresses of one kind, 0 first; TCP always has a lower priority than UDP (RFC 6544 clause 4.2). */
export function candidatePriority(type: IceCandidate['type'], transport: 'udp' | 'tcp', rank: number): number {
  const typePreference = transport === 'udp' ? TYPE_PREFERENCE[type] : Math.max(TYPE_PREFERENCE[type] - 36, 0);
  const localPreference = (transport === 'udp' ? 65_535 : 40_959) - rank;
  return typePreference * 2 ** 24 + localPreference * 2 ** 8 + 255;
}

function isPort(port: number): boolean {
  return Number.isInteger(port) && port >= 0 && port <= 65_535;
}
