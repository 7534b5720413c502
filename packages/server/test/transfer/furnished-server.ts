import { DatabaseSync } from '@photostructure/sqlite';
import { expect } from 'vitest';
import { getCode, getTokens, openScene, refresh, type Scene, type Tokens, tokensOf } from '../harness/authorization.js';
import type { Caller, WireAnswer } from '../harness/caller.js';
import { smallCustomer, uniqueText } from '../harness/customers.js';
import { eventually } from '../harness/eventually.js';
import { startServer, type TestServer } from '../harness/server.js';
import { databaseFileOf } from '../harness/sqlite-database.js';

/** What an SQLite server held when it was stopped. */
export interface Furnished {
  readonly server: TestServer;
  readonly url: string;
  readonly callers: readonly Caller[];
  /** UUIDs of deleted customers of the first caller. */
  readonly deleted: readonly string[];
  /** Answers to keyed writes, by key. */
  readonly keyed: ReadonlyMap<string, WireAnswer>;
  readonly scene: Scene;
  readonly tokens: Tokens;
  /** A code that was given and not yet exchanged. */
  readonly code: string;
}

/** Texts that end a value, a line or a row somewhere, or that no common encoding has. */
const ODD_TEXTS = [
  'tab\there',
  'line\nfeed',
  'back\\slash\\n',
  '\\N',
  '\\.',
  'carriage\rreturn',
  '東京 🏯',
  'quo\'te"s',
  ' ',
];

/** The body that every keyed write sends again. */
export function keyedBody(key: string): object {
  return { customer: `Keyed ${key}`, email: `${key}@acme.example` };
}

/**
 * Starts a server on SQLite, lets it store something of everything that it can, and stops it: teams, people, apps with two
 * secrets, a disabled app, invitations, sessions, codes, rotated tokens, customers live, deleted and alike, kept answers,
 * a subscription with a delivery that nobody took.
 */
export async function furnishSqliteServer(folder: string): Promise<Furnished> {
  const url = `sqlite:${folder}/source.db`;
  const server = await startServer({
    environment: { COUNTERSIGN_DATABASE_URL: url, COUNTERSIGN_ALLOW_PRIVATE_CALLBACKS: 'true' },
  });
  const callers = [await server.createCaller(), await server.createCaller()] as const;
  const [deleted = []] = [await storeCustomers(callers[0]), await storeCustomers(callers[1])];
  const keyed = await storeKeyed(callers);
  await storeDuplicates(server, callers[0]);
  await storeMerge(callers[0]);
  await storeImport(callers[0]);
  await storeDelivery(callers[0]);
  const scene = await openScene(server);
  await server.make(['user', 'invite', '--email', `${uniqueText()}@acme.example`, '--team', scene.team.uuid]);
  await server.make(['app', 'rotate-secret', '--client-id', scene.app.clientId]);
  const disabled = await server.createApp({ rateLimit: 7 });
  await server.make(['app', 'disable', '--client-id', disabled.clientId]);
  const tokens = tokensOf(await refresh(server, scene.app, (await getTokens(server, scene)).refreshToken));
  const code = await getCode(server, scene);
  await server.end('SIGTERM');
  return { server, url, callers, deleted, keyed, scene, tokens, code };
}

/** Stores customers, changes some and deletes some; gives those that are deleted. */
async function storeCustomers(caller: Caller): Promise<string[]> {
  const deleted: string[] = [];
  for (const [index, text] of ODD_TEXTS.entries()) {
    const fields = { customer: `Acme ${text}`, notes: text, externalId: `ext-${index}`, metadata: { [text]: text } };
    const { status, data, body } = await caller.post('/customers', smallCustomer(fields));
    if (status !== 201) throw new Error(`not stored: ${JSON.stringify(body)}`);
    const path = `/customers/${data.customer.uuid}`;
    if (index % 3 === 1) await caller.patch(path, { status: 'inactive', notes: null });
    if (index % 3 === 2) {
      await caller.delete(path);
      deleted.push(data.customer.uuid);
    }
  }
  return deleted;
}

async function storeKeyed(callers: readonly Caller[]): Promise<Map<string, WireAnswer>> {
  const keyed = new Map<string, WireAnswer>();
  for (const caller of callers) {
    const key = uniqueText('key-');
    keyed.set(key, await caller.post('/customers', keyedBody(key), { headers: { 'idempotency-key': key } }));
  }
  return keyed;
}

/** Stores four customers of one name, of which two are declared different, and lets the server look for pairs. */
async function storeDuplicates(server: TestServer, caller: Caller): Promise<void> {
  const uuids: string[] = [];
  for (let count = 0; count < 4; count++) {
    const { data } = await caller.post('/customers', smallCustomer({ customer: 'Twin Brothers' }));
    uuids.push(data.customer.uuid);
  }
  const database = new DatabaseSync(databaseFileOf(server), { timeout: 10_000 });
  database.exec('update customers set updated_at = updated_at - 60000');
  database.close();
  expect((await caller.get('/customers/duplicates')).text).toContain('Twin Brothers');
  const [first, ...others] = uuids;
  await caller.post(`/customers/${first}/not-duplicates`, { uuids: others.slice(0, 1) });
}

/** Stores a customer that is merged into another. */
async function storeMerge(caller: Caller): Promise<void> {
  const [kept, other] = [
    await caller.post('/customers', smallCustomer()),
    await caller.post('/customers', smallCustomer()),
  ];
  const path = `/customers/${kept.data.customer.uuid}/merge`;
  expect((await caller.post(path, { from: [other.data.customer.uuid] })).status).toBe(200);
}

/** Stores a customer by an import. */
async function storeImport(caller: Caller): Promise<void> {
  const { data } = await caller.post('/imports', { name: 'A batch' });
  const headers = { 'x-import-id': data.import.uuid };
  expect((await caller.post('/customers', smallCustomer(), { headers })).status).toBe(201);
}

/** Subscribes an address that nobody listens at, makes an event, and waits for the first attempt to deliver it. */
async function storeDelivery(caller: Caller): Promise<void> {
  const callbackUrl = 'http://127.0.0.1:1/hook';
  const webhook = await caller.post('/webhooks', { event: 'customer.created', callbackUrl });
  const { uuid } = (webhook.data as unknown as { webhook: { uuid: string } }).webhook;
  await caller.post('/customers', smallCustomer());
  await eventually(async () => expect((await caller.get(`/webhooks/${uuid}/deliveries`)).text).toContain('durationMs'));
}
