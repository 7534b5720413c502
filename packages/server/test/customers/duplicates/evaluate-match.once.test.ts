import { readFileSync } from 'node:fs';
import type { DuplicateCandidate } from '@countersign/contract';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { SURE_SCORE } from '../../../src/customers/duplicates/rules/duplicate-rules.js';
import type { Caller } from '../../harness/caller.js';
import { startServer, type TestServer } from '../../harness/server.js';
import { type Candidate, makeFamilies } from './twins.js';

/** Most customers of one request. */
const AT_ONCE = 100;
const SCORES = [0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95, 0.99];

const families = makeFamilies();
let server: TestServer;
let caller: Caller;

/** What `match` found for one that was asked about. */
interface Finding {
  readonly score: number;
  readonly isRight: boolean;
}

beforeAll(async () => {
  server = await startServer();
  caller = await server.createCaller();
  const customers = families.map(({ original }) => original);
  expect((await caller.post('/customers/bulk', { customers })).data.successCount).toBe(customers.length);
});
afterAll(() => server.stop());

async function match(customers: readonly Candidate[]): Promise<DuplicateCandidate[][]> {
  const answers: DuplicateCandidate[][] = [];
  for (let index = 0; index < customers.length; index += AT_ONCE) {
    const { data } = await caller.client.customers.match(customers.slice(index, index + AT_ONCE));
    answers.push(...data.map(({ candidates }) => candidates));
  }
  return answers;
}

async function findAll(): Promise<Finding[]> {
  const found = await match(families.flatMap(({ twins, lookalikes }) => [...twins, ...lookalikes]));
  const findings: Finding[] = [];
  for (const { original, twins, lookalikes } of families) {
    for (const index of [...twins, ...lookalikes].keys()) {
      for (const { email, score } of found.shift() ?? []) {
        findings.push({ score, isRight: index < twins.length && email === original.email });
      }
    }
  }
  return findings;
}

test('match is right where it is sure, finds nine twins of ten, and the page on duplicates says how well it does', async () => {
  const twins = families.flatMap((family) => family.twins).length;
  const findings = await findAll();
  const measured = SCORES.map((score) => {
    const told = findings.filter((finding) => finding.score >= score);
    const right = told.filter(({ isRight }) => isRight).length;
    return { score, precision: right / told.length, recall: right / twins, wrong: told.length - right };
  });
  expect(measured.find(({ score }) => score === SURE_SCORE)?.precision).toBeGreaterThanOrEqual(0.99);
  expect(measured[0]?.recall).toBeGreaterThanOrEqual(0.9);
  const rows = measured.map(
    ({ score, precision, recall, wrong }) => `| ${score} | ${precision.toFixed(3)} | ${recall.toFixed(3)} | ${wrong} |`,
  );
  console.info(rows.join('\n'));
  const page = readFileSync(new URL('../../../../../docs/duplicates.md', import.meta.url), 'utf8');
  expect(page).toContain(rows.join('\n'));
});
