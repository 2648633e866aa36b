import type { Role } from '../../../shared/roles.ts';
import { peopleTexts, texts } from '../texts.ts';
import { SelectField } from '../ui/field.tsx';

const ORDER: readonly Role[] = ['viewer', 'operator', 'admin'];

export function RoleField({ value, onChange }: { readonly value: Role; readonly onChange: (role: Role) => void }) {
  return (
    <SelectField
      label={peopleTexts.people.role}
      hint={texts.roles[value].may}
      value={value}
      options={ORDER.map((role) => [role, texts.roles[role].name] as const)}
      onChange={onChange}
    />
  );
}
