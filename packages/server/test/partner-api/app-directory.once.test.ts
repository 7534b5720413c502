import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { secretBox } from '../../src/identity/apps/secret-box.js';
import { AppDirectory } from '../../src/partner-api/app-directory.js';
import type { Reader } from '../../src/storage/storage.js';

test('any number of wrong signatures at once costs an app a few reads, and a new secret is found among them', async () => {
  const box = secretBox(randomBytes(32));
  const secrets = ['first'];
  let reads = 0;
  const rows = { id: 1, client_id: 'app', name: 'App', rate_limit: null, disabled_at: null };
  const reader = {
    first: async () => {
      reads += 1;
      return rows;
    },
    all: async () => secrets.map((secret) => ({ encrypted_secret: box.seal(secret, 'app'), uri: '' })),
  };
  const directory = new AppDirectory(asReader(reader), box);
  const known = await directory.find('app');
  if (known === undefined) throw new Error('the app is there');
  const verify = (isGood: (count: number) => boolean) => directory.verify(known, ({ keys }) => isGood(keys.length));
  const wrong = () => verify(() => false);

  expect(reads).toBe(1);
  expect(await verify(() => true)).toBe(known);
  expect(reads).toBe(1);
  const before = Array.from({ length: 1_000 }, wrong);
  secrets.push('second');
  const right = verify((count) => count === 2);
  const answers = await Promise.all([...before, ...Array.from({ length: 1_000 }, wrong)]);
  expect(new Set(answers)).toEqual(new Set([undefined]));
  expect((await right)?.keys).toHaveLength(2);
  expect(reads).toBeLessThanOrEqual(3);
});

// Stands in for a database that knows one app.
function asReader(reader: { first(): Promise<object>; all(): Promise<object[]> }): Reader {
  return reader as unknown as Reader;
}
