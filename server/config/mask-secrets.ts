const SECRET_KEYS = new Set(['password', 'token', 'key', 'salt', 'credential', 'turnSecret']);
const MASK = '********';

/** A copy of the settings for people to read, in which secrets are masked. Paths of TLS files are not secrets. */
export function maskSecrets(value: unknown, key = '', parent = ''): unknown {
  if (Array.isArray(value)) return value.map((item) => maskSecrets(item, '', key));
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, maskSecrets(item, name, key)]));
  }
  return SECRET_KEYS.has(key) && parent !== 'tls' && value !== undefined ? MASK : value;
}
