const RULES: readonly (readonly [pattern: RegExp, replacement: string])[] = [
  // Credentials in an address. Passwords hold slashes and colons in the field, so everything up to the last @ goes.
  [/([a-z][a-z0-9+.-]*:\/\/)(?:\\.|[^\s"\\])*@/gi, '$1***@'],
  [/([?&](?:token|password|passwd|pwd|pass|key|secret|credential|signature)=)[^&#\s"\\]*/gi, '$1***'],
  [/\b(Bearer|Basic|Digest)\s+[A-Za-z0-9+/=._~-]{4,}/g, '$1 ***'],
  [/\boriel_([a-z]+)_[A-Za-z0-9_-]{16,}/g, 'oriel_$1_***'],
];

/** Takes credentials and tokens out of any text that leaves the process: log lines, errors, audit details. */
export function redact(text: string): string {
  return RULES.reduce((result, [pattern, replacement]) => result.replace(pattern, replacement), text);
}
