import type * as Zod from 'zod';

/** The server hands zod in; pages read everything else of a description, and their bundle stays without zod. */
export type Z = typeof Zod;

/** How a form shows a setting. `words` is a list that is typed with spaces between. */
export type FormField = {
  readonly control: 'text' | 'code' | 'number' | 'choice' | 'words' | 'switch' | 'password';
  /** `main` is laid out by hand; `more` is shown below it in the order of the description. */
  readonly place: 'main' | 'more';
  readonly choices?: readonly string[];
  readonly placeholder?: string;
  readonly min?: number;
  readonly max?: number;
};

/** One setting, described once: what it may be, and what the rest of Oriel has to know of it. */
export type Setting = {
  /** Any shape that JSON can hold: a text, a number, a list, a duration such as `7d` (shared/duration.ts). */
  value(z: Z): Zod.ZodType;
  readonly required?: true;
  readonly default?: unknown;
  /** Stored sealed and never shown, only whether there is one. */
  readonly secret?: true;
  /** The camera is connected anew when it changes. */
  readonly reconnects?: true;
  readonly form: FormField;
  /** As it stands in config.example.yaml, with what is to be said about it there. */
  readonly example: string;
  readonly comment?: string;
};

/** Settings that belong together under one key: `record: { mode: …, keep: 7d }`. */
export type SettingGroup = { readonly group: Readonly<Record<string, Setting>> };

export type Description = Readonly<Record<string, Setting | SettingGroup>>;

export function isGroup(entry: Setting | SettingGroup): entry is SettingGroup {
  return 'group' in entry;
}

type ValueOf<Entry> = Entry extends { readonly group: infer Group extends Description }
  ? SettingsOf<Group>
  : Entry extends { value(z: Z): infer Schema extends Zod.ZodType }
    ? Zod.output<Schema>
    : never;

type Always = { readonly required: true } | { readonly default: unknown };

/** The settings themselves, with their defaults filled in. */
export type SettingsOf<D extends Description> = {
  readonly [Name in keyof D as D[Name] extends Always ? Name : never]: ValueOf<D[Name]>;
} & {
  readonly [Name in keyof D as D[Name] extends Always ? never : Name]?: ValueOf<D[Name]>;
};

/** What comes from outside: only what is required has to be there. */
export type SettingsInput<D extends Description> = {
  readonly [Name in keyof D as D[Name] extends { readonly required: true } ? Name : never]: ValueOf<D[Name]>;
} & {
  readonly [Name in keyof D as D[Name] extends { readonly required: true } ? never : Name]?: D[Name] extends {
    readonly group: infer Group extends Description;
  }
    ? SettingsInput<Group>
    : ValueOf<D[Name]>;
};

/** What is absent stays, `null` removes; a group is changed setting by setting. */
export type SettingsPatch<D extends Description> = {
  readonly [Name in keyof D]?: D[Name] extends { readonly group: infer Group extends Description }
    ? SettingsPatch<Group> | null
    : D[Name] extends Always
      ? ValueOf<D[Name]>
      : ValueOf<D[Name]> | null;
};

type Secret = { readonly secret: true };

/** What editors see: of a secret only whether there is one. */
export type SettingsView<D extends Description> = SettingsOf<{
  readonly [Name in keyof D as D[Name] extends Secret ? never : Name]: D[Name];
}> & { readonly [Name in keyof D & string as D[Name] extends Secret ? `has${Capitalize<Name>}` : never]: boolean };

/** `hasPassword` for `password`. */
export function presenceOf(secret: string): string {
  return `has${secret.charAt(0).toUpperCase()}${secret.slice(1)}`;
}

type FieldsOf<D extends Description, Prefix extends string = ''> = {
  [Name in keyof D & string]: D[Name] extends { readonly group: infer Group extends Description }
    ? FieldsOf<Group, `${Prefix}${Name}.`>
    : { readonly path: `${Prefix}${Name}`; readonly form: D[Name] extends Setting ? D[Name]['form'] : never };
}[keyof D & string];

/** What the catalogues of texts say of every setting that is not laid out by hand; `record.mode` is one inside a group. */
export type SettingTexts<D extends Description> = {
  readonly [Field in FieldsOf<D> as Field['form']['place'] extends 'more' ? Field['path'] : never]: {
    readonly label: string;
    readonly hint?: string;
  } & (Field['form'] extends { readonly choices: readonly (infer Choice extends string)[] }
    ? { readonly choices: Readonly<Record<Choice, string>> }
    : unknown);
};
