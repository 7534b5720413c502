import type { Customer } from '@countersign/contract';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Caller, WireAnswer } from '../harness/caller.js';
import { uniqueText } from '../harness/customers.js';
import { type Random, seededRandom, seedFrom } from '../harness/random.js';
import { startTwoServers, type TwoServers } from '../harness/two-servers.js';
import { CustomerModel } from './customer-model.js';

const OPERATIONS = 10_000;
/** Operations at once. */
const CLIENTS = 16;
/** Operations between two comparisons with the model. */
const STRETCH = 1_000;
/** Few emails and customers, so that operations meet. */
const EMAILS = 40;
const CUSTOMERS = 60;
const SEED = seedFrom('MODEL_SEED');

let processes: TwoServers;
let callers: readonly [Caller, Caller];
const model = new CustomerModel();

beforeAll(async () => {
  console.info(`model: MODEL_SEED=${SEED}`);
  processes = await startTwoServers();
  callers = await processes.createCallers();
});
afterAll(() => processes.stop());

/** One operation on one of the two processes, noted in the model. */
async function operate(random: Random): Promise<void> {
  const caller = random.pick(callers);
  const email = `shared-${random.integer(EMAILS)}@acme.example`;
  const known = model.pick(random);
  const chance = random.integer(100);
  if (known === undefined || (chance < 20 && model.size < CUSTOMERS)) return create(caller, email);
  const { uuid } = known;
  if (chance < 45) return patch(caller, { uuid, body: { notes: uniqueText('n') } });
  if (chance < 65) return patch(caller, { uuid, body: { notes: uniqueText('m') }, version: known.version });
  if (chance < 75) return patch(caller, { uuid, body: { email, notes: uniqueText('e') } });
  if (chance < 80) return patch(caller, { uuid, body: { status: 'inactive', notes: uniqueText('s') } });
  if (chance < 84) return addContact(caller, uuid);
  if (chance < 90) return remove(caller, uuid);
  if (chance < 95) return restore(caller, uuid);
  return read(caller, { uuid, email });
}

async function create(caller: Caller, email: string): Promise<void> {
  const headers = { 'idempotency-key': uniqueText('key-') };
  const answer = await caller.post('/customers', { customer: uniqueText('c'), email }, { headers });
  expect([201, 409], answer.text).toContain(answer.status);
  if (answer.status === 201) model.noteState(answer.data.customer);
}

interface Patch {
  readonly uuid: string;
  readonly body: object;
  readonly version?: number;
}

async function patch(caller: Caller, { uuid, body, version }: Patch): Promise<void> {
  const headers = version === undefined ? {} : { 'if-match': `"${version}"` };
  const answer = await caller.patch(`/customers/${uuid}`, body, { headers });
  expect([200, 404, 409, 412], answer.text).toContain(answer.status);
  if (answer.status !== 200) return;
  expect(answer.data.customer).toMatchObject(body);
  if (version !== undefined) expect(answer.data.customer.version, 'an If-Match that overwrote').toBe(version + 1);
  model.noteState(answer.data.customer);
}

async function addContact(caller: Caller, uuid: string): Promise<void> {
  const answer = await caller.post(`/customers/${uuid}/contacts`, { name: uniqueText('contact') });
  expect([201, 400, 404], answer.text).toContain(answer.status);
  if (answer.status === 201) model.noteVersion(uuid, versionOf(answer));
}

async function remove(caller: Caller, uuid: string): Promise<void> {
  const answer = await caller.delete(`/customers/${uuid}`);
  expect([200, 404], answer.text).toContain(answer.status);
  if (answer.status === 200) model.noteDeletion(uuid);
}

async function restore(caller: Caller, uuid: string): Promise<void> {
  const answer = await caller.post(`/customers/${uuid}/restore`, {});
  expect([200, 409], answer.text).toContain(answer.status);
  if (answer.status === 200 && answer.body.message.includes('restored')) model.noteState(answer.data.customer);
}

async function read(caller: Caller, { uuid, email }: { readonly uuid: string; readonly email: string }): Promise<void> {
  const [byUuid, byEmail] = await Promise.all([
    caller.get(`/customers/${uuid}`),
    caller.get('/customers/find-by-email', { query: { email } }),
  ]);
  if (byUuid.status === 200) model.requireKnownState(byUuid.data.customer);
  if (byEmail.status === 200) expect(byEmail.data.customer.email).toBe(email);
}

function versionOf({ headers }: WireAnswer): number {
  return Number(headers.get('etag')?.replaceAll('"', ''));
}

/** Every live customer, as a process lists them. */
async function listAll(caller: Caller): Promise<Customer[]> {
  const { data } = await caller.get('/customers', { query: { limit: 100 } });
  expect(data.pagination.total).toBe(data.customers.length);
  return [...data.customers];
}

/** Asks for the list over and over until told to stop: no list may show an email twice. */
async function watchEmails(isOver: () => boolean): Promise<number> {
  let looks = 0;
  for (; !isOver(); looks++) {
    const { data } = await (callers[looks % 2] ?? callers[0]).get('/customers', { query: { limit: 100 } });
    const emails = data.customers.map(({ email }) => email);
    expect(new Set(emails).size, 'an email has two holders').toBe(emails.length);
  }
  return looks;
}

describe(`${OPERATIONS} random operations over two processes`, () => {
  test('leave what a model of them says, with versions that have no gaps and no lost update', async () => {
    const randoms = Array.from({ length: CLIENTS }, (_, index) => seededRandom(SEED + index));
    for (let done = 0; done < OPERATIONS; done += STRETCH) {
      let left = STRETCH;
      let isOver = false;
      const watching = watchEmails(() => isOver);
      await Promise.all(
        randoms.map(async (random) => {
          while (left-- > 0) await operate(random);
        }),
      );
      isOver = true;
      expect(await watching).toBeGreaterThan(0);
      for (const caller of callers) model.compare(await listAll(caller));
    }
  });
});
