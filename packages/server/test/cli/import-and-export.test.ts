import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Customer } from '@countersign/contract';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CORPUS } from '../../../tabular/test/corpus-expectations.js';
import type { Caller, Team } from '../harness/caller.js';
import { smallCustomer, uniqueEmail, uniqueText } from '../harness/customers.js';
import { expectWrongUsage } from '../harness/expect-wrong-usage.js';
import { makeTemporaryFolder, type Outcome, removeFolder, runProgram, spawnProgram } from '../harness/program.js';
import { startServer, type TestServer } from '../harness/server.js';

const CORPUS_FOLDER = fileURLToPath(new URL('../../../tabular/test/corpus/', import.meta.url));

let server: TestServer;
let folder: string;

beforeAll(async () => {
  server = await startServer();
  folder = makeTemporaryFolder();
});
afterAll(async () => {
  await server.stop();
  removeFolder(folder);
});

const credentialsOf = ({ app, accessToken }: Caller) => ({
  COUNTERSIGN_URL: server.url,
  COUNTERSIGN_CLIENT_ID: app.clientId,
  COUNTERSIGN_CLIENT_SECRET: app.clientSecret,
  COUNTERSIGN_ACCESS_TOKEN: accessToken,
});

const runAs = (by: Caller, args: readonly string[]): Promise<Outcome> =>
  runProgram(args, { environment: credentialsOf(by) });

const runOn = (team: Team, args: readonly string[]): Promise<Outcome> =>
  runProgram([...args, '--team', team.uuid], { environment: server.environment });

function write(content: string, name = `${uniqueText()}.csv`): string {
  const file = join(folder, name);
  writeFileSync(file, content);
  return file;
}

const documentOf = ({ stdout }: Outcome) => JSON.parse(stdout);

async function customersOf(by: Caller): Promise<Customer[]> {
  const { text } = await by.get('/customers/export', { query: { format: 'jsonl' } });
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line): Customer => JSON.parse(line))
    .sort((one, other) => (one.email < other.email ? -1 : 1));
}

const contentsOf = async (by: Caller) =>
  (await customersOf(by)).map(({ uuid, id, createdAt, updatedAt, version, contacts, ...fields }) => ({
    ...fields,
    contacts: contacts.map(({ uuid: _, ...contact }) => contact),
  }));

const csvOf = (rows: number, prefix: string) =>
  `Name;E-Mail;Ort\n${Array.from({ length: rows }, (_, row) => `Kunde ${row};${prefix}${row}@acme.example;Köln\n`).join('')}`;

describe('what a team exports, an empty team imports, field by field', () => {
  const forms: readonly (readonly string[])[] = [
    ['--format', 'csv'],
    ['--format', 'csv', '--flat'],
    ['--format', 'jsonl'],
  ];
  test.each(
    forms.flatMap((form) => [
      { form, way: 'wire' },
      { form, way: 'database' },
    ]),
  )('$form, by the $way', async ({ form, way }) => {
    const [from, to] = [await server.createCaller(), await server.createCaller()];
    const metadata = Object.fromEntries(Array.from({ length: 50 }, (_, key) => [`key ${key}`, `0${key}\n"x"`]));
    const contacts = Array.from({ length: 100 }, (_, index) => ({ name: `أحمد ${index}`, phone: `00${index}` }));
    for (const fields of [
      { customer: 'Zoë 🦓 GmbH', metadata },
      { contacts, notes: '=1+1' },
      { externalId: '000123' },
    ]) {
      expect((await from.post('/customers', smallCustomer(fields))).status).toBe(201);
    }
    const run = (by: Caller, args: readonly string[]) => (way === 'wire' ? runAs(by, args) : runOn(by.team, args));
    const file = join(folder, uniqueText());
    const exported = await run(from, ['export', file, ...form, '--json']);
    expect(documentOf(exported)).toMatchObject({ file });
    expect(existsSync(`${file}.part`)).toBe(false);
    const imported = await run(to, ['import', file, '--json']);
    expect([imported.exitCode, documentOf(imported)]).toMatchObject([0, { created: 3, failed: 0, rejectedFile: null }]);
    expect(await contentsOf(to)).toEqual(await contentsOf(from));
    const printed = await run(to, ['export', ...form]);
    expect(printed.exitCode).toBe(0);
    expect(printed.stdout).toContain('000123');
  });
});

test('rows that are rejected are kept with their reasons, to be mended and imported', async () => {
  const by = await server.createCaller();
  const good = uniqueEmail();
  const file = write(`Name,Email,Website\nAcme,${good},\nBolt,no-address,\n,${uniqueEmail()},\n`);
  const first = await runAs(by, ['import', file, '--json']);
  expect([first.exitCode, documentOf(first)]).toMatchObject([
    1,
    { created: 1, failed: 2, rejectedFile: `${file}.rejected.csv` },
  ]);
  const rejected = readFileSync(`${file}.rejected.csv`, 'utf8');
  expect(rejected).toContain('Bolt,no-address,,email must be');
  writeFileSync(`${file}.rejected.csv`, rejected.replace('no-address', uniqueEmail()).replace(/\n,/, '\nCato,'));
  const second = await runAs(by, ['import', `${file}.rejected.csv`, '--json']);
  expect([second.exitCode, documentOf(second)]).toMatchObject([0, { created: 2, failed: 0 }]);
  expect((await customersOf(by)).map(({ customer }) => customer).sort()).toEqual(['Acme', 'Bolt', 'Cato']);
});

test('a dry run tells what would happen, and writes nothing', async () => {
  const by = await server.createCaller();
  const { email } = (await by.post('/customers', smallCustomer())).data.customer;
  const file = write(`Name,Email\nNew name,${email}\nOther,${uniqueEmail()}\nBad,x\n`);
  const outcome = await runAs(by, ['import', file, '--dry-run', '--json']);
  expect([outcome.exitCode, documentOf(outcome)]).toMatchObject([
    1,
    { dryRun: true, created: 1, updated: 1, failed: 1 },
  ]);
  expect((await customersOf(by)).map(({ customer }) => customer)).toEqual(['Acme Trading']);
  expect((await by.get('/imports')).data.imports).toEqual([]);
});

test.each([
  { onExisting: 'update', counts: { created: 1, updated: 1, skipped: 0, failed: 0 } },
  { onExisting: 'skip', counts: { created: 1, updated: 0, skipped: 1, failed: 0 } },
  { onExisting: 'fail', counts: { created: 1, updated: 0, skipped: 0, failed: 1 } },
])('rows about customers that are there: $onExisting', async ({ onExisting, counts }) => {
  const by = await server.createCaller();
  const { email } = (await by.post('/customers', smallCustomer())).data.customer;
  const file = write(`Name,Email\nNew name,${email}\nOther,${uniqueEmail()}\n`);
  expect(documentOf(await runAs(by, ['import', file, '--on-existing', onExisting, '--json']))).toMatchObject(counts);
});

describe('an import that is killed again and again', () => {
  test.each(['wire', 'database'])('goes on where it was, and doubles nothing, by the %s', async (way) => {
    const by = await server.createCaller();
    const file = write(csvOf(2_000, uniqueText()));
    const args = ['import', file, '--json', '--no-check', ...(way === 'wire' ? [] : ['--team', by.team.uuid])];
    const environment = way === 'wire' ? credentialsOf(by) : server.environment;
    let farthest = -1;
    for (let kill = 0; kill < 3; kill++) {
      const child = spawnProgram(args, { environment });
      const ended = new Promise((resolve) => child.once('close', resolve));
      await expect.poll(() => doneRows(file) > farthest, { interval: 5, timeout: 60_000 }).toBe(true);
      child.kill('SIGKILL');
      await ended;
      farthest = doneRows(file);
    }
    const outcome = await runProgram(args, { environment });
    expect(outcome.stderr).toContain('Going on behind row');
    const { created, updated, unchanged, failed } = documentOf(outcome);
    expect([outcome.exitCode, created + unchanged, updated, failed]).toEqual([0, 2_000, 0, 0]);
    expect((await customersOf(by)).length).toBe(2_000);
    expect((await by.get('/imports')).data.imports.map(({ status }) => status)).toEqual(['finished']);
    expect(existsSync(`${file}.import`)).toBe(false);
  });
});

function doneRows(file: string): number {
  return existsSync(`${file}.import`) ? JSON.parse(readFileSync(`${file}.import`, 'utf8')).doneRows : -1;
}

test('two people who import the same at once double nothing', async () => {
  const by = await server.createCaller();
  const content = csvOf(300, uniqueText());
  const outcomes = await Promise.all(
    [write(content), write(content)].map((file) => runAs(by, ['import', file, '--json'])),
  );
  expect(outcomes.map(({ exitCode }) => exitCode)).toEqual([0, 0]);
  expect((await customersOf(by)).length).toBe(300);
});

test.each([
  'german-semicolon.csv',
  'hubspot-contacts.csv',
  'xero-contacts.csv',
  'shopify-customers.csv',
  'json-lines.jsonl',
  'right-to-left.csv',
])('%s of the corpus is loaded, and undone', async (name) => {
  const by = await server.createCaller();
  const file = write('', name);
  writeFileSync(file, readFileSync(join(CORPUS_FOLDER, name)));
  const outcome = await runAs(by, ['import', file, '--json']);
  const { created, failed, import: uuid } = documentOf(outcome);
  expect(created).toBeGreaterThan(0);
  expect(created + failed).toBe(CORPUS[name]?.customers.length);
  expect((await by.client.imports.undo(uuid)).data).toMatchObject({ undone: created, kept: [], hasMore: false });
  expect(await customersOf(by)).toEqual([]);
});

test('a mapping that was saved is used', async () => {
  const by = await server.createCaller();
  const file = write(`Firma,Kontakt\nAcme,${uniqueEmail()}\n`);
  const map = join(folder, `${uniqueText()}.json`);
  await runAs(by, ['import', file, '--dry-run', '--save-map', map]);
  const mapping = JSON.parse(readFileSync(map, 'utf8'));
  const columns = [
    { column: 'Firma', field: 'customer' },
    { column: 'Kontakt', field: 'email' },
  ];
  writeFileSync(map, JSON.stringify({ ...mapping, columns, unmapped: [] }));
  expect(documentOf(await runAs(by, ['import', file, '--map', map, '--json']))).toMatchObject({ created: 1 });
});

test('bad bytes far down are told with their place before anything is written', async () => {
  const by = await server.createCaller();
  const file = write(`${csvOf(300, uniqueText())}"never closed;x\n`);
  const { exitCode, stdout, stderr } = await runAs(by, ['import', file]);
  expect([exitCode, stdout]).toEqual([1, '']);
  expect(stderr).toMatch(/\ncountersign: .*, line 302, column 1: .* quote .*\.\n$/);
  expect(await customersOf(by)).toEqual([]);
});

test.each([
  ['import'],
  ['import', 'x.csv', '--by', 'name'],
  ['import', 'x.csv', '--header-row', 'one'],
  ['export', '--json'],
  ['export', '--format', 'xlsx'],
  ['export', '--format', 'jsonl', '--flat'],
])('%s %s %s is wrong usage', async (...args) => {
  expectWrongUsage(await runProgram(args.filter((arg) => arg !== undefined)));
});
