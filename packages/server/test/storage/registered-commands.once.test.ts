import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { commands } from '../../src/commands.js';

const SOURCE = fileURLToPath(new URL('../../src/', import.meta.url));
/** A command, or a verb that is made one, up to its name. */
const COMMAND = /export const \w+(?:: Command<[^=]+>\s*=\s*\{|\s*=\s*writeVerb(?:<[^=]+>)?\(\{)\s+name: '([a-z-]+)'/g;

test('the thread that writes knows every command that there is', () => {
  const files = readdirSync(SOURCE, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));
  const names = files.flatMap((file) =>
    [...readFileSync(`${SOURCE}${file}`, 'utf8').matchAll(COMMAND)].map(([, name]) => name),
  );
  expect(names.toSorted()).toEqual(commands.map(({ name }) => name).toSorted());
});
