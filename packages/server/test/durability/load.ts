import { CountersignError } from '@countersign/client';
import type { Customer, CustomerInput } from '@countersign/contract';
import { expect } from 'vitest';
import type { Caller, WireAnswer } from '../harness/caller.js';
import { uniqueEmail, uniqueText } from '../harness/customers.js';
import type { Random } from '../harness/random.js';

/** A write that was sent; its answer has not come yet, or never came. */
interface SentWrite {
  readonly method: 'POST' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly body: object | undefined;
  readonly key: string;
  /** The customer it changes; undefined for a create. */
  readonly uuid: string | undefined;
}

/** A client that makes, changes and deletes customers of its own, one write after the other, and remembers them. */
export interface LoadClient {
  /** Customers as last acknowledged. */
  readonly live: ReadonlyMap<string, Customer>;
  /** Customers whose deletion was acknowledged. */
  readonly deleted: ReadonlyMap<string, Customer>;
  /** Writes until `isOver`, or until the server or its storage is gone; the write at work then stays open. */
  run(isOver: () => boolean): Promise<void>;
  /** Checks that the open write happened wholly or not at all, then sends it again with its key. */
  settle(): Promise<void>;
}

/** Tells of each acknowledged write. */
export type OnAcknowledged = () => void;

/** A client of the load. */
export function loadClient(caller: Caller, random: Random, onAcknowledged: OnAcknowledged): LoadClient {
  const live = new Map<string, Customer>();
  const deleted = new Map<string, Customer>();
  let open: SentWrite | undefined;

  function nextWrite(): SentWrite {
    const chance = random.integer(10);
    const key = uniqueText('key-');
    if (live.size === 0 || chance < 5) {
      return { method: 'POST', path: '/customers', body: fullCustomer(random), key, uuid: undefined };
    }
    const uuid = random.pick([...live.keys()]);
    const path = `/customers/${uuid}`;
    if (chance < 9) return { method: 'PATCH', path, body: change(random), key, uuid };
    return { method: 'DELETE', path, body: undefined, key, uuid };
  }

  const send = ({ method, path, body, key }: SentWrite) =>
    caller.send(method, path, { headers: { 'idempotency-key': key }, ...(body === undefined ? {} : { body }) });

  function acknowledge(write: SentWrite, { status, data }: WireAnswer): void {
    expect(status).toBe(write.method === 'POST' ? 201 : 200);
    if (write.method === 'DELETE') {
      const before = live.get(data.uuid);
      if (before !== undefined) deleted.set(data.uuid, before);
      live.delete(data.uuid);
    } else {
      expect(data.customer).toMatchObject(write.body ?? {});
      live.set(data.customer.uuid, data.customer);
    }
  }

  return {
    live,
    deleted,
    async run(isOver) {
      while (open === undefined && !isOver()) {
        open = nextWrite();
        const answer = await answerOf(send(open));
        if (answer === undefined) return;
        acknowledge(open, answer);
        open = undefined;
        onAcknowledged();
      }
    },
    async settle() {
      const write = open;
      if (write === undefined) return;
      const happened = await findEffect(caller, write, live);
      const answer = await persistently(() => send(write));
      acknowledge(write, answer);
      expect(answer.headers.get('idempotency-replayed') === 'true', 'a replay tells of the first effect').toBe(
        happened,
      );
      if (write.method === 'POST') await expectOne(caller, answer.data.customer);
      open = undefined;
    },
  };
}

/** Whether a write without an answer has happened; fails when it has happened in part. */
async function findEffect(caller: Caller, write: SentWrite, live: ReadonlyMap<string, Customer>): Promise<boolean> {
  const { body, uuid } = write;
  if (uuid === undefined) {
    const email = body !== undefined && 'email' in body ? String(body.email) : '';
    const found = await persistently(() => caller.get('/customers/find-by-email', { query: { email } }));
    if (found.status === 404) return false;
    expect(found.data.customer).toMatchObject({ ...body, version: 1 });
    return true;
  }
  const before = live.get(uuid);
  const found = await persistently(() => caller.get(`/customers/${uuid}`));
  if (write.method === 'DELETE') {
    if (found.status === 404) return true;
    expect(found.data.customer).toEqual(before);
    return false;
  }
  if (found.data.customer.version === before?.version) {
    expect(found.data.customer).toEqual(before);
    return false;
  }
  const { updatedAt } = found.data.customer;
  expect(found.data.customer).toEqual({ ...before, ...body, updatedAt, version: (before?.version ?? 0) + 1 });
  return true;
}

async function expectOne(caller: Caller, customer: Customer): Promise<void> {
  const found = await persistently(() => caller.get('/customers', { query: { search: customer.email } }));
  expect(found.data.customers).toEqual([customer]);
}

/** An answer, or undefined when the server went away before it came, or said that its storage was away. */
async function answerOf(call: Promise<WireAnswer>): Promise<WireAnswer | undefined> {
  try {
    const answer = await call;
    if (answer.status !== 503) return answer;
    expect(answer.headers.get('retry-after'), 'a 503 says when to come again').toBe('1');
    return undefined;
  } catch (error) {
    if (error instanceof CountersignError && error.code === 'network_error') return undefined;
    throw error;
  }
}

/** Sends until an answer comes: connections kept from before a restart fail once each. */
export async function persistently(call: () => Promise<WireAnswer>): Promise<WireAnswer> {
  for (let attempt = 0; attempt < 5; attempt++) {
    const answer = await answerOf(call());
    if (answer !== undefined) return answer;
  }
  return call();
}

const CITIES = ['Cape Town', 'Zürich', '東京', 'São Paulo'];

function address(random: Random): object {
  const street = `${random.integer(999)} Long Street`;
  return {
    street,
    city: random.pick(CITIES),
    state: null,
    zipCode: String(random.integer(9_999)),
    country: 'Somewhere',
  };
}

function fullCustomer(random: Random): CustomerInput {
  const contacts = Array.from({ length: random.integer(5) }, (_, index) => ({
    firstName: `First ${index}`,
    lastName: uniqueText('Last'),
    name: `Name ${index}`,
    email: uniqueEmail(),
    phone: `+27 ${random.integer(99_999)}`,
    isPrimary: index === 0,
  }));
  return {
    customer: `Acme ${uniqueText('n')} ${random.pick(CITIES)}`,
    email: uniqueEmail(),
    mainPhone: `+41 ${random.integer(99_999)}`,
    website: 'https://acme.example/',
    billingAddress: address(random),
    shippingAddress: address(random),
    contacts,
    notes: 'n'.repeat(random.integer(3_000) + 1),
    externalId: uniqueText('ext-'),
    metadata: { segment: random.pick(['retail', 'whole sale']) },
  };
}

function change(random: Random): object {
  switch (random.integer(4)) {
    case 0:
      return { customer: `Renamed ${uniqueText('r')}`, mainPhone: `+1 ${random.integer(99_999)}` };
    case 1:
      return { email: uniqueEmail() };
    case 2:
      return { billingAddress: null, notes: uniqueText('note ') };
    default:
      return { shippingAddress: address(random), metadata: { changed: uniqueText() } };
  }
}
