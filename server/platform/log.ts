import { type Logger, pino } from 'pino';
import { logSentence } from './log-sentence.ts';
import { redact } from './redact.ts';

/** Fields that are secret whatever their value is. */
const SECRET_FIELDS = ['password', 'token', 'secret', 'authorization', 'cookie', 'credential', 'key'];

const REDACT_PATHS = SECRET_FIELDS.flatMap((field) => [field, `*.${field}`, `*.*.${field}`, `headers["set-${field}"]`]);

type Output = { readonly isTTY?: boolean; write(text: string): void };

/** The root of all loggers. To a terminal it writes sentences, to everything else JSON lines; both without secrets. */
export function createLog(level: string, output: Output = process.stdout): Logger {
  const options = { level, base: null, redact: { paths: REDACT_PATHS, censor: '***' } };
  const shown = output.isTTY ? logSentence : (line: string) => line;
  return pino(options, { write: (line: string) => void output.write(shown(redact(line))) });
}
