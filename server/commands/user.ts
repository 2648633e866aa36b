import { newPassword } from '../../shared/api.ts';
import { hasControlCharacters } from '../../shared/plain-text.ts';
import { ROLES, type Role } from '../../shared/roles.ts';
import { createAuth } from '../auth/auth.ts';
import { hashPassword } from '../auth/passwords.ts';
import { systemClock } from '../platform/clock.ts';
import { GatewayError } from '../platform/errors.ts';
import { openDataFolder } from '../store/data-folder.ts';
import { DATA_HELP, dataPlace, moveEarlierData } from '../store/data-place.ts';
import { readGatewayAddress } from '../store/gateway-address.ts';
import type { Store } from '../store/store.ts';
import type { User } from '../store/users.ts';
import { type CommandIo, parseOptions, UsageError } from './command.ts';
import { readPassword } from './read-password.ts';

export const help = `Usage: oriel user add NAME [--role admin|operator|viewer] [--data DIR]
       oriel user passwd|link|remove NAME [--data DIR]
       oriel user list [--data DIR] [--json]

Accounts of the gateway that keeps its data in DIR; it may be running. The password is asked for on the terminal, or read from
standard input.

  add     a new account, a viewer unless --role says otherwise
  passwd  another password; signs the person out everywhere
  link    a link that signs the person in once within a day: the way back in for an owner without a password
  remove  the account, its sign-ins, and the links and tokens that the person made
  list    names and roles

  --data DIR  default: ${DATA_HELP}
  --url URL   address of the gateway, for link (default: that of the running one, else http://localhost:8080)
  --json      list: one JSON object a line
`;

const KNOWN: ReadonlySet<string> = new Set(['add', 'passwd', 'link', 'remove', 'list']);

export async function run(args: readonly string[], io: CommandIo): Promise<number> {
  const { values, positionals } = parseOptions(args, {
    role: { type: 'string', default: 'viewer' },
    data: { type: 'string' },
    url: { type: 'string' },
    json: { type: 'boolean', default: false },
  });
  const [what, name, ...more] = positionals;
  if (more.length > 0) throw new UsageError('oriel user takes one name; put a name with spaces in quotes.');
  if (name !== undefined && hasControlCharacters(name))
    throw new UsageError('A name is one line without control characters.');
  if (what !== 'list' && name === undefined)
    throw new UsageError('oriel user takes add, passwd, link, remove and a name, or list.');
  if (!KNOWN.has(String(what))) throw new UsageError(`oriel user does not know ${what}.`);
  const role = roleOf(values.role);
  const place = dataPlace(values.data);
  const moved = moveEarlierData(place);
  if (moved) io.stderr.write(`${moved}\n`);
  const { store, secrets, close } = openDataFolder(place.folder, { as: 'visitor', make: what === 'add' });
  try {
    switch (what) {
      case 'list':
        for (const { name, role } of store.users.list()) {
          io.stdout.write(values.json ? `${JSON.stringify({ name, role })}\n` : `${role.padEnd(9)} ${name}\n`);
        }
        return 0;
      case 'passwd':
        return await changePassword(store, find(store, String(name)), io);
      case 'remove':
        store.users.remove(find(store, String(name)).id, systemClock.wallMs());
        note(store, 'user-removed', String(name));
        io.stdout.write(`${name} is removed.\n`);
        return 0;
      case 'link': {
        const { signIns } = createAuth({ store, secrets, clock: systemClock, tokens: [] });
        const url = values.url ?? readGatewayAddress(place.folder) ?? 'http://localhost:8080';
        const link = signIns.createLink(find(store, String(name)));
        note(store, 'sign-in-link-made', String(name));
        io.stdout.write(`${url.replace(/\/+$/, '')}/setup/${link}\n`);
        return 0;
      }
      default:
        return await add(store, String(name), role, io);
    }
  } finally {
    close();
  }
}

async function add(store: Store, name: string, role: Role, io: CommandIo): Promise<number> {
  if (store.users.byName(name)) throw new GatewayError('already-exists', `The name ${name} is taken.`);
  const passwordHash = await hashPassword(checked(await readPassword(io)));
  store.users.add({ name, role, cameras: 'all', passwordHash }, systemClock.wallMs());
  note(store, 'user-added', name);
  io.stdout.write(`${name} can sign in as ${role}.\n`);
  return 0;
}

async function changePassword(store: Store, user: User, io: CommandIo): Promise<number> {
  store.users.update(user.id, { passwordHash: await hashPassword(checked(await readPassword(io))) });
  note(store, 'password-changed', user.name);
  io.stdout.write(`${user.name} has a new password and is signed out everywhere.\n`);
  return 0;
}

function checked(password: string): string {
  const { success, error } = newPassword.safeParse(password);
  if (!success) throw new GatewayError('bad-request', error.issues[0]?.message ?? 'This password cannot be used.');
  return password;
}

function roleOf(text: string): Role {
  const role = ROLES.find((known) => known === text);
  if (!role) throw new UsageError(`--role takes ${ROLES.join(', ')}, not ${text}.`);
  return role;
}

function find(store: Store, name: string): User {
  const user = store.users.byName(name);
  if (!user) throw new GatewayError('not-found', `There is no account ${name}. oriel user list shows all.`);
  return user;
}

function note(store: Store, event: string, subject: string): void {
  store.audit.add({ who: 'command line', event, subject }, systemClock.wallMs());
}
