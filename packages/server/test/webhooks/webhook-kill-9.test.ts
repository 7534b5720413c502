import { setTimeout as passTime } from 'node:timers/promises';
import { CountersignError } from '@countersign/client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Caller, CallOptions, WireAnswer } from '../harness/caller.js';
import { smallCustomer, uniqueText } from '../harness/customers.js';
import { seededRandom, seedFrom } from '../harness/random.js';
import { type Arrival, type Receiver, startReceiver } from '../harness/receiver.js';
import { startServer, type TestServer } from '../harness/server.js';

const CUSTOMERS = 200;
/** Of each customer: its creation, changes, and at last its deletion. */
const VERSIONS = 25;
const WRITERS = 40;
const KILLS = 5;
const SEED = seedFrom('WEBHOOK_KILL_SEED');

let server: TestServer;
let receiver: Receiver;
let caller: Caller;
const random = seededRandom(SEED);
const uuids: string[] = [];

beforeAll(async () => {
  console.info(`kill -9 with webhooks: WEBHOOK_KILL_SEED=${SEED}`);
  server = await startServer({
    environment: {
      COUNTERSIGN_ALLOW_PRIVATE_CALLBACKS: 'true',
      COUNTERSIGN_WEBHOOK_RETRY_SECONDS: Array.from({ length: 30 }, () => '0.2').join(','),
    },
  });
  receiver = await startReceiver((response, arrival) => {
    note(arrival);
    const chance = random.integer(100);
    // It never answers: the socket is open until the receiver is stopped, or the server killed.
    if (chance === 0 && hanging < 20) hanging += 1;
    else response.writeHead(chance < 12 ? 500 : 200).end();
  });
  caller = await server.createCaller();
  for (const kind of ['created', 'updated', 'deleted']) {
    const { status } = await caller.post('/webhooks', {
      event: `customer.${kind}`,
      callbackUrl: `${receiver.url}/hook`,
    });
    expect(status).toBe(201);
  }
});
afterAll(async () => {
  await server.stop();
  await receiver.stop();
});

let hanging = 0;
let written = 0;
/** Settles once the server serves again. */
let serving: Promise<void> = Promise.resolve();

/** A write that is sent until it is answered: with its key, it has one effect. */
async function write(send: (options: CallOptions) => Promise<WireAnswer>): Promise<WireAnswer> {
  const options = { headers: { 'idempotency-key': uniqueText('key-') } };
  for (;;) {
    await serving;
    try {
      const answer = await send(options);
      written += 1;
      return answer;
    } catch (error) {
      if (!(error instanceof CountersignError && error.code === 'network_error')) throw error;
    }
  }
}

/** All versions of some customers, in turn, however often the server dies. */
async function writeCustomers(count: number): Promise<void> {
  const own: string[] = [];
  for (let made = 0; made < count; made++) {
    const { data } = await write((options) => caller.post('/customers', smallCustomer(), options));
    own.push(data.customer.uuid);
  }
  uuids.push(...own);
  for (let version = 2; version < VERSIONS; version++) {
    for (const uuid of own) {
      const change = { notes: `version ${version}` };
      const { data } = await write((options) => caller.patch(`/customers/${uuid}`, change, options));
      expect(data.customer.version).toBe(version);
    }
  }
  for (const uuid of own) await write((options) => caller.delete(`/customers/${uuid}`, options));
}

/** Kills the server and starts it again. */
async function killServer(): Promise<void> {
  let serves: () => void = () => undefined;
  serving = new Promise((resolve) => {
    serves = resolve;
  });
  expect(await server.end('SIGKILL')).toBeNull();
  await server.restart();
  serves();
}

function versionOf({ event }: Arrival): number {
  return event.event === 'customer.deleted' ? VERSIONS : (event.data.version ?? 0);
}

/** Versions by customer, in the order in which each arrived for the first time. */
const firstArrivals = new Map<string, number[]>();
let distinct = 0;

function note(arrival: Arrival): void {
  const { id } = arrival.event.data;
  const versions = firstArrivals.get(id) ?? [];
  const version = versionOf(arrival);
  if (!versions.includes(version)) {
    versions.push(version);
    distinct += 1;
  }
  firstArrivals.set(id, versions);
}

describe(`${CUSTOMERS * VERSIONS} changes, a server killed ${KILLS} times, a receiver that fails and hangs`, () => {
  test('every version of every customer arrives, the first arrivals in order', async () => {
    const writers = Array.from({ length: WRITERS }, () => writeCustomers(CUSTOMERS / WRITERS));
    for (let kill = 1; kill <= KILLS; kill++) {
      while (written < (kill * CUSTOMERS * VERSIONS) / (KILLS + 1)) await passTime(5);
      await passTime(random.integer(20));
      await killServer();
    }
    await Promise.all(writers);
    await receiver.until(() => distinct === CUSTOMERS * VERSIONS);
    const inOrder = Array.from({ length: VERSIONS }, (_, index) => index + 1);
    for (const uuid of uuids) expect(firstArrivals.get(uuid)).toEqual(inOrder);
    expect(firstArrivals.size).toBe(CUSTOMERS);
    expect(server.log()).toBe('');
  });
});
