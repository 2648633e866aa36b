import type { XmlField } from './xml-fields.ts';

/** Anybody who knows a serial number can reach an old device, so logs show only the ends of it. */
export function maskSerial(serial: string): string {
  return serial.length <= 6 ? '…' : `${serial.slice(0, 3)}…${serial.slice(-3)}`;
}

const SECRET_FIELDS: ReadonlySet<string> = new Set([
  'DevAuth',
  'Nonce',
  'RandSalt',
  'UserName',
  'Token',
  'SID',
  'Info',
  'Identify',
]);

export function maskField([name, value]: XmlField): string {
  return `${name}=${SECRET_FIELDS.has(name) ? '…' : value}`;
}

/** Masks serial numbers and relay tokens in paths, where each is always a segment of its own. */
export function maskPath(path: string): string {
  return path.replace(/(\/(?:p2psrv|device|start|unbind)\/)([^/]+)/g, (_whole, before: string, secret: string) => {
    return before + maskSerial(secret);
  });
}
