import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PLACEMENTS } from '../../src/storage/postgres/schema/placements.js';
import { operationsUnder, readDocument } from '../docs/open-api-document.js';
import { eventually } from '../harness/eventually.js';
import { createPostgresDatabase } from '../harness/postgres-database.js';
import { type Explainer, openExplainer, type PlanNode, planNodes } from '../harness/query-plan.js';
import { startServer, type TestServer } from '../harness/server.js';
import { type SentStatement, type SqlRecorder, startSqlRecorder } from '../harness/sql-recorder.js';
import type { TestDatabase } from '../harness/test-database.js';
import { LOCAL_WEBHOOKS } from '../webhooks/webhook-caller.js';
import { type AnsweredRequest, makeEveryRequest } from './every-request.js';

/** Every request is made once, one after the other. */
const REQUESTS_TIMEOUT_MS = 240_000;

let database: TestDatabase;
let recorder: SqlRecorder;
let server: TestServer;
let explainer: Explainer;
let answered: AnsweredRequest[];
let plans: Plan[];

/** What a statement on a request's path does. */
interface Plan {
  readonly text: string;
  readonly nodes: readonly PlanNode[];
}

beforeAll(async () => {
  database = await createPostgresDatabase();
  recorder = await startSqlRecorder(database.url);
  server = await startServer({
    environment: { COUNTERSIGN_DATABASE_URL: recorder.url, ...LOCAL_WEBHOOKS, COUNTERSIGN_DELIVER_WEBHOOKS: 'false' },
  });
  explainer = await openExplainer(database.url);
  const housekeeping = await awaitHousekeeping();
  answered = await makeEveryRequest(server);
  const statements = recorder.take().filter(({ text }) => !housekeeping.has(text) && !isControl(text));
  plans = await explainAll(statements);
}, REQUESTS_TIMEOUT_MS);

afterAll(async () => {
  await explainer.close();
  await server.stop();
  await recorder.stop();
  await database.remove();
});

/** What the server does by itself when it starts, for all teams at once. It ends by looking for old deliveries. */
async function awaitHousekeeping(): Promise<Set<string>> {
  const texts = new Set<string>();
  await eventually(() => {
    for (const { text } of recorder.take()) texts.add(text);
    expect([...texts]).toContainEqual(expect.stringMatching(/^select .* from "webhooks"/));
  });
  return texts;
}

/** Statements that begin and end transactions, and those that name no row. */
function isControl(text: string): boolean {
  return /^(?:begin|commit|rollback|savepoint|release|set|analyze|fetch|close)\b/.test(text);
}

/** The statement whose rows a cursor fetches; any other as it is. */
function withoutCursor(text: string): string {
  return text.replace(/^declare \w+ no scroll cursor for /, '');
}

async function explainAll(statements: readonly SentStatement[]): Promise<Plan[]> {
  const explained = new Map<string, Plan>();
  for (const statement of statements) {
    const text = withoutCursor(statement.text);
    if (!explained.has(text))
      explained.set(text, { text, nodes: planNodes(await explainer.explain({ ...statement, text })) });
  }
  return [...explained.values()];
}

function placementOf(table: string): string | undefined {
  return Object.entries(PLACEMENTS).find(([name]) => name === table)?.[1];
}

function tablesOf({ nodes }: Plan): string[] {
  return nodes.flatMap((node) => node['Relation Name'] ?? []);
}

/** The plans that touch a table that is spread by team. */
function spreadPlans(): Plan[] {
  return plans.filter((plan) => tablesOf(plan).some((table) => placementOf(table) === 'distributed'));
}

const ONE_TEAM = /\bteam_id = '\d+'::bigint/;

/** Whether a step reads the rows of one given team only. */
function namesTeam(node: PlanNode): boolean {
  return [node['Index Cond'], node['Recheck Cond'], node.Filter].some(
    (text) => text !== undefined && ONE_TEAM.test(text),
  );
}

/** Whether the first column of what a step stores, which in each such table is the team, is one given number. */
function storesOneTeam({ Plans: sources = [] }: PlanNode): boolean {
  const source = sources.find((plan) => !/^(?:InitPlan|SubPlan)$/.test(plan['Parent Relationship'] ?? ''));
  const first = source?.Output?.[0];
  if (source === undefined || first === undefined) return false;
  if (/^'\d+'::bigint$/.test(first)) return true;
  // A column of what it reads, which has the same first column.
  return /^[\w"*]+\.\w+$/.test(first) && storesOneTeam(source);
}

describe('the statements that requests send', () => {
  test('are those of every route of the partner API', async () => {
    const operations = operationsUnder(await readDocument(server.url), '/partners/');
    const missing = operations.filter(({ method, path }) => {
      const pattern = new RegExp(`^${path.replaceAll(/\{\w+\}/g, '[^/]+')}$`);
      return !answered.some((request) => request.method === method && pattern.test(request.path));
    });
    expect(missing.map(({ method, path }) => `${method} ${path}`)).toEqual([]);
  });

  test('touch every table that is spread by team', () => {
    const spread = Object.entries(PLACEMENTS).flatMap(([table, at]) => (at === 'distributed' ? [table] : []));
    const touched = new Set(spreadPlans().flatMap(tablesOf));
    expect(spread.filter((table) => !touched.has(table))).toEqual([]);
  });

  test('read of a table that is spread by team the rows of one team, by its number', () => {
    for (const { text, nodes } of spreadPlans()) {
      for (const node of nodes.filter(isScan)) {
        if (placementOf(node['Relation Name'] ?? '') !== 'distributed') continue;
        expect(namesTeam(node), `${text}\n${JSON.stringify(node)}`).toBe(true);
      }
    }
  });

  test('store rows of one team, by its number', () => {
    for (const { text, nodes } of spreadPlans()) {
      for (const node of nodes) {
        if (node.Operation !== 'Insert' || placementOf(node['Relation Name'] ?? '') !== 'distributed') continue;
        expect(storesOneTeam(node), `${text}\n${JSON.stringify(node)}`).toBe(true);
      }
    }
  });

  test('join what is spread by team with nothing that lies on the coordinator alone', () => {
    for (const plan of spreadPlans()) {
      expect(tablesOf(plan).map(placementOf), plan.text).not.toContain('coordinator');
    }
  });
});

function isScan(node: PlanNode): boolean {
  return / Scan$/.test(node['Node Type']) && node['Node Type'] !== 'Bitmap Index Scan';
}
