import { type Logger, pino } from 'pino';
import { redact } from './redact.ts';

/** Fields that are secret whatever their value is. */
const SECRET_FIELDS = ['password', 'token', 'secret', 'authorization', 'cookie', 'credential', 'key'];

const REDACT_PATHS = SECRET_FIELDS.flatMap((field) => [field, `*.${field}`, `*.*.${field}`, `headers["set-${field}"]`]);

type Output = { write(line: string): void };

/** The root of all loggers. It writes JSON lines without secrets to standard output. */
export function createLog(level: string, output: Output = process.stdout): Logger {
  const options = { level, base: null, redact: { paths: REDACT_PATHS, censor: '***' } };
  return pino(options, { write: (line: string) => output.write(redact(line)) });
}
