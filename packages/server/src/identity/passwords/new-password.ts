import { findPasswordFault } from './password.js';

/** What is wrong with a new password that was typed twice, one sentence; undefined for a good one. */
export function findNewPasswordFault(password: string, repeated: string): string | undefined {
  const fault = findPasswordFault(password);
  if (fault !== undefined) return `The new password ${fault}.`;
  return password === repeated ? undefined : 'The two passwords are not the same.';
}
