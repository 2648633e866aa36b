import { stringify } from 'yaml';
import { loadConfig } from '../config/load.ts';
import { maskSecrets } from '../config/mask-secrets.ts';
import { type CommandIo, parseOptions, UsageError } from './command.ts';

export const help = `Usage: oriel check FILE [--json]

Validates a config (YAML, JSON or the earlier relay's formats) and prints the effective one with secrets masked.
Every complaint is one line with file, line and what is expected; then the exit code is 2.

  --json  the effective config as JSON
`;

export async function run(args: readonly string[], io: CommandIo): Promise<number> {
  const { values, positionals } = parseOptions(args, { json: { type: 'boolean', default: false } });
  const [file, ...more] = positionals;
  if (file === undefined || more.length > 0) throw new UsageError('oriel check takes one file.');
  const config = maskSecrets(loadConfig(file));
  io.stdout.write(values.json ? `${JSON.stringify(config, null, 2)}\n` : stringify(config));
  return 0;
}
