const RULES: readonly (readonly [pattern: RegExp, replacement: string])[] = [
  // Credentials in an address. Real passwords contain slashes and colons, so everything up to the last @ is removed.
  [/([a-z][a-z0-9+.-]*:\/\/)(?:\\.|[^\s"\\])*@/gi, '$1***@'],
  [/([?&](?:token|password|passwd|pwd|pass|key|secret|credential|signature)=)[^&#\s"\\]*/gi, '$1***'],
  [/\b(Bearer|Basic|Digest)\s+[A-Za-z0-9+/=._~-]{4,}/g, '$1 ***'],
  [/\boriel_([a-z]+)_[A-Za-z0-9_-]{16,}/g, 'oriel_$1_***'],
];

/** Removes credentials and tokens from texts that leave the process: log lines, errors and audit details. */
export function redact(text: string): string {
  return RULES.reduce((result, [pattern, replacement]) => result.replace(pattern, replacement), text);
}
