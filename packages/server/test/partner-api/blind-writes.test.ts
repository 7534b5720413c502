import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Caller, WireAnswer } from '../harness/caller.js';
import { startServer, type TestServer } from '../harness/server.js';

let server: TestServer;
/** An app's tokens for one team: one that may do everything, one that may write and not read. */
let full: Caller;
let blind: Caller;

beforeAll(async () => {
  server = await startServer();
  full = await server.createCaller();
  blind = await server.createCaller({ app: full.app, team: full.team, scopes: ['customers:write'] });
});
afterAll(() => server.stop());

const SECRETS = [
  'Quiet Orchid',
  'orchid@hidden.example',
  '+27 21 555 0199',
  'Thandi',
  'thandi@hidden.example',
  'ext-77',
];

let count = 0;
/** A customer that a token without `customers:read` must learn nothing of. */
async function hiddenCustomer(): Promise<{ uuid: string; contactUuid: string; email: string; externalId: string }> {
  count += 1;
  const { data } = await full.post('/customers', {
    customer: 'Quiet Orchid',
    email: `${count}-orchid@hidden.example`,
    mainPhone: '+27 21 555 0199',
    externalId: `ext-77-${count}`,
    contacts: [{ name: 'Thandi', email: 'thandi@hidden.example' }],
  });
  const { uuid, email, externalId, contacts } = data.customer;
  return { uuid, email, externalId: externalId ?? '', contactUuid: contacts[0]?.uuid ?? '' };
}

function expectBlind(answer: WireAnswer): void {
  for (const secret of SECRETS) expect(answer.text).not.toContain(secret);
}

const wire = (data: unknown) => data as Readonly<Record<string, unknown>>;

type Hidden = Awaited<ReturnType<typeof hiddenCustomer>>;

interface Write {
  readonly method: string;
  readonly path: (hidden: Hidden) => string;
  readonly body: object;
  readonly version: number;
  readonly outcome: string;
}

const byUuid = ({ uuid }: Hidden) => `/customers/${uuid}`;
const byEmail = ({ email }: Hidden) => `/customers/by-email/${encodeURIComponent(email)}`;
const byExternalId = ({ externalId }: Hidden) => `/customers/by-external-id/${externalId}`;

const WRITES: readonly Write[] = [
  { method: 'PUT', path: byUuid, body: { notes: 'n' }, version: 2, outcome: 'updated' },
  { method: 'PATCH', path: byUuid, body: {}, version: 1, outcome: 'updated' },
  { method: 'PUT', path: byEmail, body: {}, version: 1, outcome: 'unchanged' },
  { method: 'PUT', path: byExternalId, body: {}, version: 1, outcome: 'unchanged' },
  { method: 'PUT', path: byExternalId, body: { notes: 'n' }, version: 2, outcome: 'updated' },
];

function send(caller: Caller, { write, hidden }: { write: Write; hidden: Hidden }): Promise<WireAnswer> {
  const headers = { 'idempotency-key': `key-of-${hidden.uuid}` };
  return caller.send(write.method, write.path(hidden), { body: write.body, headers });
}

describe('a token without customers:read', () => {
  test.each(WRITES)('is told uuid, version and outcome alone: $method $body, $outcome', async (write) => {
    const hidden = await hiddenCustomer();
    const answer = await send(blind, { write, hidden });
    expect(answer.status, answer.text).toBe(200);
    expectBlind(answer);
    const { version, outcome } = write;
    expect(wire(answer.data)).toEqual({ uuid: hidden.uuid, version, outcome });
    expect(answer.headers.get('etag')).toBe(`"${version}"`);
    // The answer that is kept is whole for whoever may read.
    const kept = await send(full, { write, hidden });
    expect(kept.headers.get('idempotency-replayed')).toBe('true');
    expect(kept.data.customer.email).toBe(hidden.email);
  });

  test.each(WRITES)('is told no more by what is kept of another token: $method $body, $outcome', async (write) => {
    const hidden = await hiddenCustomer();
    expect((await send(full, { write, hidden })).text).toContain('Quiet Orchid');
    const kept = await send(blind, { write, hidden });
    expect(kept.headers.get('idempotency-replayed')).toBe('true');
    expectBlind(kept);
    expect(wire(kept.data)).toEqual({ uuid: hidden.uuid, version: write.version, outcome: write.outcome });
  });

  test('creates, and learns the UUID', async () => {
    const answer = await blind.post('/customers', {
      customer: 'Quiet Orchid',
      email: 'new-orchid@hidden.example',
      colour: 1,
    });
    expect(answer.status).toBe(201);
    const { uuid } = wire(answer.data);
    expect(wire(answer.data)).toEqual({
      uuid,
      version: 1,
      outcome: 'created',
      _partnerWarnings: [expect.objectContaining({ field: 'colour' })],
    });
    expect(answer.headers.get('location')).toBe(`/partners/customers/${uuid}`);
    expectBlind(answer);
    const made = await blind.send('PUT', '/customers/by-email/made@hidden.example', {
      body: { customer: 'Thandi' },
    });
    expect(wire(made.data)).toMatchObject({ version: 1, outcome: 'created' });
  });

  test('deletes and restores; where the email was taken meanwhile it is not told which', async () => {
    const { uuid, email } = await hiddenCustomer();
    expect(wire((await blind.delete(`/customers/${uuid}`)).data)).toEqual({ uuid, id: uuid, deleted: true });
    const restored = await blind.send('POST', `/customers/${uuid}/restore`);
    expect(wire(restored.data)).toEqual({ uuid, version: 3, outcome: 'updated' });
    expectBlind(restored);
    await blind.delete(`/customers/${uuid}`);
    const holder = (await full.post('/customers', { customer: 'Other', email })).data.customer.uuid;
    for (const headers of [{}, { 'idempotency-key': `restore-${uuid}` }]) {
      const refused = await blind.send('POST', `/customers/${uuid}/restore`, { headers });
      expect([refused.status, refused.body.details]).toEqual([409, { existingCustomerUuid: holder }]);
      expectBlind(refused);
    }
    expect((await full.send('POST', `/customers/${uuid}/restore`)).body.details).toEqual({
      email,
      existingCustomerUuid: holder,
    });
  });

  test('writes in bulk, and each row is as blind', async () => {
    const hidden = await hiddenCustomer();
    const created = await blind.post('/customers/bulk', {
      customers: [
        { customer: 'Quiet Orchid', email: 'bulk-orchid@hidden.example' },
        { customer: 'Thandi', email: hidden.email },
      ],
    });
    expectBlind(created);
    expect(created.data.results).toEqual([
      { index: 0, success: true, uuid: expect.any(String), version: 1, outcome: 'created' },
      {
        index: 1,
        success: false,
        error: expect.any(String),
        code: 'email_already_exists',
        details: { existingCustomerUuid: hidden.uuid },
      },
    ]);
    const updated = await blind.send('PATCH', '/customers/bulk', {
      body: { customers: [{ uuid: hidden.uuid, notes: 'n' }] },
    });
    expectBlind(updated);
    expect(updated.data.results).toEqual([
      { index: 0, success: true, uuid: hidden.uuid, version: 2, outcome: 'updated' },
    ]);
    expect([updated.data.successCount, updated.data.errorCount]).toEqual([1, 0]);
  });

  test('changes contacts, and sees none', async () => {
    const { uuid, contactUuid } = await hiddenCustomer();
    const made = await blind.post(`/customers/${uuid}/contacts`, { name: 'Thandi' });
    expect(wire(made.data)).toEqual({ uuid: expect.any(String), version: 2, outcome: 'created' });
    const changed = await blind.patch(`/customers/${uuid}/contacts/${contactUuid}`, { phone: '1' });
    expect(wire(changed.data)).toEqual({ uuid: contactUuid, version: 3, outcome: 'updated' });
    const gone = await blind.delete(`/customers/${uuid}/contacts/${contactUuid}`);
    expect(wire(gone.data)).toEqual({ uuid: contactUuid, id: contactUuid, deleted: true });
    for (const answer of [made, changed, gone]) expectBlind(answer);
  });
});
