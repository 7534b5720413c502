import { hash, verify } from '@node-rs/argon2';

/** Fewest characters of a password, NIST SP 800-63B §5.1.1. */
export const SHORTEST_PASSWORD = 8;
/** Most characters of a password. */
const LONGEST_PASSWORD = 1_024;

/** argon2id, the library's default, in the parameters OWASP recommends: 19 MiB, two passes, one lane. */
const COST = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;

/** A password hashed with argon2id. */
export function hashPassword(password: string): Promise<string> {
  return hash(password, COST);
}

let nobodysHash: Promise<string> | undefined;

/**
 * Whether a password is the one that was hashed. Without a hash, for an account that is not there, it takes the same
 * time, and the answer is no.
 */
export async function isPasswordRight(password: string, passwordHash: string | undefined): Promise<boolean> {
  nobodysHash ??= hashPassword('nobody has this one');
  const isRight = await verify(passwordHash ?? (await nobodysHash), password);
  return isRight && passwordHash !== undefined;
}

/** What is wrong with a new password, as the end of a sentence; undefined for a good one. */
export function findPasswordFault(password: string): string | undefined {
  const length = [...password].length;
  if (length >= SHORTEST_PASSWORD && length <= LONGEST_PASSWORD) return undefined;
  return `must have ${SHORTEST_PASSWORD} to ${LONGEST_PASSWORD} characters`;
}
