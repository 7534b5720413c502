import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import '../../src/commands.js';
import { commandNames } from '../../src/storage/storage.js';

const SOURCE = fileURLToPath(new URL('../../src/', import.meta.url));
/** Where a command is made, or a verb, which is one, up to its name. */
const COMMAND = /= (?:command|writeVerb)(?:<[^(]+>)?\(\{\s+name: '([a-z-]+)'/g;

test('the thread that writes knows every command that there is', () => {
  const files = readdirSync(SOURCE, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));
  const names = files.flatMap((file) =>
    [...readFileSync(`${SOURCE}${file}`, 'utf8').matchAll(COMMAND)].map(([, name]) => name),
  );
  expect(names.length).toBeGreaterThan(40);
  expect(names.toSorted()).toEqual(commandNames().toSorted());
});
