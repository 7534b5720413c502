import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { beforeAll, expect, test } from 'vitest';
import { runCommand } from '../harness/run-command.js';

const README = fileURLToPath(new URL('../../../../README.md', import.meta.url));

let readme: string;
beforeAll(async () => {
  readme = await readFile(README, 'utf8');
});

test('the README has a row for every command of the program', async () => {
  const commands = await commandsUnder([]);
  expect(commands).toContain('migrate-data');
  expect(commands).toContain('webhooks tail');
  const firstCells = readme.split('\n').filter((line) => line.startsWith('| `countersign '));
  const missing = commands.filter((name) => {
    // A row may show two of a group, the second by its name: "`countersign app list`, `app show --client-id C`".
    const asWritten = new RegExp(`\`(countersign )?${name}[ \`]`);
    return !firstCells.some((line) => asWritten.test(line.split(' | ')[0] ?? ''));
  });
  expect(missing).toEqual([]);
});

test('the README has a row for every setting, with its default', async () => {
  const { stdout } = await runCommand(['serve', '--help'], {});
  const settings = stdout.split('\n').filter((line) => line.startsWith('  COUNTERSIGN_'));
  expect(settings.length).toBeGreaterThan(20);
  const rows = readme.split('\n').filter((line) => line.startsWith('| `COUNTERSIGN_'));
  for (const line of settings) {
    const name = line.trim().split(' ')[0];
    const byDefault = /\(default: (.*)\)$/.exec(line)?.[1];
    const row = rows.find((candidate) => candidate.includes(`\`${name}\``));
    expect(row, name).toBeDefined();
    if (byDefault !== undefined) expect(row).toContain(`\`${byDefault}\``);
  }
});

/** Full names of the commands below one, as its help lists them. */
async function commandsUnder(group: readonly string[]): Promise<string[]> {
  const { stdout } = await runCommand([...group, '--help'], {});
  const listed = stdout.split('\nCommands:\n')[1]?.split('\n\n')[0];
  if (listed === undefined) return [group.join(' ')];
  const names = [...listed.matchAll(/^ {2}([a-z][a-z-]*)/gm)].map(([, name = '']) => name);
  const below: string[] = [];
  for (const name of names) if (name !== 'help') below.push(...(await commandsUnder([...group, name])));
  return below;
}
