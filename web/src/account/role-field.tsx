import type { Role } from '../../../shared/roles.ts';
import { peopleTexts } from '../texts/en/people.ts';
import { roleTexts } from '../texts/en/roles.ts';
import { SelectField } from '../ui/field.tsx';

const ORDER: readonly Role[] = ['viewer', 'operator', 'admin'];

export function RoleField({ value, onChange }: { readonly value: Role; readonly onChange: (role: Role) => void }) {
  return (
    <SelectField
      label={peopleTexts.role}
      hint={roleTexts[value].may}
      value={value}
      options={ORDER.map((role) => [role, roleTexts[role].name] as const)}
      onChange={onChange}
    />
  );
}
