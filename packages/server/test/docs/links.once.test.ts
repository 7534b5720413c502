import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const ROOT = fileURLToPath(new URL('../../../../', import.meta.url));
const PAGES = [
  'README.md',
  'CONTRIBUTING.md',
  'CHANGELOG.md',
  'packages/client/README.md',
  ...readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];

test.each(PAGES)('every link of %s leads to a file, and to a heading of it', (page) => {
  const broken = linksOf(page).filter((link) => !leadsSomewhere(page, link));
  expect(broken).toEqual([]);
});

test('every source file that a page names is there', () => {
  const files = readdirSync(join(ROOT, 'packages'), { encoding: 'utf8' })
    .flatMap((name) => [`packages/${name}/src`, `packages/${name}/test`])
    .filter((folder) => existsSync(join(ROOT, folder)))
    .flatMap((folder) =>
      readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' }).map((name) => `/${folder}/${name}`),
    );
  expect(files.length).toBeGreaterThan(300);
  const gone = PAGES.flatMap((page) =>
    [...proseOf(page).matchAll(/`(?!scripts|examples)([\w-]+\/[\w./-]+\.(?:tsx?))`/g)]
      .filter(([, path = '']) => !files.some((file) => file.endsWith(`/${path}`)))
      .map(([, path]) => `${page}: ${path}`),
  );
  expect(gone).toEqual([]);
});

test('the README leads to every page of the documentation', () => {
  const pages = PAGES.filter((page) => /^docs\/[^/]+\.md$/.test(page));
  expect(pages.length).toBeGreaterThan(15);
  const linked = new Set(linksOf('README.md').map((link) => link.split('#')[0]));
  expect(pages.filter((page) => !linked.has(page))).toEqual([]);
});

function leadsSomewhere(page: string, link: string): boolean {
  const [path = '', anchor] = link.split('#');
  const file = path === '' ? page : join(dirname(page), path);
  if (!existsSync(join(ROOT, file))) return false;
  return anchor === undefined || anchorsOf(file).has(anchor);
}

/** The links that stay within the repository. */
function linksOf(page: string): readonly string[] {
  const links = [...proseOf(page).matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = '']) => link);
  return links.filter((link) => !/^[a-z]+:/.test(link));
}

/** The headings of a page, as GitHub makes anchors of them; a second one of the same words has a number behind it. */
function anchorsOf(page: string): ReadonlySet<string> {
  const anchors = new Set<string>();
  for (const [, heading = ''] of proseOf(page).matchAll(/^#+ (.+)$/gm)) {
    const words = heading.toLowerCase().replaceAll(/[^\p{L}\p{N} _-]/gu, '');
    const anchor = words.replaceAll(' ', '-');
    let name = anchor;
    for (let count = 1; anchors.has(name); count += 1) name = `${anchor}-${count}`;
    anchors.add(name);
  }
  return anchors;
}

function proseOf(page: string): string {
  return readFileSync(join(ROOT, page), 'utf8').replaceAll(/^```.*?^```$/gms, '');
}
