import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { operationsUnder, readDocument } from '../docs/open-api-document.js';
import type { Caller, WireAnswer } from '../harness/caller.js';
import { smallCustomer, uniqueEmail, uniqueText } from '../harness/customers.js';
import { eventually } from '../harness/eventually.js';
import { startServer, type TestServer } from '../harness/server.js';
import { signedOnce } from '../harness/signed-once.js';
import { headersOf, type PlainRequest, secondsNow, sendBytes } from '../harness/signed-request.js';
import { LOCAL_WEBHOOKS, subscribeToAll } from '../webhooks/webhook-caller.js';

let server: TestServer;
let caller: Caller;

beforeAll(async () => {
  server = await startServer({
    // Nothing is sent, so that what is stored changes by requests alone.
    environment: { ...LOCAL_WEBHOOKS, COUNTERSIGN_DELIVER_WEBHOOKS: 'false' },
  });
  caller = await server.createCaller();
  await subscribeToAll(caller, { callbackUrl: 'https://crm.example/hooks' });
});
afterAll(() => server.stop());

const sign = (method: string, path: string, body?: unknown) => signedOnce(caller, { method, path, body });
const send = (request: PlainRequest, headers: Record<string, string> = {}) =>
  sendBytes(server.url, { ...request, headers: { ...request.headers, ...headers } });
const outcome = ({ status, body: { code } }: WireAnswer) => [status, code];
const REFUSED = [401, 'replayed_request'];

const create = async (fields?: object) => (await caller.post('/customers', smallCustomer(fields))).data.customer;
const createContact = async () => {
  const { uuid } = await create();
  const path = `/customers/${uuid}/contacts`;
  const { data } = await caller.post(path, { firstName: 'Thandi' });
  return { uuid, path, contact: `${path}/${data.contact.uuid}` };
};
const createWebhook = async (fields?: object) => {
  const input = { event: 'customer.created', callbackUrl: 'https://crm.example/others', ...fields };
  return `/webhooks/${(await caller.post('/webhooks', input)).data.webhook.uuid}`;
};
const createListener = async () => {
  const { headers } = await caller.post('/webhooks/listeners', undefined);
  return String(headers.get('location')).replace(/^\/partners(.*)\/events$/, '$1');
};
const deleteByUuid = async (uuid: string) => expect((await caller.delete(`/customers/${uuid}`)).status).toBe(200);

/** What of it all a request could change, but for what is counted and logged. */
async function stored(): Promise<unknown> {
  const tables: unknown[] = [];
  for (const columns of [
    'uuid, version, updated_at, deleted_at, body from customers',
    'customer_uuid, version, event from webhook_events',
    'uuid, status, updated_at, deleted_at, expires_at, encrypted_secret from webhooks',
    'uuid, status, due_at, round_attempts from webhook_deliveries',
    'idempotency_key, body from idempotent_answers',
    'event, team_id from audit_entries',
    'team_id, signed_at, signature from request_marks',
  ]) {
    tables.push(await server.database.sql(`select ${columns} order by 1, 2`));
  }
  return tables;
}

interface Repeated {
  /** Method and path as the OpenAPI document has them. */
  readonly of: string;
  readonly why?: string;
  request(): Promise<PlainRequest>;
  readonly first: number;
  readonly second: readonly [status: number, code?: string];
}

const WRITES: readonly Repeated[] = [
  {
    of: 'POST /customers',
    request: async () => sign('POST', '/customers', smallCustomer()),
    first: 201,
    second: [409, 'email_already_exists'],
  },
  {
    of: 'POST /customers/bulk',
    request: async () => sign('POST', '/customers/bulk', { customers: [smallCustomer(), smallCustomer()] }),
    first: 201,
    second: [201],
  },
  {
    of: 'PUT /customers/bulk',
    request: async () => sign('PUT', '/customers/bulk', { by: 'email', customers: [smallCustomer()] }),
    first: 201,
    second: [201],
  },
  {
    of: 'POST /customers/match',
    request: async () => sign('POST', '/customers/match', { customers: [smallCustomer()] }),
    first: 200,
    second: [200],
  },
  {
    of: 'POST /customers/{uuid}/not-duplicates',
    request: async () => {
      const [one, other] = [await create(), await create()];
      return sign('POST', `/customers/${one.uuid}/not-duplicates`, { uuids: [other.uuid] });
    },
    first: 200,
    second: [200],
  },
  {
    of: 'POST /imports',
    request: async () => sign('POST', '/imports', { name: 'a' }),
    first: 201,
    second: [401, 'replayed_request'],
  },
  {
    of: 'POST /imports/{uuid}/finish',
    request: async () =>
      sign('POST', `/imports/${(await caller.post('/imports', { name: 'a' })).data.import.uuid}/finish`, {}),
    first: 200,
    second: [200],
  },
  {
    of: 'POST /imports/{uuid}/undo',
    request: async () =>
      sign('POST', `/imports/${(await caller.post('/imports', { name: 'a' })).data.import.uuid}/undo`, {}),
    first: 200,
    second: [200],
  },
  {
    of: 'POST /customers/{uuid}/revert',
    request: async () => {
      const { uuid } = await create();
      await caller.patch(`/customers/${uuid}`, { notes: 'changed' });
      return sign('POST', `/customers/${uuid}/revert`, { version: 1 });
    },
    first: 200,
    second: [200],
  },
  {
    of: 'PATCH /customers/bulk',
    request: async () =>
      sign('PATCH', '/customers/bulk', { customers: [{ uuid: (await create()).uuid, notes: 'changed' }] }),
    first: 201,
    second: [201],
  },
  {
    of: 'PUT /customers/{uuid}',
    request: async () => sign('PUT', `/customers/${(await create()).uuid}`, { notes: 'put' }),
    first: 200,
    second: [200],
  },
  {
    of: 'PATCH /customers/{uuid}',
    request: async () => sign('PATCH', `/customers/${(await create()).uuid}`, { notes: 'patched' }),
    first: 200,
    second: [200],
  },
  {
    of: 'DELETE /customers/{uuid}',
    request: async () => sign('DELETE', `/customers/${(await create()).uuid}`),
    first: 200,
    second: [404, 'customer_not_found'],
  },
  {
    of: 'POST /customers/{uuid}/restore',
    request: async () => {
      const { uuid } = await create();
      await deleteByUuid(uuid);
      return sign('POST', `/customers/${uuid}/restore`);
    },
    first: 200,
    second: [200],
  },
  {
    of: 'POST /customers/{uuid}/erase',
    request: async () => sign('POST', `/customers/${(await create()).uuid}/erase`),
    first: 200,
    second: [200],
  },
  {
    of: 'POST /customers/{uuid}/merge',
    request: async () => sign('POST', `/customers/${(await create()).uuid}/merge`, { from: [(await create()).uuid] }),
    first: 200,
    second: [404, 'customer_not_found'],
  },
  {
    of: 'POST /customers/{uuid}/unmerge',
    request: async () => {
      const [{ uuid }, other] = [await create(), await create()];
      await caller.post(`/customers/${uuid}/merge`, { from: [other.uuid] });
      return sign('POST', `/customers/${uuid}/unmerge`, { uuid: other.uuid });
    },
    first: 200,
    second: [404, 'customer_not_found'],
  },
  {
    of: 'PUT /customers/by-external-id/{externalId}',
    request: async () => sign('PUT', `/customers/by-external-id/${uniqueText()}`, smallCustomer()),
    first: 201,
    second: [200],
  },
  {
    of: 'PUT /customers/by-email/{email}',
    request: async () => {
      const email = uniqueEmail();
      return sign('PUT', `/customers/by-email/${encodeURIComponent(email)}`, { customer: 'Acme', email });
    },
    first: 201,
    second: [200],
  },
  {
    of: 'POST /customers/{uuid}/contacts',
    request: async () => sign('POST', `/customers/${(await create()).uuid}/contacts`, { phone: '+27 21 555 0100' }),
    first: 201,
    second: [401, 'replayed_request'],
  },
  {
    of: 'PATCH /customers/{uuid}/contacts/{contactUuid}',
    request: async () => sign('PATCH', (await createContact()).contact, { lastName: 'Nkosi' }),
    first: 200,
    second: [200],
  },
  {
    of: 'DELETE /customers/{uuid}/contacts/{contactUuid}',
    request: async () => sign('DELETE', (await createContact()).contact),
    first: 200,
    second: [404, 'contact_not_found'],
  },
  {
    of: 'POST /webhooks',
    request: async () =>
      sign('POST', '/webhooks', { event: 'customer.created', callbackUrl: 'https://crm.example/twice' }),
    first: 201,
    second: [401, 'replayed_request'],
  },
  {
    of: 'PATCH /webhooks/{uuid}',
    request: async () => sign('PATCH', await createWebhook(), { status: 'paused' }),
    first: 200,
    second: [200],
  },
  {
    of: 'PATCH /webhooks/{uuid}',
    why: 'with a secret, of which the second would push out the one that is being replaced',
    request: async () => {
      const signingSecret = `whsec_${Buffer.from('a'.repeat(32)).toString('base64')}`;
      return sign('PATCH', await createWebhook(), { signingSecret });
    },
    first: 200,
    second: [401, 'replayed_request'],
  },
  {
    of: 'DELETE /webhooks/{uuid}',
    request: async () => sign('DELETE', await createWebhook()),
    first: 200,
    second: [404, 'webhook_not_found'],
  },
  {
    of: 'POST /webhooks/{uuid}/test',
    request: async () => sign('POST', `${await createWebhook()}/test`),
    first: 202,
    second: [401, 'replayed_request'],
  },
  {
    of: 'POST /webhooks/{uuid}/deliveries/{deliveryUuid}/redeliver',
    request: async () => {
      const webhook = await createWebhook();
      const { data } = await caller.post(`${webhook}/test`, undefined);
      return sign('POST', `${webhook}/deliveries/${data.delivery.uuid}/redeliver`);
    },
    first: 202,
    second: [401, 'replayed_request'],
  },
  {
    of: 'POST /webhooks/{uuid}/redeliver',
    request: async () => {
      const webhook = await createWebhook();
      await caller.post(`${webhook}/test`, undefined);
      for (const status of ['disabled', 'active']) await caller.patch(webhook, { status });
      return sign('POST', `${webhook}/redeliver`, { since: '2020-01-01T00:00:00.000Z' });
    },
    first: 202,
    second: [202],
  },
  {
    of: 'POST /webhooks/listeners',
    request: async () => sign('POST', '/webhooks/listeners'),
    first: 201,
    second: [401, 'replayed_request'],
  },
  {
    of: 'POST /webhooks/listeners/{uuid}/acknowledge',
    request: async () => sign('POST', `${await createListener()}/acknowledge`, { events: [randomUUID()] }),
    first: 200,
    second: [200],
  },
  {
    of: 'DELETE /webhooks/listeners/{uuid}',
    request: async () => sign('DELETE', await createListener()),
    first: 200,
    second: [404, 'webhook_not_found'],
  },
];

describe('the very same signed request, sent twice', () => {
  test('is tried for every write that there is', async () => {
    const operations = operationsUnder(await readDocument(server.url), '/partners/');
    const writes = operations
      .filter(({ method, tags }) => method !== 'GET' && !tags.includes('Authorization'))
      .map(({ method, path }) => `${method} ${path.replace('/partners', '')}`);
    expect([...new Set(WRITES.map(({ of }) => of))].sort()).toEqual(writes.sort());
  });

  test.each(WRITES.map((write) => [`${write.of} ${write.why ?? ''}`, write] as const))(
    'has one effect: %s',
    async (_name, write) => {
      const { request, first, second } = write;
      const signed = await request();
      const before = await send(signed);
      expect(before.status, before.text).toBe(first);
      const state = await stored();
      const again = await send(signed);
      expect(outcome(again), again.text).toEqual([second[0], second[1]]);
      expect(await stored()).toEqual(state);
      if (again.status !== 401) return;
      expect(again.body.message).toMatch(/nothing was changed.* sign it anew/i);
      // Signed anew it is another request.
      const { method, target, body = '' } = signed;
      const anew = await caller.send(method, target.replace('/partners', ''), { rawBody: body });
      expect(anew.status, anew.text).toBe(first);
    },
  );

  test('names the one that the first made', async () => {
    const request = sign('POST', '/customers', smallCustomer());
    const { uuid } = (await send(request)).data.customer;
    expect((await send(request)).body.details).toMatchObject({ existingCustomerUuid: uuid });
  });

  test('tells one event', async () => {
    const request = sign('POST', '/customers', smallCustomer());
    const { uuid } = (await send(request)).data.customer;
    await send(request);
    await deleteByUuid(uuid);
    await send(request);
    const hex = uuid.replaceAll('-', '');
    const events = await server.database.sql('select customer_uuid as uuid, event from webhook_events');
    const told = events.flatMap(({ uuid: of, event }) => {
      const text = Buffer.isBuffer(of) || of instanceof Uint8Array ? Buffer.from(of).toString('hex') : String(of);
      return text.replaceAll('-', '') === hex ? [event] : [];
    });
    expect(told.sort()).toEqual(['customer.created', 'customer.deleted']);
  });

  test('may be sent as often as anybody likes when it reads', async () => {
    const request = sign('GET', `/customers/${(await create()).uuid}`);
    for (let round = 0; round < 3; round++) expect((await send(request)).status).toBe(200);
  });

  test('is answered as before where it was refused for what it asked', async () => {
    const request = sign('POST', '/customers', {});
    for (let round = 0; round < 2; round++) expect((await send(request)).body.code).toBe('validation_error');
  });

  test('is another one with another timestamp', async () => {
    const { path } = await createContact();
    const target = `/partners${path}`;
    const body = '{"firstName":"Sam"}';
    for (const timestamp of [secondsNow(), secondsNow(1), `${secondsNow()}000`]) {
      const headers = headersOf({ method: 'POST', target, ...caller, body, timestamp });
      expect((await send({ method: 'POST', target, headers, body })).status).toBe(201);
    }
  });
});

describe('a request that comes again when it would have an effect once more', () => {
  test('is refused: a create after its customer was deleted', async () => {
    const input = smallCustomer();
    const request = sign('POST', '/customers', input);
    await deleteByUuid((await send(request)).data.customer.uuid);
    expect(outcome(await send(request))).toEqual(REFUSED);
    const query = { search: input.email };
    expect((await caller.get('/customers', { query })).data.customers).toEqual([]);
  });

  test('is refused: an update after another', async () => {
    const { uuid } = await create({ notes: 'first' });
    const request = sign('PATCH', `/customers/${uuid}`, { notes: 'second' });
    expect((await send(request)).status).toBe(200);
    const { data } = await caller.patch(`/customers/${uuid}`, { notes: 'third' });
    expect(outcome(await send(request))).toEqual(REFUSED);
    expect((await caller.get(`/customers/${uuid}`)).data.customer).toEqual(data.customer);
  });

  test('is refused: a bulk call of which one row can be stored again, and none of it is', async () => {
    const customers = [smallCustomer(), smallCustomer()];
    const request = sign('POST', '/customers/bulk', { customers });
    const { results } = (await send(request)).data;
    const [first] = results;
    if (first === undefined || !first.success) throw new Error('the first row was not stored');
    await deleteByUuid(first.customer.uuid);
    const state = await stored();
    expect(outcome(await send(request))).toEqual(REFUSED);
    expect(await stored()).toEqual(state);
  });

  test('is refused: an upsert after another update', async () => {
    const path = `/customers/by-external-id/${uniqueText()}`;
    const request = sign('PUT', path, smallCustomer({ notes: 'first' }));
    const { uuid } = (await send(request)).data.customer;
    await caller.patch(`/customers/${uuid}`, { notes: 'second' });
    expect(outcome(await send(request))).toEqual(REFUSED);
    expect((await caller.get(`/customers/${uuid}`)).data.customer.notes).toBe('second');
  });

  test('is served for another team, whose token it did not have before', async () => {
    const other = await server.createCaller({ app: caller.app });
    const request = sign('POST', '/customers', smallCustomer());
    expect((await send(request)).status).toBe(201);
    expect((await send(request, { authorization: `Bearer ${other.accessToken}` })).status).toBe(201);
  });
});

describe('a repeat with an Idempotency-Key', () => {
  const key = () => ({ 'idempotency-key': uniqueText('key-') });

  test('gets the kept answer under its own, whatever became of the effect', async () => {
    const request = sign('POST', '/customers', smallCustomer());
    const own = key();
    const first = await send(request, own);
    expect(first.status).toBe(201);
    await deleteByUuid(first.data.customer.uuid);
    const again = await send(request, own);
    expect([again.status, again.text, again.headers.get('idempotency-replayed')]).toEqual([201, first.text, 'true']);
  });

  test.each([
    ['a key that was taken away', true, false],
    ['a fresh key in place of its own', true, true],
    ['a fresh key where it had none', false, true],
  ])('is no new request with %s', async (_name, hadKey, hasKey) => {
    const { path } = await createContact();
    const request = sign('POST', path, { phone: '+27 21 555 0100' });
    expect((await send(request, hadKey ? key() : {})).status).toBe(201);
    const state = await stored();
    const fresh = hasKey ? key() : {};
    expect(outcome(await send(request, fresh))).toEqual(REFUSED);
    expect(await stored()).toEqual(state);
    // Nothing was kept under the key either.
    expect((await caller.post(path, { firstName: 'Other' }, { headers: fresh })).status).toBe(201);
  });
});

describe('the very same signed requests at once', () => {
  const atOnce = (count: number, request: PlainRequest) =>
    Promise.all(Array.from({ length: count }, () => send(request)));

  test('make one customer, and the others name it', async () => {
    const answers = await atOnce(40, sign('POST', '/customers', smallCustomer()));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, ...Array(39).fill(409)]);
  });

  test('add one contact', async () => {
    const { uuid } = await create();
    const path = `/customers/${uuid}/contacts`;
    const answers = await atOnce(20, sign('POST', path, { firstName: 'Sam' }));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, ...Array(19).fill(401)]);
    expect((await caller.get(path)).data.contacts).toHaveLength(1);
  });

  test('make one subscription', async () => {
    const input = { event: 'customer.deleted', callbackUrl: `https://crm.example/${uniqueText()}` };
    const answers = await atOnce(10, sign('POST', '/webhooks', input));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, ...Array(9).fill(401)]);
  });

  test('bring nothing back that was deleted, and do not disturb others', async () => {
    const request = sign('POST', '/customers', smallCustomer());
    await deleteByUuid((await send(request)).data.customer.uuid);
    const [repeats, others] = await Promise.all([
      atOnce(10, request),
      Promise.all(Array.from({ length: 20 }, () => caller.post('/customers', smallCustomer()))),
    ]);
    expect(repeats.map(outcome)).toEqual(Array(10).fill(REFUSED));
    expect(others.map(({ status }) => status)).toEqual(Array(20).fill(201));
  });
});

describe('a request that had no effect may be sent again as it is', () => {
  test('after 401 for its token', async () => {
    const request = sign('POST', '/customers', smallCustomer());
    const { authorization: _, ...headers } = request.headers ?? {};
    expect((await sendBytes(server.url, { ...request, headers })).body.code).toBe('missing_token');
    expect((await send(request, { authorization: 'Bearer wrong' })).body.code).toBe('invalid_token');
    expect((await send(request)).status).toBe(201);
  });

  test('after 403 for a scope that its token lacked', async () => {
    const reader = await server.createAccessToken(caller.app, caller.team, ['customers:read']);
    const request = sign('POST', '/customers', smallCustomer());
    expect((await send(request, { authorization: `Bearer ${reader}` })).body.code).toBe('insufficient_scope');
    expect((await send(request)).status).toBe(201);
  });

  test('after 429', async () => {
    const app = await server.createApp({ rateLimit: 1 });
    const limited = await server.createCaller({ app, team: caller.team });
    expect((await limited.get('/customers')).status).toBe(200);
    const request = signedOnce(limited, { method: 'POST', path: '/customers', body: smallCustomer() });
    expect((await send(request)).status).toBe(429);
    await server.make(['app', 'update', '--client-id', app.clientId, '--rate-limit', '0']);
    await eventually(async () => expect((await send(request)).status).toBe(201));
  });

  test('after a fault that undid it', async () => {
    const { path } = await createContact();
    const requests = [sign('POST', '/customers', smallCustomer()), sign('POST', path, { firstName: 'Sam' })];
    await server.database.sql('alter table request_marks rename to request_marks_away');
    try {
      for (const request of requests) expect((await send(request)).status).toBe(500);
    } finally {
      await server.database.sql('alter table request_marks_away rename to request_marks');
    }
    for (const request of requests) expect((await send(request)).status).toBe(201);
  });
});

describe('a server that was started anew', () => {
  let request: PlainRequest;

  beforeAll(async () => {
    await server.database.sql('update request_marks set signed_at = signed_at - 601000');
    // More of one team than are forgotten in one step.
    await server.database.sql(`insert into request_marks (team_id, signed_at, signature)
      with recursive numbers (number) as (select 1 union all select number + 1 from numbers where number < 1100)
      select team_id, signed_at - number, signature from numbers
        cross join (select * from request_marks order by signed_at limit 1) as one`);
    request = sign('POST', '/customers', smallCustomer());
    await deleteByUuid((await send(request)).data.customer.uuid);
    expect(await server.end('SIGTERM')).toBe(0);
    await server.restart();
  });

  test('refuses what the one before it has carried out', async () => {
    expect(outcome(await send(request))).toEqual(REFUSED);
  });

  test('forgets the marks of requests that no clock lets in, and no others', async () => {
    const marks = () => server.database.sql('select signed_at from request_marks');
    // Of the create and of the delete.
    await eventually(async () => expect(await marks()).toHaveLength(2));
    expect(outcome(await send(request))).toEqual(REFUSED);
  });
});
