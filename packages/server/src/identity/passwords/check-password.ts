import type { AccountParts } from '../account-parts.js';
import type { RefusedTry } from '../sign-in/guess-limits.js';
import { findUserByEmail, type User } from '../user-store.js';
import { isPasswordRight } from './password.js';

/** Somebody who says who they are. */
export interface PasswordTry {
  readonly email: string;
  readonly password: string;
  readonly address: string;
}

/** How a try ended: with the person, with a wrong password or no such account, or with having to wait. */
export type PasswordOutcome = { readonly user: User } | { readonly wrongFor: User | undefined } | RefusedTry;

/** Checks a password. Each try is counted first, and taken back when the password is right. */
export async function checkPassword(
  { storage, guesses }: AccountParts,
  { email, password, address }: PasswordTry,
): Promise<PasswordOutcome> {
  const admission = await guesses.admit(email, address);
  if ('retryAfterSeconds' in admission) return admission;
  const user = await findUserByEmail(storage, email);
  const isRight = await isPasswordRight(password, user?.passwordHash);
  if (user === undefined || !isRight) return { wrongFor: user };
  await admission.succeed();
  return { user };
}
