import { describe, expect, test } from 'vitest';
import { createClient } from '../src/index.js';
import { wait } from '../src/sending/wait.js';
import { CREDENTIALS, expectedSignature, openRecordingServer, refusal, success } from './recording-server.js';

const uuid = '7b0c7d0e-9f64-4d7c-8a55-3f0c2b1a9e11';
const customer = { uuid, id: uuid, customer: 'Acme', email: 'accounts@acme.example', version: 1 };
const input = { customer: 'Acme', email: 'accounts@acme.example' };
const created = success({ customer }, {}, 201);

describe('a retry', () => {
  test('is signed anew with a later timestamp and keeps the idempotency key and the body', async () => {
    const server = await openRecordingServer([refusal(502, 'x'), 'close', created]);
    const { data } = await server.client().customers.create(input);
    expect(data).toEqual(customer);
    const { received } = server;
    expect(received).toHaveLength(3);
    expect(new Set(received.map(({ headers }) => headers['x-timestamp'])).size).toBe(3);
    expect(new Set(received.map(({ headers }) => headers['x-signature'])).size).toBe(3);
    expect(received.map(({ headers }) => headers['x-signature'])).toEqual(received.map(expectedSignature));
    expect(new Set(received.map(({ headers }) => headers['idempotency-key'])).size).toBe(1);
    expect(received[0]?.headers['idempotency-key']).toMatch(/^[\x21-\x7e]{1,255}$/);
    expect(new Set(received.map(({ body }) => body)).size).toBe(1);
  });

  test.each([
    refusal(429, 'rate_limit_exceeded'),
    refusal(503, 'unavailable'),
    { status: 502, text: '<html>Bad Gateway</html>', headers: { 'content-type': 'text/html' } },
    { status: 504, text: '' },
    refusal(409, 'idempotency_key_in_use'),
    'close' as const,
  ])('follows a passing failure: %j', async (failure) => {
    const server = await openRecordingServer([failure, created]);
    await server.client().customers.create(input);
    expect(server.received).toHaveLength(2);
    expect(server.waitsMs[0]).toBeGreaterThanOrEqual(250);
    expect(server.waitsMs[0]).toBeLessThanOrEqual(500);
  });

  test.each([
    [400, 'validation_error'],
    [401, 'token_expired'],
    [403, 'insufficient_scope'],
    [404, 'customer_not_found'],
    [409, 'email_already_exists'],
    [412, 'version_mismatch'],
    [422, 'idempotency_key_reused'],
    [500, 'internal_error'],
  ])('never follows %i %s', async (status, code) => {
    const server = await openRecordingServer([refusal(status, code)]);
    await expect(server.client().customers.create(input)).rejects.toMatchObject({ status, code });
    expect(server.received).toHaveLength(1);
  });

  test('waits as long as Retry-After asks, in seconds or as a date', async () => {
    const date = new Date(1_750_000_000_000 + 7_000).toUTCString();
    const server = await openRecordingServer([
      refusal(429, 'rate_limit_exceeded', { headers: { 'retry-after': '3' } }),
      refusal(503, 'unavailable', { headers: { 'retry-after': date } }),
      created,
    ]);
    await server.client().customers.create(input);
    expect(server.waitsMs).toEqual([3_000, 7_000]);
  });

  test('is not made when Retry-After asks for more than a minute', async () => {
    const server = await openRecordingServer([refusal(503, 'unavailable', { headers: { 'retry-after': '3600' } })]);
    await expect(server.client().customers.get(uuid)).rejects.toMatchObject({ retryAfterSeconds: 3600 });
    expect(server.received).toHaveLength(1);
  });

  test('ends with the last error when retries are used up, each wait longer than the one before', async () => {
    const server = await openRecordingServer([refusal(503, 'unavailable')]);
    const call = server.client({ retries: 4 }).customers.list();
    await expect(call).rejects.toMatchObject({ code: 'unavailable', status: 503 });
    expect(server.received).toHaveLength(5);
    for (const [attempt, delayMs] of server.waitsMs.entries()) {
      expect(delayMs).toBeGreaterThanOrEqual(250 * 2 ** attempt);
      expect(delayMs).toBeLessThanOrEqual(500 * 2 ** attempt);
    }
  });
});

describe('an idempotency key', () => {
  test('differs from call to call', async () => {
    const server = await openRecordingServer([created]);
    const client = server.client();
    await client.customers.create(input);
    await client.customers.create(input);
    const keys = server.received.map(({ headers }) => headers['idempotency-key']);
    expect(new Set(keys).size).toBe(2);
  });

  test('is the given one where one is given', async () => {
    const server = await openRecordingServer([success({ customer }, { 'idempotency-replayed': 'true' }, 201)]);
    const result = await server.client().customers.create(input, { idempotencyKey: 'import-7' });
    expect(server.received[0]?.headers['idempotency-key']).toBe('import-7');
    expect(result.replayed).toBe(true);
  });

  test('is neither made for a read nor when retries are off', async () => {
    const server = await openRecordingServer([success({ customer })]);
    await server.client().customers.get(uuid);
    await server.client({ retries: 0 }).customers.update(uuid, { notes: null });
    expect(server.received.map(({ headers }) => headers['idempotency-key'])).toEqual([undefined, undefined]);
  });

  test.each(['', 'with space', 'é', 'x'.repeat(256)])(
    'that HTTP or the contract cannot carry is refused: %j',
    async (key) => {
      const server = await openRecordingServer([created]);
      const call = server.client().customers.create(input, { idempotencyKey: key });
      await expect(call).rejects.toThrow(/^idempotencyKey must/);
      expect(server.received).toEqual([]);
    },
  );
});

describe('abort', () => {
  test('ends a call that waits for its answer, with the reason of the signal', async () => {
    const controller = new AbortController();
    const reason = new Error('the user left');
    const server = await openRecordingServer([
      () => {
        controller.abort(reason);
        return undefined;
      },
    ]);
    await expect(server.client().customers.get(uuid, { signal: controller.signal })).rejects.toBe(reason);
    expect(server.received).toHaveLength(1);
  });

  test('ends a call that waits for its next attempt', async () => {
    const controller = new AbortController();
    const server = await openRecordingServer([refusal(503, 'unavailable', { headers: { 'retry-after': '60' } })]);
    const waitAndAbort = (delayMs: number, signal?: AbortSignal) => {
      const waiting = wait(delayMs, signal);
      controller.abort();
      return waiting;
    };
    const call = server.client({ wait: waitAndAbort }).customers.get(uuid, { signal: controller.signal });
    await expect(call).rejects.toMatchObject({ name: 'AbortError' });
    expect(server.received).toHaveLength(1);
  });

  test('before the call sends nothing', async () => {
    const server = await openRecordingServer([success({ customer })]);
    await expect(server.client().customers.get(uuid, { signal: AbortSignal.abort() })).rejects.toThrow();
    expect(server.received).toEqual([]);
  });
});

describe('a failing connection', () => {
  test('is a network_error that names the address and no secret', async () => {
    const server = await openRecordingServer(['close']);
    const error: unknown = await server
      .client()
      .customers.get(uuid)
      .catch((caught: unknown) => caught);
    expect(error).toMatchObject({ name: 'CountersignError', code: 'network_error', status: undefined });
    const text = `${String(error)} ${JSON.stringify(error)}`;
    expect(text).toContain(server.baseUrl);
    expect(text).not.toContain(CREDENTIALS.clientSecret);
    expect(text).not.toContain(CREDENTIALS.accessToken);
    expect(server.received).toHaveLength(3);
  });

  test('is a timeout when no answer comes in time', async () => {
    const server = await openRecordingServer([undefined]);
    const call = server.client({ timeoutMs: 30, retries: 1 }).customers.get(uuid);
    await expect(call).rejects.toMatchObject({ code: 'timeout' });
    expect(server.waitsMs).toHaveLength(1);
  });

  test('says which address refused the connection', async () => {
    const client = createClient({ baseUrl: 'http://127.0.0.1:1', ...CREDENTIALS, retries: 0 });
    await expect(client.customers.get(uuid)).rejects.toThrow(/^No answer from http:\/\/127\.0\.0\.1:1: /);
  });
});

test('a token that HTTP cannot carry is refused without quoting it', async () => {
  const server = await openRecordingServer([success({ customer })]);
  const accessToken = 'first-line\nsecond-line';
  const error: unknown = await server
    .client({ accessToken })
    .customers.get(uuid)
    .catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(TypeError);
  expect(String(error)).not.toContain('first-line');
  expect(server.received).toEqual([]);
});
