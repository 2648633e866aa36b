import { GatewayError } from '../../platform/errors.ts';

/** WS-Discovery over UDP multicast (SOAP 1.2), which ONVIF cameras answer. */
export const WS_DISCOVERY_ADDRESS = '239.255.255.250';
export const WS_DISCOVERY_PORT = 3702;

const MAX_ANSWER_BYTES = 64 * 1024;

export function serializeProbe(messageId: string): Uint8Array {
  return Buffer.from(
    `<?xml version="1.0" encoding="UTF-8"?>
<e:Envelope xmlns:e="http://www.w3.org/2003/05/soap-envelope" xmlns:w="http://schemas.xmlsoap.org/ws/2004/08/addressing" xmlns:d="http://schemas.xmlsoap.org/ws/2005/04/discovery" xmlns:dn="http://www.onvif.org/ver10/network/wsdl">
<e:Header><w:MessageID>uuid:${messageId}</w:MessageID><w:To>urn:schemas-xmlsoap-org:ws:2005:04:discovery</w:To><w:Action>http://schemas.xmlsoap.org/ws/2005/04/discovery/Probe</w:Action></e:Header>
<e:Body><d:Probe><d:Types>dn:NetworkVideoTransmitter</d:Types></d:Probe></e:Body></e:Envelope>`,
  );
}

export type OnvifAnswer = {
  /** The device's own address of record; the same in every answer of one camera. */
  readonly endpoint: string;
  /** Where its ONVIF service listens. The host in it is often wrong; the sender of the datagram is right. */
  readonly serviceUrls: readonly string[];
  readonly name?: string;
  readonly hardware?: string;
};

/** Reads a ProbeMatch. Throws when the datagram is something else. */
export function parseProbeMatch(bytes: Uint8Array): OnvifAnswer {
  if (bytes.length > MAX_ANSWER_BYTES) throw new GatewayError('too-large', 'An ONVIF answer exceeds 64 KiB.');
  const xml = Buffer.from(bytes).toString('utf8');
  const match = element(xml, 'ProbeMatch');
  if (match === undefined) throw new GatewayError('bad-data', 'This is no answer to an ONVIF probe.');
  const scopes = (element(match, 'Scopes') ?? '').split(/\s+/);
  const name = scope(scopes, 'name');
  const hardware = scope(scopes, 'hardware');
  return {
    endpoint: (element(match, 'Address') ?? '').trim(),
    serviceUrls: (element(match, 'XAddrs') ?? '').split(/\s+/).filter((url) => /^https?:\/\//.test(url)),
    ...(name ? { name } : {}),
    ...(hardware ? { hardware } : {}),
  };
}

/** Text of the first element of this local name, whatever its namespace prefix. */
function element(xml: string, name: string): string | undefined {
  const open = new RegExp(`<(?:[A-Za-z0-9_.-]{1,64}:)?${name}(?:\\s[^<>]{0,4096})?>`).exec(xml);
  if (!open) return undefined;
  const start = open.index + open[0].length;
  const close = new RegExp(`</(?:[A-Za-z0-9_.-]{1,64}:)?${name}\\s*>`).exec(xml.slice(start));
  return close ? xml.slice(start, start + close.index) : undefined;
}

function scope(scopes: readonly string[], kind: string): string | undefined {
  const found = scopes.find((text) => text.startsWith(`onvif://www.onvif.org/${kind}/`));
  const value = found?.slice(`onvif://www.onvif.org/${kind}/`.length);
  if (value === undefined) return undefined;
  try {
    return decodeURIComponent(value).replaceAll('_', ' ');
  } catch {
    return value;
  }
}
