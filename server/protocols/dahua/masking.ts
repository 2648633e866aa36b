import type { XmlField } from './xml-fields.ts';

/** Whoever knows a serial number can reach an old device: logs get the ends only. */
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

/** Paths hold serial numbers and relay tokens, always as a part of their own. */
export function maskPath(path: string): string {
  return path.replace(/(\/(?:p2psrv|device|start|unbind)\/)([^/]+)/g, (_whole, before: string, secret: string) => {
    return before + maskSerial(secret);
  });
}
