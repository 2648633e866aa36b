import type * as Zod from 'zod';

/** The server passes zod as an argument. Pages use the rest of a description without zod in their bundle. */
export type Z = typeof Zod;

/** How a form shows a setting. `words` is a list whose items are typed with spaces between them. */
export type FormField = {
  readonly control: 'text' | 'code' | 'number' | 'choice' | 'words' | 'switch' | 'password';
  /** `main` is laid out by hand; `more` is shown below it in the order of the description. */
  readonly place: 'main' | 'more';
  readonly choices?: readonly string[];
  readonly placeholder?: string;
  readonly min?: number;
  readonly max?: number;
};

/** The one description of a setting: its possible values, and what the rest of Oriel must know about it. */
export type Setting = {
  /** Any shape that JSON can hold: a text, a number, a list, a duration such as `7d` (shared/duration.ts). */
  value(z: Z): Zod.ZodType;
  readonly required?: true;
  readonly default?: unknown;
  /** The value is stored sealed and never shown. Answers only say whether there is one. */
  readonly secret?: true;
  /** A change of this setting makes the gateway connect to the camera anew. */
  readonly reconnects?: true;
  readonly form: FormField;
  /** The value and the comment in config.example.yaml. */
  readonly example: string;
  readonly comment?: string;
};

/** A group of settings under one key: `record: { mode: …, keep: 7d }`. */
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

/** The input from outside. Only required settings must be there. */
export type SettingsInput<D extends Description> = {
  readonly [Name in keyof D as D[Name] extends { readonly required: true } ? Name : never]: ValueOf<D[Name]>;
} & {
  readonly [Name in keyof D as D[Name] extends { readonly required: true } ? never : Name]?: D[Name] extends {
    readonly group: infer Group extends Description;
  }
    ? SettingsInput<Group>
    : ValueOf<D[Name]>;
};

/** Absent settings are kept, `null` removes, and the settings of a group are changed one by one. */
export type SettingsPatch<D extends Description> = {
  readonly [Name in keyof D]?: D[Name] extends { readonly group: infer Group extends Description }
    ? SettingsPatch<Group> | null
    : D[Name] extends Always
      ? ValueOf<D[Name]>
      : ValueOf<D[Name]> | null;
};

type Secret = { readonly secret: true };

/** What editors see. For a secret it only says whether there is one. */
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

/** The texts for every setting that is not laid out by hand. `record.mode` is a setting inside a group. */
export type SettingTexts<D extends Description> = {
  readonly [Field in FieldsOf<D> as Field['form']['place'] extends 'more' ? Field['path'] : never]: {
    readonly label: string;
    readonly hint?: string;
  } & (Field['form'] extends { readonly choices: readonly (infer Choice extends string)[] }
    ? { readonly choices: Readonly<Record<Choice, string>> }
    : unknown);
};
