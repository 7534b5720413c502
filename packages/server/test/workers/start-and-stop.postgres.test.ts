import { once } from 'node:events';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Caller, createCaller } from '../harness/caller.js';
import { smallCustomer } from '../harness/customers.js';
import { expectFailure } from '../harness/expect-failure.js';
import { expectInTime, floorOfStart } from '../harness/in-time.js';
import { collectText, runProgram, spawnProgram } from '../harness/program.js';
import { startServer, type TestServer } from '../harness/server.js';

let server: TestServer;
let caller: Caller;

beforeAll(async () => {
  server = await startServer();
  caller = await server.createCaller();
});
afterAll(() => server.stop());

/** Customers whose making was answered so far. */
let acknowledged = 0;

const withWorkers = () => ({ ...server.environment, COUNTERSIGN_WORKERS: '2', COUNTERSIGN_PORT: '0' });

test.each(['SIGTERM', 'SIGINT'] as const)(
  'workers are told of once, and %s lets them finish and ends the program with 0',
  async (signal) => {
    const program = spawnProgram(['serve'], { environment: withWorkers() });
    const stdout = collectText(program.stdout);
    const stderr = collectText(program.stderr);
    const ended = once(program, 'close');
    await once(program.stdout ?? program, 'data');
    const url = /^countersign listening on (http:\S+)\n$/.exec(stdout())?.[1] ?? '';
    const workers = createCaller({ ...caller, url });
    const sent = Array.from({ length: 50 }, () => workers.post('/customers', smallCustomer()));
    expect((await sent[0])?.status).toBe(201);
    const floorMs = await floorOfStart();
    const startedAt = performance.now();
    program.kill(signal);
    const outcomes = await Promise.allSettled(sent);
    expect(await ended).toEqual([0, null]);
    expectInTime(performance.now() - startedAt, { limitMs: 10_000, floorMs });
    const answered = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value.status] : []));
    expect(new Set(answered)).toEqual(new Set([201]));
    acknowledged += answered.length;
    expect((await caller.get('/customers')).data.pagination.total).toBe(acknowledged);
    expect(stdout()).toBe(`countersign listening on ${url}\n`);
    expect(stderr()).toBe('');
  },
);

test('what keeps workers from serving is told in one sentence, once', async () => {
  const { port } = new URL(server.url);
  expectFailure(
    await runProgram(['serve', '--port', port], { environment: withWorkers() }),
    new RegExp(`port ${port} is taken`),
  );
  const away = { ...withWorkers(), COUNTERSIGN_DATABASE_URL: 'postgres://127.0.0.1:1/nowhere' };
  expectFailure(await runProgram(['serve'], { environment: away }), /postgres:\/\/127\.0\.0\.1:1\/nowhere/);
});
