import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { runCommand } from '../harness/run-command.js';

test('docs/commands.md has a row for every command of the program', async () => {
  const commands = await commandsUnder([]);
  expect(commands).toContain('migrate-data');
  expect(commands).toContain('webhooks tail');
  const firstCells = rows('commands').filter((line) => line.startsWith('| `countersign '));
  const missing = commands.filter((name) => {
    // A row may show two of a group, the second by its name: "`countersign app list`, `app show --client-id C`".
    const asWritten = new RegExp(`\`(countersign )?${name}[ \`]`);
    return !firstCells.some((line) => asWritten.test(line.split(' | ')[0] ?? ''));
  });
  expect(missing).toEqual([]);
});

test('docs/settings.md has a row for every setting, with its default', async () => {
  const { stdout } = await runCommand(['serve', '--help'], {});
  const settings = stdout.split('\n').filter((line) => line.startsWith('  COUNTERSIGN_'));
  expect(settings.length).toBeGreaterThan(20);
  const rowsOfSettings = rows('settings').filter((line) => line.startsWith('| `COUNTERSIGN_'));
  for (const line of settings) {
    const name = line.trim().split(' ')[0];
    const byDefault = /\(default: (.*)\)$/.exec(line)?.[1];
    const row = rowsOfSettings.find((candidate) => candidate.includes(`\`${name}\``));
    expect(row, name).toBeDefined();
    if (byDefault !== undefined) expect(row).toContain(`\`${byDefault}\``);
  }
});

/** The lines of a page. */
function rows(page: string): readonly string[] {
  return readFileSync(fileURLToPath(new URL(`../../../../docs/${page}.md`, import.meta.url)), 'utf8').split('\n');
}

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
