import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Caller, WireAnswer } from '../harness/caller.js';
import { uniqueText } from '../harness/customers.js';
import { eventually } from '../harness/eventually.js';
import { createPostgresDatabase } from '../harness/postgres-database.js';
import { type Explainer, openExplainer, type PlanNode, planNodes } from '../harness/query-plan.js';
import { startServer, type TestServer } from '../harness/server.js';
import { type SqlRecorder, startSqlRecorder } from '../harness/sql-recorder.js';
import type { TestDatabase } from '../harness/test-database.js';
import { fillCustomers, filledCustomer, MANY } from './million-customers.js';

/** Filling takes half a minute on two cores that have nothing else to do. */
const FILL_TIMEOUT_MS = 600_000;
/** Rows that a page may read: its own, one that tells of another page, and the one that the cursor names. */
const PAGE_ROWS = 23;

let database: TestDatabase;
let recorder: SqlRecorder;
let server: TestServer;
let caller: Caller;
let explainer: Explainer;

interface Plan {
  readonly nodes: readonly PlanNode[];
  readonly text: string;
}

beforeAll(async () => {
  database = await createPostgresDatabase();
  recorder = await startSqlRecorder(database.url);
  server = await startServer({ environment: { COUNTERSIGN_DATABASE_URL: recorder.url } });
  caller = await server.createCaller();
  const [team] = await database.sql(`select id from teams where uuid = '${caller.team.uuid}'`);
  await fillCustomers(database.url, Number(team?.id));
  explainer = await openExplainer(database.url);
  await awaitLooks();
}, FILL_TIMEOUT_MS);

afterAll(async () => {
  await explainer.close();
  await server.stop();
  await recorder.stop();
  await database.remove();
});

/** What the server sends by itself, every few seconds, to see which customers of any team have changed. */
const looks = new Set<string>();

async function awaitLooks(): Promise<void> {
  recorder.take();
  await eventually(() => {
    for (const { text } of recorder.take()) looks.add(text);
    const ofDeleted = /^select .* from "customers" .*"updated_at" < .*"deleted_at" is not null/;
    expect([...looks]).toContainEqual(expect.stringMatching(ofDeleted));
  });
}

/** The plans of every statement on a table that a request sends: those for its values, and those that are kept. */
async function plansOf(table: string, request: () => Promise<WireAnswer>): Promise<Plan[]> {
  recorder.take();
  expect((await request()).status).toBe(200);
  const plans: Plan[] = [];
  for (const statement of recorder.take()) {
    const { text, isPrepared } = statement;
    if (looks.has(text)) continue;
    if (!/^(?:select|with|update)\b/i.test(text) || !new RegExp(`\\b${table}\\b`).test(text)) continue;
    for (const isGeneric of isPrepared ? [false, true] : [false]) {
      const nodes = planNodes(await explainer.explain(statement, { isGeneric, isRun: true }));
      plans.push({ nodes, text });
    }
  }
  expect(plans).not.toEqual([]);
  return plans;
}

/** The indexes that a plan reads, each once. */
function indexesOf({ nodes }: Plan): string[] {
  return [...new Set(nodes.flatMap((node) => node['Index Name'] ?? []))].sort();
}

/** Expects that a plan reads no table whole, and nowhere more than so many rows. */
function expectFewRows({ nodes, text }: Plan, most: number): void {
  for (const node of nodes) {
    const about = `${text}\n${JSON.stringify(node)}`;
    expect(node['Node Type'], about).not.toBe('Seq Scan');
    expect((node['Actual Rows'] ?? 0) + (node['Rows Removed by Filter'] ?? 0), about).toBeLessThanOrEqual(most);
  }
}

describe(`among ${MANY.toLocaleString('en-US')} customers of a team`, () => {
  const one = filledCustomer(777_777);

  test('an access token is looked up by its hash', async () => {
    const other = await server.createCaller({ app: caller.app, team: caller.team });
    for (const plan of await plansOf('access_tokens', () => other.get('/customers', { query: { limit: 1 } }))) {
      expectFewRows(plan, 1);
      expect(indexesOf(plan)).toContain('access_tokens_pkey');
    }
  });

  test('one is found by email through the index of emails', async () => {
    const find = () => caller.get('/customers/find-by-email', { query: { email: one.email } });
    for (const plan of await plansOf('customers', find)) {
      expectFewRows(plan, 1);
      expect(indexesOf(plan)).toEqual(['customers_by_email']);
    }
  });

  test('one is got by UUID through the primary key', async () => {
    const uuid = await uuidOf(one.externalId);
    for (const plan of await plansOf('customers', () => caller.get(`/customers/${uuid}`))) {
      expectFewRows(plan, 1);
      expect(indexesOf(plan)).toEqual(['customers_pkey']);
    }
  });

  test('one is found by external id, and its email and UUID are looked at, each through its index', async () => {
    const upsert = () => caller.put(`/customers/by-external-id/${one.externalId}`, { notes: uniqueText() });
    const plans = await plansOf('customers', upsert);
    for (const plan of plans) expectFewRows(plan, 1);
    expect(new Set(plans.flatMap(indexesOf))).toEqual(
      new Set(['customers_by_email', 'customers_by_external_id', 'customers_pkey']),
    );
  });

  describe.each([
    ['customer', 'customers_by_name'],
    ['email', 'customers_by_email'],
    ['createdAt', 'customers_by_created'],
    ['updatedAt', 'customers_by_updated'],
  ])('a list by %s', (orderBy, index) => {
    test.each(['ASC', 'DESC'])(
      'reads no more than its page from the order\u2019s index, %s',
      async (orderDirection) => {
        const query = { orderBy, orderDirection };
        const { data } = await caller.get('/customers', { query: { ...query, page: 1_000 } });
        const cursor = data.pagination.nextCursor ?? '';
        for (const place of [{}, { cursor }]) {
          const list = () => caller.get('/customers', { query: { ...query, ...place } });
          const [page, ...others] = await plansOf('customers', list);
          expect(others).toEqual([]);
          if (page === undefined) throw new Error('no page was read');
          expectFewRows(page, PAGE_ROWS);
          expect(indexesOf(page)).toEqual([index, 'customers_pkey'].sort());
        }
      },
    );
  });

  test('a rare text is found through the index of texts', async () => {
    const search = () => caller.get('/customers', { query: { search: one.rareText } });
    for (const plan of await plansOf('customers', search)) {
      expectFewRows(plan, 100);
      expect(indexesOf(plan)).toContain('customers_by_search');
    }
  });

  test('what may be the same is looked up through indexes, for all that are asked about at once', async () => {
    const { email, externalId } = one;
    const asked = Array.from({ length: 100 }, (_, index) => ({
      customer: `Trader ${index}`,
      email,
      externalId,
      contacts: [{ email }],
    }));
    const match = () => caller.post('/customers/match', { customers: asked });
    for (const table of ['customer_match_keys', 'customers']) {
      const plans = await plansOf(table, match);
      expect(plans.length).toBeLessThanOrEqual(12);
      for (const plan of plans) expectFewRows(plan, 500);
    }
  });

  test('the groups of duplicates are read from the index of pairs, and no more than a page needs', async () => {
    const first = await caller.get('/customers/duplicates', { query: { limit: 5 } });
    const cursor = (first.data.pagination as { nextCursor: string | null }).nextCursor ?? '';
    for (const place of [{}, { cursor }]) {
      const list = () => caller.get('/customers/duplicates', { query: { limit: 5, ...place } });
      const plans = await plansOf('customer_pairs', list);
      for (const plan of plans) expectFewRows(plan, 500);
      expect(new Set(plans.flatMap(indexesOf))).toContain('customer_pairs_by_doubt');
    }
  });

  test('the total of a list is added up from few rows', async () => {
    const list = () => caller.get('/customers', { query: { limit: 1 } });
    for (const plan of await plansOf('customer_counts', list)) {
      expectFewRows(plan, 4);
      expect(indexesOf(plan)).toEqual(['customer_counts_pkey']);
    }
  });
});

async function uuidOf(externalId: string): Promise<string> {
  const [row] = await database.sql(
    `select customers.uuid from customers join teams on teams.id = team_id
      where external_id = '${externalId}' and teams.uuid = '${caller.team.uuid}'`,
  );
  return String(row?.uuid);
}
