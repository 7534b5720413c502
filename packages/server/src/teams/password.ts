import { hash } from '@node-rs/argon2';

/** A password hashed with argon2id, the library's default, in the parameters OWASP recommends: 19 MiB, two passes, one lane. */
export function hashPassword(password: string): Promise<string> {
  return hash(password, { memoryCost: 19_456, timeCost: 2, parallelism: 1 });
}
