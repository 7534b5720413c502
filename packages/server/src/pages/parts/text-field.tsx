import type { VNode } from 'preact';
import { FAULT_ID } from './fault-notice.js';

/** One line of text that a person types. */
export interface TextFieldProps {
  readonly label: string;
  /** Also the id. */
  readonly name: string;
  readonly type: 'email' | 'password';
  readonly autocomplete: string;
  readonly value?: string;
  readonly minLength?: number;
  readonly hint?: string;
  /** Whether the page shows a fault, which the field is then described by. */
  readonly hasFault: boolean;
}

/** A labelled input that must be filled in. */
export function TextField(props: TextFieldProps): VNode {
  const { label, name, type, autocomplete, value, minLength, hint, hasFault } = props;
  const hintId = hint === undefined ? undefined : `${name}-hint`;
  const describedBy = [hasFault ? FAULT_ID : undefined, hintId].filter((id) => id !== undefined).join(' ');
  const attributes = {
    id: name,
    name,
    autocomplete,
    value,
    minlength: minLength,
    required: true,
    'aria-describedby': describedBy === '' ? undefined : describedBy,
  };
  return (
    <div class="field">
      <label for={name}>{label}</label>
      {type === 'email' ? <input type="email" {...attributes} /> : <input type="password" {...attributes} />}
      {hint !== undefined && (
        <p id={hintId} class="hint">
          {hint}
        </p>
      )}
    </div>
  );
}
