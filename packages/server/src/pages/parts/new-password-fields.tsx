import type { VNode } from 'preact';
import { SHORTEST_PASSWORD } from '../../identity/passwords/password.js';
import { TextField } from './text-field.js';

/** How the two fields are called. */
export interface NewPasswordFieldsProps {
  readonly label: string;
  readonly repeatLabel: string;
  readonly hasFault: boolean;
}

/** A new password, typed twice: `password` and `repeated`. */
export function NewPasswordFields({ label, repeatLabel, hasFault }: NewPasswordFieldsProps): VNode {
  // No longest length: browsers cut a pasted password to it without a word.
  const shared = { type: 'password', autocomplete: 'new-password', minLength: SHORTEST_PASSWORD, hasFault } as const;
  return (
    <>
      <TextField label={label} name="password" hint={`At least ${SHORTEST_PASSWORD} characters`} {...shared} />
      <TextField label={repeatLabel} name="repeated" {...shared} />
    </>
  );
}
