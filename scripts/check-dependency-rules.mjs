// @ts-check
/**
 * Checks that the sources keep the directions of .dependency-cruiser.cjs, and that the rules still bite.
 *
 * A cruise that reads nothing passes, and so does a rule whose path no longer fits. So this also fails when a source file
 * was not read, and when the fixture's violations are not exactly those that the comments behind its imports name.
 *
 * Usage, after a build: node scripts/check-dependency-rules.mjs
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const fixture = join(root, 'scripts/dependency-rules-fixture');
const configFile = join(root, '.dependency-cruiser.cjs');
const cruiser = join(root, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs');

/** @type {import('dependency-cruiser').IConfiguration} */
const config = createRequire(import.meta.url)(configFile);
const comments = new Map((config.forbidden ?? []).map((rule) => [rule.name ?? '', rule.comment]));

const complaints = [...checkSources(), ...checkFixture()];
for (const complaint of complaints) {
  console.error(complaint);
}
process.exitCode = complaints.length === 0 ? 0 : 1;

function checkSources() {
  const files = sourceFiles(root);
  const modules = cruise(root);
  const read = new Set(modules.map((module) => module.source));
  const unread = files.filter((file) => !read.has(file));
  if (files.length === 0 || unread.length > 0) {
    return [`The cruise read ${files.length - unread.length} of ${files.length} source files.`, ...unread];
  }
  console.log(`dependency rules: ${files.length} source files read, ${comments.size} rules`);
  return violations(modules).map((violation) => `${sentence(violation)}. ${comments.get(violation.rule)}`);
}

function checkFixture() {
  const expected = expectedViolations();
  const found = violations(cruise(fixture)).map(sentence);
  const untried = [...comments.keys()].filter((rule) => !expected.some((line) => line.endsWith(` breaks ${rule}`)));
  return [
    ...expected.filter((line) => !found.includes(line)).map((line) => `fixture, not reported: ${line}`),
    ...found.filter((line) => !expected.includes(line)).map((line) => `fixture, reported but allowed: ${line}`),
    ...untried.map((rule) => `fixture, no import breaks ${rule}`),
  ];
}

/** @param {{ from: string, to: string, rule: string }} violation with an empty `to` when the file alone breaks the rule */
function sentence({ from, to, rule }) {
  return to === '' ? `${from} breaks ${rule}` : `${from} imports '${to}', which breaks ${rule}`;
}

/** What the comments in the fixture promise: `import './x.js'; // rule, other-rule`. */
function expectedViolations() {
  return sourceFiles(fixture).flatMap((from) =>
    readFileSync(join(fixture, from), 'utf8')
      .split('\n')
      .map((line) => /^(?:import '(?<to>[^']+)'; )?\/\/ (?<rules>.+)$/.exec(line)?.groups)
      .flatMap((found) => (found?.rules ?? '').split(', ').map((rule) => ({ to: found?.to ?? '', rule })))
      .filter(({ rule }) => rule !== '')
      .map(({ to, rule }) => sentence({ from, to, rule })),
  );
}

/**
 * Every source file of every package below a directory.
 *
 * @param {string} directory
 */
function sourceFiles(directory) {
  return readdirSync(join(directory, 'packages'))
    .map((name) => `packages/${name}/src`)
    .filter((source) => existsSync(join(directory, source)))
    .flatMap((source) =>
      readdirSync(join(directory, source), { recursive: true, encoding: 'utf8' })
        .filter((name) => /\.tsx?$/.test(name) && !/\.(?:d|test)\.ts$/.test(name))
        .map((name) => `${source}/${name.replaceAll('\\', '/')}`),
    );
}

/**
 * The modules below a directory, with the rules that each of their imports breaks.
 *
 * @param {string} directory
 * @returns {import('dependency-cruiser').IModule[]}
 */
function cruise(directory) {
  const sources = [...new Set(sourceFiles(directory).map((file) => file.split('/').slice(0, 3).join('/')))];
  const run = spawnSync(process.execPath, [cruiser, '--config', configFile, '--output-type', 'json', ...sources], {
    cwd: directory,
    encoding: 'utf8',
    maxBuffer: 100 * 1024 * 1024,
  });
  if (!run.stdout.startsWith('{')) {
    throw new Error(`dependency-cruiser failed in ${directory}: ${run.stderr}${run.stdout}`);
  }
  return JSON.parse(run.stdout).modules;
}

/**
 * The rules broken by each import, and by each module on its own.
 *
 * @param {import('dependency-cruiser').IModule[]} modules
 */
function violations(modules) {
  return modules.flatMap((module) => [
    ...(module.rules ?? []).map(({ name }) => ({ from: module.source, to: '', rule: name })),
    ...module.dependencies.flatMap((dependency) =>
      (dependency.rules ?? []).map(({ name }) => ({
        from: module.source,
        to: `${dependency.protocol ?? ''}${dependency.module}`,
        rule: name,
      })),
    ),
  ]);
}
