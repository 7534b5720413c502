import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { importsOf, startsThread } from './source-imports.js';

const ROOT = fileURLToPath(new URL('../../../../', import.meta.url));
const SERVER = 'packages/server/src';
const PAGE = readFileSync(join(ROOT, 'docs/architecture.md'), 'utf8');
const WAYS = [...PAGE.matchAll(/^## (The way of .+)$/gm)].map(([, title = '']) => title);

interface Step {
  readonly file: string;
  readonly how: 'imported' | 'through' | 'started by';
  readonly by: string;
}

test('the floor plan lists every folder of every package, and none that is not there', () => {
  const listed = section('Folders')
    .split('\n')
    .map((line) => /^\| `([^`]+)` \| \S/.exec(line)?.[1])
    .filter((folder) => folder !== undefined)
    .map(pathOf);
  const folders = readdirSync(join(ROOT, 'packages')).flatMap((name) => foldersUnder(`packages/${name}/src`));
  expect(folders.length).toBeGreaterThan(50);
  expect(listed.toSorted()).toEqual(folders.toSorted());
});

test('the floor plan follows a create, a list, a token exchange and a webhook', () => {
  expect(WAYS).toHaveLength(4);
});

describe.each(WAYS)('%s', (title) => {
  const steps = stepsOf(section(title));

  test('goes through files that there are', () => {
    expect(steps.length).toBeGreaterThan(10);
    expect(steps.map(({ file }) => file).filter((file) => !existsSync(join(ROOT, file)))).toEqual([]);
  });

  test('gets to each file from one before it, as the list says', () => {
    const lost = steps.slice(1).filter((step, index) => {
      const before = steps.slice(0, index + 1).map(({ file }) => file);
      return !isReached(step, before);
    });
    expect(lost).toEqual([]);
  });
});

test('the index "Where is …?" and all else on the page name files and folders that there are', () => {
  const index = section('Where is …?')
    .split('\n')
    .filter((line) => line.startsWith('| ') && line.includes('.ts'));
  expect(index.length).toBeGreaterThan(100);
  const named = [...PAGE.matchAll(/`([\w./-]+(?:\.tsx?|\/))`/g)].map(([, path = '']) => pathOf(path));
  expect(named.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
});

function isReached({ file, how, by }: Step, before: readonly string[]): boolean {
  if (how === 'imported') return before.some((other) => importsOf(ROOT, other).run.has(file));
  if (how === 'started by') return startsThread(ROOT, by, file);
  return (
    importsOf(ROOT, file).all.has(by) && before.some((other) => other === by || importsOf(ROOT, other).all.has(by))
  );
}

// A line is "3. `file`: text", or "3. `file`, through `other`: text", or "3. `file`, started by `other`: text".
function stepsOf(text: string): readonly Step[] {
  const lines = text.split('\n').filter((line) => /^\d+\. /.test(line));
  return lines.map((line) => {
    const parts = /^\d+\. `([^`]+)`(?:, (through|started by) `([^`]+)`)?: \S/.exec(line);
    if (parts?.[1] === undefined) throw new Error(`no step of a way: ${line}`);
    const how = parts[2] === 'through' || parts[2] === 'started by' ? parts[2] : 'imported';
    return { file: pathOf(parts[1]), how, by: parts[3] === undefined ? '' : pathOf(parts[3]) };
  });
}

function section(title: string): string {
  const text = PAGE.split(/^## /m).find((part) => part.startsWith(`${title}\n`));
  if (text === undefined) throw new Error(`the page has no section "${title}"`);
  return text;
}

function foldersUnder(folder: string): readonly string[] {
  if (!existsSync(join(ROOT, folder))) return [];
  const below = readdirSync(join(ROOT, folder), { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return [folder, ...below.flatMap((entry) => foldersUnder(`${folder}/${entry.name}`))];
}

/** A path of the page from the root, without a slash at its end. */
function pathOf(written: string): string {
  const path = written.replace(/\/$/, '');
  return path.startsWith('packages/') ? path : `${SERVER}/${path}`;
}
