import { stringify } from 'yaml';
import { loadConfig } from '../config/load.ts';
import { maskSecrets } from '../config/mask-secrets.ts';
import { type CommandIo, parseOptions, UsageError } from './command.ts';

export const help = `Usage: oriel check FILE

Validates a config (YAML, JSON or the earlier relay's formats) and prints the effective one with secrets masked.
Every complaint is one line with file, line and what is expected; then the exit code is 2.
`;

export async function run(args: readonly string[], io: CommandIo): Promise<number> {
  const { positionals } = parseOptions(args, {});
  const [file, ...more] = positionals;
  if (file === undefined || more.length > 0) throw new UsageError('oriel check takes one file.');
  io.stdout.write(stringify(maskSecrets(loadConfig(file))));
  return 0;
}
