import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findAnswerFault } from '../harness/answer-rules.js';
import type { Caller } from '../harness/caller.js';
import { smallCustomer } from '../harness/customers.js';
import { seedFrom } from '../harness/random.js';
import { openRawConnection, type RawConnection, type RawOutcome } from '../harness/raw-connection.js';
import { startServer, type TestServer } from '../harness/server.js';
import { type MalformedRequest, malformedRequest, requestBytes, type Targets } from './malformed-requests.js';

const SEED = seedFrom('FUZZ_SEED');
const CASES = Number(process.env.FUZZ_CASES || (process.env.CI === 'true' ? 10_000 : 1_500));
/** Cases made at once; each batch has a seed of its own. */
const BATCH = 500;
const CONNECTIONS = 12;
/** Longest that an answer may take, with all connections busy. */
const ANSWER_MS = 20_000;
/** Times of requests: each its own millisecond, well inside the window. */
const FIRST_TIME = Date.now() - 240_000;

let server: TestServer;
let caller: Caller;
let otherTeam: Caller;
let targets: Targets;

beforeAll(async () => {
  server = await startServer();
  caller = await server.createCaller();
  otherTeam = await server.createCaller();
  const contacts = [{ name: 'Thandi', isPrimary: true }, { email: 'bob@mail.example' }];
  const answers = await Promise.all(
    Array.from({ length: 12 }, () => caller.post('/customers', smallCustomer({ contacts, metadata: { a: 'b' } }))),
  );
  const customers = answers.map(({ data }) => data.customer);
  targets = {
    customers: customers.map(({ uuid }) => uuid),
    contacts: customers.slice(0, 4).flatMap((customer) => customer.contacts.map(({ uuid }) => uuid)),
  };
});
afterAll(() => server.stop());

interface Case {
  readonly number: number;
  readonly request: MalformedRequest;
}

interface Failure extends Case {
  readonly fault: string;
}

function* makeCases(): Generator<Case> {
  const arbitrary = malformedRequest(targets);
  for (let first = 0; first < CASES; first += BATCH) {
    const numRuns = Math.min(BATCH, CASES - first);
    const requests = fc.sample(arbitrary, { seed: SEED + first, numRuns });
    for (const [index, request] of requests.entries()) yield { number: first + index, request };
  }
}

/** Sends cases over one connection, which is kept while the server keeps it. */
async function sendCases(cases: Iterator<Case>, results: Results): Promise<void> {
  let connection: RawConnection | undefined;
  for (let next = cases.next(); next.done !== true && results.failures.length === 0; next = cases.next()) {
    const { number, request } = next.value;
    if (connection?.isOpen !== true) connection = await openRawConnection(server.url);
    const { app, accessToken } = caller;
    connection.send(requestBytes(request, { app, accessToken, time: FIRST_TIME + number }));
    if (request.framing === 'too long') connection.finish();
    const outcome = await connection.answer({ method: request.method, timeoutMs: ANSWER_MS });
    results.note(next.value, outcome);
    const isOver =
      isMisframed(request) || outcome.kind !== 'answer' || outcome.answer.headers.get('connection') === 'close';
    if (isOver) {
      connection.cut();
      connection = undefined;
    }
  }
  connection?.cut();
}

function isMisframed({ framing }: MalformedRequest): boolean {
  return framing === 'too long' || framing === 'too short';
}

class Results {
  readonly failures: Failure[] = [];
  readonly statuses = new Map<number, number>();

  note(tried: Case, outcome: RawOutcome): void {
    const fault = this.#faultOf(tried.request, outcome);
    if (fault !== undefined) this.failures.push({ ...tried, fault });
    if (outcome.kind !== 'answer') return;
    const { status } = outcome.answer;
    this.statuses.set(status, (this.statuses.get(status) ?? 0) + 1);
  }

  #faultOf(request: MalformedRequest, outcome: RawOutcome): string | undefined {
    const { method } = request;
    if (outcome.kind === 'silence') return `no answer in ${ANSWER_MS} ms`;
    // A client that stops in the middle of a body need not be answered.
    if (outcome.kind === 'closed') return request.framing === 'too long' ? undefined : 'closed without an answer';
    const { status, headers, body } = outcome.answer;
    const fault = findAnswerFault(
      // An answer to HEAD has no body; its head is judged as one that succeeded.
      {
        status: method === 'HEAD' && status < 500 ? 200 : status,
        requestId: headers.get('x-request-id'),
        text: body.toString('utf8'),
      },
      [caller.app.clientSecret, caller.accessToken, server.folder],
    );
    return fault === undefined ? undefined : `${fault}: ${status} ${body.toString('utf8').slice(0, 600)}`;
  }
}

function describeFailure({ number, request, fault }: Failure): string {
  const body = request.body === undefined ? undefined : Buffer.from(request.body).toString('utf8').slice(0, 2_000);
  return `case ${number} (repeat with FUZZ_SEED=${SEED} FUZZ_CASES=${CASES}): ${fault}\n${JSON.stringify({ ...request, body }, undefined, 1)}`;
}

describe(`${CASES} malformed requests`, () => {
  test('each get an answer that is no fault of the server and shows nothing of its inside', {
    timeout: 600_000,
  }, async () => {
    console.info(`fuzz: FUZZ_SEED=${SEED} FUZZ_CASES=${CASES}`);
    const control = await Promise.all(
      [caller, otherTeam].map((each) => each.post('/customers', smallCustomer({ notes: 'control' }))),
    );
    const results = new Results();
    const cases = makeCases();
    await Promise.all(Array.from({ length: CONNECTIONS }, () => sendCases(cases, results)));
    expect(results.failures.map(describeFailure).join('\n\n')).toBe('');
    const counts = Object.fromEntries([...results.statuses].sort(([a], [b]) => a - b));
    console.info(`fuzz: answers by status ${JSON.stringify(counts)}`);
    // The requests are worth sending only while many of them get past authentication and checks.
    const succeeded = [...results.statuses]
      .filter(([status]) => status < 300)
      .reduce((sum, [, count]) => sum + count, 0);
    expect(succeeded).toBeGreaterThan(CASES / 6);
    for (const [index, each] of [caller, otherTeam].entries()) {
      const expected = control[index]?.data.customer;
      expect((await each.get(`/customers/${expected?.uuid}`)).data.customer).toEqual(expected);
    }
    const { data } = await otherTeam.get('/customers');
    expect(data.customers).toEqual([control[1]?.data.customer]);
  });

  test('leave a server that serves, whose lists add up', async () => {
    for (const path of ['/healthz', '/readyz']) expect((await fetch(`${server.url}${path}`)).status).toBe(200);
    const seen = new Set<string>();
    let cursor: string | null = null;
    let total = 0;
    do {
      const { data } = await caller.get('/customers', {
        query: { limit: 100, ...(cursor === null ? {} : { cursor }) },
      });
      for (const { uuid } of data.customers) seen.add(uuid);
      total = data.pagination.total;
      cursor = data.pagination.nextCursor;
    } while (cursor !== null);
    expect(seen.size).toBe(total);
    const created = await caller.post('/customers', smallCustomer());
    expect(created.status).toBe(201);
  });

  test('leave no error in the log and no fault in the database', async () => {
    expect(await server.end('SIGTERM')).toBe(0);
    expect(server.log()).toBe('');
    expect(await server.database.findFaults()).toEqual([]);
  });
});
