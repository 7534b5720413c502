import { randomUUID } from 'node:crypto';
import type { Webhook } from '@countersign/contract';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Caller } from '../harness/caller.js';
import { startServer, type TestServer } from '../harness/server.js';
import { deliveriesOf, LOCAL_WEBHOOKS, subscribe } from './webhook-caller.js';

const URL_OF_NOBODY = 'https://crm.example/hooks';
const SECRET = 'whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD';

let server: TestServer;
let caller: Caller;

beforeAll(async () => {
  server = await startServer({ environment: LOCAL_WEBHOOKS });
  caller = await server.createCaller();
});
afterAll(() => server.stop());

describe('a subscription', () => {
  test('is answered as it was made, without its secret, which is stored nowhere in the clear', async () => {
    const fields = { event: 'customer.deleted', callbackUrl: URL_OF_NOBODY, status: 'paused' };
    const { status, data, text, headers } = await caller.post('/webhooks', { ...fields, signingSecret: SECRET });
    expect(status).toBe(201);
    expect(data.webhook).toMatchObject({ ...fields, hasSigningSecret: true });
    expect(headers.get('location')).toBe(`/partners/webhooks/${data.webhook.uuid}`);
    const read = await caller.get(`/webhooks/${data.webhook.uuid}`);
    expect(read.data.webhook).toEqual(data.webhook);
    for (const shown of [text, read.text]) expect(shown).not.toContain('C2FVsBQIhrscChlQIMV');
    expect((await server.database.readContents()).includes('C2FVsBQIhrscChlQIMV')).toBe(false);
  });

  test('changes in the fields that are given, and keeps the others', async () => {
    const webhook = await subscribe(caller, { callbackUrl: URL_OF_NOBODY, signingSecret: SECRET });
    const change = async (patch: object) => (await caller.patch(`/webhooks/${webhook.uuid}`, patch)).data.webhook;
    const others = ({ updatedAt: _, ...rest }: Webhook) => rest;
    expect(others(await change({ status: 'paused' }))).toEqual({ ...others(webhook), status: 'paused' });
    expect(await change({ event: 'customer.updated' })).toMatchObject({ event: 'customer.updated', status: 'paused' });
    const moved = await change({ callbackUrl: `${URL_OF_NOBODY}/2`, signingSecret: null, status: 'active' });
    expect(moved).toMatchObject({ callbackUrl: `${URL_OF_NOBODY}/2`, hasSigningSecret: false, status: 'active' });
    expect((await caller.get(`/webhooks/${webhook.uuid}`)).data.webhook).toEqual(moved);
  });

  test('is gone once it is deleted', async () => {
    const { uuid } = await subscribe(caller, { callbackUrl: URL_OF_NOBODY });
    const { status, data } = await caller.delete(`/webhooks/${uuid}`);
    expect([status, data]).toEqual([200, { uuid, id: uuid, deleted: true }]);
    const answers = [
      await caller.get(`/webhooks/${uuid}`),
      await caller.patch(`/webhooks/${uuid}`, { status: 'paused' }),
      await caller.delete(`/webhooks/${uuid}`),
      await caller.post(`/webhooks/${uuid}/test`, undefined),
      await caller.get(`/webhooks/${uuid}/deliveries`),
    ];
    expect(answers.map(({ body }) => body.code)).toEqual(answers.map(() => 'webhook_not_found'));
  });

  test('is made once for one Idempotency-Key', async () => {
    const headers = { 'idempotency-key': randomUUID() };
    const body = { event: 'customer.created', callbackUrl: `${URL_OF_NOBODY}/once` };
    const first = await caller.post('/webhooks', body, { headers });
    const second = await caller.post('/webhooks', body, { headers });
    expect(second.text).toBe(first.text);
    expect(second.headers.get('idempotency-replayed')).toBe('true');
  });
});

describe('what is wrong is told all at once', () => {
  test('when it is made', async () => {
    const body = {
      event: 'customer.lost',
      callbackUrl: 'ftp://crm.example',
      status: 'on',
      signingSecret: 'short',
      x: 1,
    };
    const { status, body: answer } = await caller.post('/webhooks', body);
    expect([status, answer.code]).toEqual([400, 'validation_error']);
    expect(answer.errors?.map(({ field, code }) => [field, code]).sort()).toEqual([
      ['callbackUrl', 'invalid_url'],
      ['event', 'invalid_value'],
      ['signingSecret', 'too_short'],
      ['status', 'invalid_value'],
    ]);
  });

  test('when fields are missing or of another type', async () => {
    const missing = await caller.post('/webhooks', {});
    expect(missing.body.errors?.map(({ field, code }) => [field, code])).toEqual([
      ['event', 'required'],
      ['callbackUrl', 'required'],
    ]);
    const mistyped = await caller.post('/webhooks', { event: 1, callbackUrl: null, signingSecret: 7, status: [] });
    expect(mistyped.body.errors?.map(({ field, code }) => [field, code]).sort()).toEqual([
      ['callbackUrl', 'invalid_type'],
      ['event', 'invalid_type'],
      ['signingSecret', 'invalid_type'],
      ['status', 'invalid_type'],
    ]);
  });

  test.each<[object, string]>([
    [{ signingSecret: 'whsec_this is not base64 at all' }, 'signingSecret'],
    [{ signingSecret: 'a\u0000 character that is none' }, 'signingSecret'],
    [{ previousSecretSeconds: -1 }, 'previousSecretSeconds'],
    [{ previousSecretSeconds: 604_801 }, 'previousSecretSeconds'],
    [{ previousSecretSeconds: 1.5 }, 'previousSecretSeconds'],
    [{ callbackUrl: `https://crm.example/${'x'.repeat(2_000)}` }, 'callbackUrl'],
    [{ callbackUrl: 'https://user:word@crm.example/' }, 'callbackUrl'],
  ])('when it is changed: %j', async (patch, field) => {
    const webhook = await subscribe(caller, { callbackUrl: URL_OF_NOBODY });
    const { status, body } = await caller.patch(`/webhooks/${webhook.uuid}`, patch);
    expect([status, body.errors?.map((error) => error.field)]).toEqual([400, [field]]);
    expect((await caller.get(`/webhooks/${webhook.uuid}`)).data.webhook).toEqual(webhook);
  });

  test('and unknown fields are named', async () => {
    const { data } = await caller.post('/webhooks', {
      event: 'customer.created',
      callbackUrl: URL_OF_NOBODY,
      uuid: 'x',
      retries: 3,
    });
    expect(data._partnerWarnings?.map(({ field, reason }) => [field, reason])).toEqual([
      ['uuid', 'read_only_field'],
      ['retries', 'unknown_field'],
    ]);
  });
});

describe("another team's subscriptions, and those of another app, are not there", () => {
  test('for any route', async () => {
    const webhook = await subscribe(caller, { callbackUrl: URL_OF_NOBODY });
    await caller.post(`/webhooks/${webhook.uuid}/test`, undefined);
    const [delivery] = await deliveriesOf(caller, webhook);
    const strangers = [
      await server.createCaller({ app: await server.createApp(), team: caller.team }),
      await server.createCaller({ app: caller.app }),
    ];
    for (const stranger of strangers) {
      const path = `/webhooks/${webhook.uuid}`;
      const answers = [
        await stranger.get(path),
        await stranger.patch(path, { status: 'disabled' }),
        await stranger.delete(path),
        await stranger.post(`${path}/test`, undefined),
        await stranger.get(`${path}/deliveries`),
        await stranger.post(`${path}/redeliver`, { since: '2020-01-01' }),
        await stranger.post(`${path}/deliveries/${delivery?.uuid}/redeliver`, undefined),
      ];
      expect(answers.map(({ status, body }) => [status, body.code])).toEqual(
        answers.map(() => [404, 'webhook_not_found']),
      );
      expect((await stranger.get('/webhooks')).data.webhooks).toEqual([]);
    }
    expect((await caller.get(`/webhooks/${webhook.uuid}`)).data.webhook.status).toBe('active');
  });

  test('and a token without the scope gets none', async () => {
    const reader = await server.createCaller({ scopes: ['customers:read', 'customers:write'] });
    for (const answer of [await reader.get('/webhooks'), await reader.post('/webhooks', {})]) {
      expect([answer.status, answer.body.code]).toEqual([403, 'insufficient_scope']);
    }
  });
});

test('a list goes on by cursor, and neither skips nor repeats', async () => {
  const own = await server.createCaller();
  const made: string[] = [];
  for (let count = 0; count < 7; count++) made.push((await subscribe(own, { callbackUrl: URL_OF_NOBODY })).uuid);
  const listed: string[] = [];
  let cursor: string | null = null;
  do {
    const query: Record<string, string | number> = cursor === null ? { limit: 3 } : { limit: 3, cursor };
    const { data } = await own.get('/webhooks', { query });
    listed.push(...data.webhooks.map(({ uuid }) => uuid));
    cursor = data.pagination.nextCursor;
  } while (cursor !== null);
  expect([...listed].sort()).toEqual([...made].sort());
});

test('a private address is refused where private addresses are not taken', async () => {
  const strict = await startServer();
  try {
    const own = await strict.createCaller();
    for (const callbackUrl of ['http://crm.example/', 'https://127.0.0.1/', 'https://10.0.0.1/', 'https://[::1]/']) {
      const { status, body } = await own.post('/webhooks', { event: 'customer.created', callbackUrl });
      expect([status, body.errors?.map(({ field }) => field)], callbackUrl).toEqual([400, ['callbackUrl']]);
    }
  } finally {
    await strict.stop();
  }
});
