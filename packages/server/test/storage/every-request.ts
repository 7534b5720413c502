import { randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import { getTokens, openScene, postSigned, refresh, tokensOf } from '../harness/authorization.js';
import type { CallOptions, WireAnswer } from '../harness/caller.js';
import { smallCustomer, uniqueEmail, uniqueText } from '../harness/customers.js';
import type { TestServer } from '../harness/server.js';

/** A request that was answered with success. */
export interface AnsweredRequest {
  readonly method: string;
  /** As the partner API has it, with `/partners`. */
  readonly path: string;
}

/**
 * Makes every kind of request that the partner API knows, in the ways that reach the database differently: with and without
 * an idempotency key, where an email is taken, where nothing changes, in each order and by cursor.
 */
export async function makeEveryRequest(server: TestServer): Promise<AnsweredRequest[]> {
  const caller = await server.createCaller();
  const answered: AnsweredRequest[] = [];
  const send: Send = async (method, path, options = {}) => {
    const answer = await caller.send(method, path, options);
    if (answer.status < 300) answered.push({ method, path: `/partners${path.split('?')[0]}` });
    return answer;
  };
  await manageWebhooks(send);
  await watchWebhooks(send);
  await readAndWrite(send);
  await writeInBulk(send);
  await createOrUpdate(send);
  await changeContacts(send);
  await list(send);
  await findDuplicates(send);
  for (const query of ['', '?format=jsonl&search=acme', '?flat=true&status=active']) {
    expect((await send('GET', `/customers/export${query}`)).status).toBe(200);
  }
  await authorize(server, answered);
  return answered;
}

type Send = (method: string, path: string, options?: CallOptions & { readonly body?: unknown }) => Promise<WireAnswer>;

async function create(send: Send, fields?: object): Promise<WireAnswer['data']['customer']> {
  const { status, data } = await send('POST', '/customers', { body: smallCustomer(fields) });
  expect(status).toBe(201);
  return data.customer;
}

// The subscription stays, so that every write afterwards has an event.
async function manageWebhooks(send: Send): Promise<void> {
  const input = { event: 'customer.created', callbackUrl: 'https://crm.example/hooks' };
  for (const event of ['customer.created', 'customer.updated', 'customer.deleted']) {
    expect((await send('POST', '/webhooks', { body: { ...input, event } })).status).toBe(201);
  }
  const { data } = await send('POST', '/webhooks', { body: input });
  const path = `/webhooks/${data.webhook.uuid}`;
  expect((await send('GET', '/webhooks')).status).toBe(200);
  expect((await send('GET', path)).status).toBe(200);
  for (const status of ['paused', 'active']) {
    expect((await send('PATCH', path, { body: { status } })).status).toBe(200);
  }
  expect((await send('POST', `${path}/test`)).status).toBeLessThan(300);
  const { deliveries } = (await send('GET', `${path}/deliveries`)).data;
  const delivery = `${path}/deliveries/${deliveries[0]?.uuid}`;
  expect((await send('POST', `${delivery}/redeliver`)).status).toBe(202);
  const body = { since: '2020-01-01T00:00:00.000Z' };
  expect((await send('POST', `${path}/redeliver`, { body })).status).toBe(202);
  expect((await send('DELETE', path)).status).toBe(200);
}

async function watchWebhooks(send: Send): Promise<void> {
  const { location } = Object.fromEntries((await send('POST', '/webhooks/listeners')).headers);
  const listener = String(location).replace(/^\/partners(.*)\/events$/, '$1');
  await create(send);
  expect((await send('GET', `${listener}/events`)).status).toBe(200);
  expect((await send('POST', `${listener}/acknowledge`, { body: { events: [randomUUID()] } })).status).toBe(200);
  expect((await send('DELETE', listener)).status).toBe(200);
  expect((await send('GET', '/webhooks/attempts')).status).toBe(200);
}

async function readAndWrite(send: Send): Promise<void> {
  const { uuid, email } = await create(send, { externalId: uniqueText() });
  const taken = await create(send);
  const path = `/customers/${uuid}`;
  const headers = { 'idempotency-key': uniqueText('key-') };
  const body = smallCustomer();
  for (const status of [201, 201, 422]) {
    const sent = status === 422 ? smallCustomer() : body;
    expect((await send('POST', '/customers', { body: sent, headers })).status).toBe(status);
  }
  expect((await send('POST', '/customers', { body: smallCustomer({ email }) })).status).toBe(409);
  expect((await send('GET', path)).status).toBe(200);
  expect((await send('GET', `/customers/find-by-email?email=${encodeURIComponent(email)}`)).status).toBe(200);
  expect((await send('PUT', path, { body: { notes: 'New' } })).status).toBe(200);
  expect((await send('PATCH', path, { body: { status: 'inactive' } })).status).toBe(200);
  expect((await send('PATCH', path, { body: { email: uniqueEmail(), externalId: uniqueText() } })).status).toBe(200);
  expect((await send('PATCH', path, { body: { email: taken.email } })).status).toBe(409);
  expect((await send('GET', `${path}/history`)).status).toBe(200);
  for (const query of ['version=1', 'version=3', `at=${new Date().toISOString()}`]) {
    expect((await send('GET', `${path}?${query}`)).status).toBe(200);
  }
  expect((await send('POST', `${path}/revert`, { body: { version: 3 } })).status).toBe(200);
  const merge = { from: [taken.uuid] };
  expect((await send('POST', `${path}/merge`, { body: { ...merge, dryRun: true } })).status).toBe(200);
  expect((await send('POST', `${path}/merge`, { body: merge })).status).toBe(200);
  expect((await send('GET', `/customers/${taken.uuid}`)).status).toBe(404);
  expect((await send('POST', `${path}/unmerge`, { body: { uuid: taken.uuid } })).status).toBe(200);
  const key = { 'idempotency-key': uniqueText('key-') };
  expect((await send('DELETE', path, { headers: key })).status).toBe(200);
  expect((await send('GET', path)).status).toBe(404);
  expect((await send('POST', `${path}/restore`)).status).toBe(200);
  expect((await send('GET', `${path}/disclosure`)).status).toBe(200);
  for (let times = 0; times < 2; times++) expect((await send('POST', `${path}/erase`)).status).toBe(200);
  expect((await send('GET', `${path}/disclosure`)).status).toBe(200);
}

async function writeInBulk(send: Send): Promise<void> {
  const email = uniqueEmail();
  const rows = [smallCustomer({ email }), smallCustomer({ email }), smallCustomer({ externalId: uniqueText() })];
  const { data } = await send('POST', '/customers/bulk', { body: { customers: rows } });
  expect([data.successCount, data.errorCount]).toEqual([2, 1]);
  for (const by of ['email', 'externalId']) {
    const keyed = [...rows, smallCustomer({ externalId: uniqueText() })].map((row) => ({
      ...row,
      notes: uniqueText(),
    }));
    for (const dryRun of [true, false]) {
      expect((await send('PUT', '/customers/bulk', { body: { by, dryRun, customers: keyed } })).status).toBe(201);
    }
  }
  const { data: begun } = await send('POST', '/imports', { body: { name: 'a', total: 2 } });
  const path = `/imports/${begun.import.uuid}`;
  const headers = { 'x-import-id': begun.import.uuid };
  const imported = [
    { externalId: uniqueText(), ...smallCustomer() },
    { ...rows[0], notes: uniqueText() },
  ];
  expect((await send('PUT', '/customers/bulk', { body: { by: 'email', customers: imported }, headers })).status).toBe(
    201,
  );
  expect((await send('POST', '/customers', { body: smallCustomer(), headers })).status).toBe(201);
  const again = [{ ...imported[0], notes: uniqueText() }];
  expect((await send('PUT', '/customers/bulk', { body: { by: 'email', customers: again } })).status).toBe(201);
  expect((await send('GET', '/imports?limit=1')).status).toBe(200);
  expect((await send('GET', path)).status).toBe(200);
  expect((await send('POST', `${path}/finish`)).status).toBe(200);
  expect((await send('POST', '/customers', { body: smallCustomer(), headers })).status).toBe(409);
  expect((await send('POST', `${path}/undo`)).status).toBe(200);
  const atomic = { mode: 'atomic', customers: [smallCustomer(), smallCustomer()] };
  expect((await send('POST', '/customers/bulk', { body: atomic })).status).toBe(201);
  const uuids = data.results.flatMap((result) => (result.success ? [result.customer.uuid] : []));
  for (const mode of [{}, { mode: 'atomic' }]) {
    const customers = uuids.map((uuid) => ({ uuid, notes: uniqueText(), status: 'inactive' }));
    expect((await send('PATCH', '/customers/bulk', { body: { ...mode, customers } })).status).toBeLessThan(300);
  }
}

async function createOrUpdate(send: Send): Promise<void> {
  const byEmail = `/customers/by-email/${encodeURIComponent(uniqueEmail())}`;
  const byId = `/customers/by-external-id/${uniqueText()}`;
  for (const path of [byEmail, byId]) {
    const body = { customer: 'Acme', ...(path === byId ? { email: uniqueEmail() } : {}) };
    for (const status of [201, 200]) expect((await send('PUT', path, { body })).status).toBe(status);
    expect((await send('PUT', path, { body: { customer: 'Other', status: 'inactive' } })).status).toBe(200);
  }
}

async function changeContacts(send: Send): Promise<void> {
  const { uuid } = await create(send);
  const path = `/customers/${uuid}/contacts`;
  const { data } = await send('POST', path, { body: { firstName: 'Thandi', isPrimary: true } });
  const contact = `${path}/${data.contact.uuid}`;
  expect((await send('GET', path)).status).toBe(200);
  expect((await send('PATCH', contact, { body: { phone: '+27 21 555 0100' } })).status).toBe(200);
  expect((await send('DELETE', contact)).status).toBe(200);
}

async function list(send: Send): Promise<void> {
  for (const orderBy of ['customer', 'email', 'createdAt', 'updatedAt']) {
    for (const orderDirection of ['ASC', 'DESC']) {
      const query = { orderBy, orderDirection, limit: 2 };
      const { data } = await send('GET', '/customers', { query });
      const cursor = data.pagination.nextCursor ?? '';
      expect((await send('GET', '/customers', { query: { ...query, cursor } })).status).toBe(200);
    }
  }
  const since = '2020-01-01T00:00:00.000Z';
  for (const query of [
    { search: 'acme' },
    { search: 'ac' },
    { search: 'é', status: 'active' },
    { status: 'inactive', page: 2 },
    { createdSince: since, updatedSince: since },
  ]) {
    expect((await send('GET', '/customers', { query })).status).toBe(200);
  }
}

// One is looked for by all that may be looked up, and some have their keys by now.
async function findDuplicates(send: Send): Promise<void> {
  const mainPhone = '+27 21 555 0100';
  const [one, other] = [await create(send, { mainPhone }), await create(send, { mainPhone, externalId: uniqueText() })];
  const contacts = [{ email: uniqueEmail() }];
  const body = {
    customers: [{ customer: 'Acme', email: other.email, mainPhone, externalId: other.externalId, contacts }],
  };
  expect((await send('POST', '/customers/match', { body })).status).toBe(200);
  expect((await send('GET', `/customers/${one.uuid}/duplicates`)).status).toBe(200);
  const declared = await send('POST', `/customers/${one.uuid}/not-duplicates`, { body: { uuids: [other.uuid] } });
  expect(declared.status).toBe(200);
  expect((await send('GET', '/customers/duplicates')).status).toBe(200);
}

async function authorize(server: TestServer, answered: AnsweredRequest[]): Promise<void> {
  const scene = await openScene(server);
  const first = await getTokens(server, scene);
  const second = tokensOf(await refresh(server, scene.app, first.refreshToken));
  const body = { token: second.refreshToken };
  expect((await postSigned(server, scene.app, { path: '/revoke-token', body })).status).toBe(200);
  for (const path of ['/grant-access-token', '/refresh-user-access-token', '/revoke-token']) {
    answered.push({ method: 'POST', path: `/partners${path}` });
  }
  for (const page of ['/account', '/account/password']) {
    expect((await scene.person.get(page)).status).toBeLessThan(400);
  }
  expect((await fetch(`${server.url}/readyz`)).status).toBe(200);
}
