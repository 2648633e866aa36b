import { nearestName } from '../config/nearest-name.ts';
import { asGatewayError } from '../platform/errors.ts';
import { type Command, type CommandIo, UsageError } from './command.ts';

export const ERROR_EXIT = 1;
const USAGE_EXIT = 2;

/** Each command is loaded only when it is run. */
const COMMANDS: Readonly<Record<string, { about: string; load: () => Promise<Command> }>> = {
  serve: { about: 'run the gateway', load: () => import('./serve.ts') },
  check: { about: 'validate a config and print the effective one', load: () => import('./check.ts') },
  probe: { about: 'connect to a camera and print its report card', load: () => import('./probe.ts') },
  record: { about: 'record a camera into a file', load: () => import('./record.ts') },
  cat: { about: 'a camera on standard output', load: () => import('./cat.ts') },
  discover: { about: 'find cameras on the LAN', load: () => import('./discover.ts') },
  forward: { about: 'a local port that reaches a port of a Dahua device', load: () => import('./forward.ts') },
  health: { about: 'ask whether the gateway works', load: () => import('./health.ts') },
  user: { about: 'add, change and remove accounts', load: () => import('./user.ts') },
  'demo-cameras': { about: 'run the virtual cameras alone', load: () => import('./demo-cameras.ts') },
};

const HELP = `Oriel: any camera, in any browser, now.

Usage: oriel COMMAND [options]        (from a clone: npm start -- COMMAND [options])

${Object.entries(COMMANDS)
  .map(([name, { about }]) => `  ${name.padEnd(14)}${about}`)
  .join('\n')}

oriel COMMAND --help tells more about one command.
`;

/** Runs one command and answers with the exit code of the process. */
export async function runCommand(argv: readonly string[], io: CommandIo): Promise<number> {
  const [name, ...args] = argv;
  if (name === undefined || name === 'help' || name === '--help' || name === '-h') {
    io.stdout.write(HELP);
    return name === undefined ? USAGE_EXIT : 0;
  }
  const entry = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (!entry) {
    const near = nearestName(name, Object.keys(COMMANDS));
    io.stderr.write(`There is no command ${name}.${near ? ` Did you mean ${near}?` : ''} oriel --help lists them.\n`);
    return USAGE_EXIT;
  }
  const command = await entry.load();
  if (args.includes('--help') || args.includes('-h')) {
    io.stdout.write(command.help);
    return 0;
  }
  try {
    return await command.run(args, io);
  } catch (error) {
    if (io.signal.aborted) return 0;
    const known = asGatewayError(error);
    io.stderr.write(`${known.message}\n`);
    if (known instanceof UsageError) io.stderr.write(`oriel ${name} --help shows how it is used.\n`);
    if (known.code === 'internal' && process.env.ORIEL_DEBUG && error instanceof Error) {
      io.stderr.write(`${error.stack ?? ''}\n`);
    }
    return known instanceof UsageError || known.code === 'config-invalid' ? USAGE_EXIT : ERROR_EXIT;
  }
}
