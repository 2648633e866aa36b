import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useId, useLayoutEffect, useRef } from 'preact/hooks';
import { commonTexts } from '../texts/en/common.ts';
import { Button } from './button.tsx';

type LabelledProps = {
  readonly label: string;
  readonly hint?: ComponentChildren;
  readonly error?: string | undefined;
};

type Described = { readonly id: string; readonly describedBy: string | undefined };

/** The label above, hint and complaint below; `children` gets the ids that tie them to the input. */
function Labelled(props: LabelledProps & { readonly children: (described: Described) => ComponentChildren }) {
  const id = useId();
  const hintId = `${id}-hint`;
  const errorId = `${id}-error`;
  const describedBy = [props.hint && hintId, props.error && errorId].filter(Boolean).join(' ') || undefined;
  return (
    <div class="field">
      <label class="field-label" for={id}>
        {props.label}
      </label>
      {props.children({ id, describedBy })}
      {props.hint && (
        <div class="field-hint" id={hintId}>
          {props.hint}
        </div>
      )}
      {props.error && (
        <div class="field-error" id={errorId} role="alert">
          {props.error}
        </div>
      )}
    </div>
  );
}

type TextFieldProps = LabelledProps & {
  readonly value: string;
  readonly onInput: (value: string) => void;
  readonly type?: 'text' | 'password' | 'number' | 'time' | 'datetime-local' | 'search';
  readonly placeholder?: string;
  readonly autoComplete?: string;
  readonly required?: boolean;
  readonly disabled?: boolean;
  readonly minLength?: number;
  readonly min?: number | string | undefined;
  readonly max?: number | string | undefined;
  readonly code?: boolean;
  readonly autoFocus?: boolean;
  readonly onBlur?: () => void;
};

export function TextField(props: TextFieldProps) {
  const input = useRef<HTMLInputElement>(null);
  const { autoFocus } = props;
  const isSecret = props.type === 'password';
  const seen = useSignal(false);
  useLayoutEffect(() => {
    if (!autoFocus || !input.current) return;
    // For a dialog that is about to open, and for a page that is open already.
    input.current.autofocus = true;
    input.current.focus();
  }, [autoFocus]);
  return (
    <Labelled label={props.label} hint={props.hint} error={props.error}>
      {({ id, describedBy }) => (
        <span class={isSecret ? 'input-box input-secret' : 'input-box'}>
          <input
            id={id}
            class={props.code ? 'input input-code' : 'input'}
            type={(isSecret && seen.value ? 'text' : (props.type ?? 'text')) as 'text'}
            value={props.value}
            placeholder={props.placeholder}
            autocomplete={props.autoComplete ?? 'off'}
            autocapitalize="none"
            spellcheck={false}
            dir="auto"
            required={props.required}
            disabled={props.disabled}
            minLength={props.minLength}
            min={props.min}
            max={props.max}
            aria-invalid={props.error ? true : undefined}
            aria-describedby={describedBy}
            ref={input}
            onBlur={props.onBlur}
            onInput={(event) => props.onInput(event.currentTarget.value)}
          />
          {isSecret && (
            <Button
              look="quiet"
              small
              icon="eye"
              label={seen.value ? commonTexts.hideTyped : commonTexts.showTyped}
              onClick={() => (seen.value = !seen.value)}
            />
          )}
        </span>
      )}
    </Labelled>
  );
}

type SelectFieldProps<Value extends string> = LabelledProps & {
  readonly value: Value;
  readonly options: readonly (readonly [value: Value, label: string])[];
  readonly onChange: (value: Value) => void;
  readonly disabled?: boolean;
};

export function SelectField<Value extends string>(props: SelectFieldProps<Value>) {
  return (
    <Labelled label={props.label} hint={props.hint} error={props.error}>
      {({ id, describedBy }) => (
        <select
          id={id}
          class="input"
          value={props.value}
          disabled={props.disabled}
          aria-describedby={describedBy}
          onChange={(event) => {
            const chosen = props.options.find(([value]) => value === event.currentTarget.value);
            if (chosen) props.onChange(chosen[0]);
          }}
        >
          {props.options.map(([value, label]) => (
            <option key={value} value={value}>
              {label}
            </option>
          ))}
        </select>
      )}
    </Labelled>
  );
}

type CheckFieldProps = {
  readonly label: ComponentChildren;
  readonly checked: boolean;
  readonly onChange: (checked: boolean) => void;
  readonly disabled?: boolean;
};

export function CheckField({ label, checked, onChange, disabled }: CheckFieldProps) {
  return (
    <label class="check">
      <input
        type="checkbox"
        checked={checked}
        disabled={disabled}
        onChange={(event) => onChange(event.currentTarget.checked)}
      />
      <span>{label}</span>
    </label>
  );
}
