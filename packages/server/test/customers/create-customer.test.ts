import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Caller } from '../harness/caller.js';
import { smallCustomer, uniqueEmail, uniqueText } from '../harness/customers.js';
import { startServer, type TestServer } from '../harness/server.js';

const UUID_V4 = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/;

let server: TestServer;
let caller: Caller;

beforeAll(async () => {
  server = await startServer();
  caller = await server.createCaller();
});
afterAll(() => server.stop());

const create = (body: unknown) => caller.post('/customers', body);

describe('a new customer', () => {
  test('comes back with every field as it was sent', async () => {
    const input = {
      customer: 'Zoë & Søn 株式会社 🧾',
      email: `Zoe.${uniqueText()}@Acme.Example`,
      mainPhone: '+27 (21) 555-0199 ext. 4',
      website: 'https://acme.example/path?x=1#y',
      status: 'inactive',
      billingAddress: { street: '12 Long Street', city: 'Cape Town', state: 'WC', zipCode: '8001', country: 'ZA' },
      shippingAddress: { street: '1 Quay', city: 'Durban', state: 'KZN', zipCode: '4001', country: 'South Africa' },
      notes: 'line one\nline two\t"quoted" \\ end',
      paymentTerm: 'Net 30',
      taxNumber: '4123456789',
      taxAutoCalculate: true,
      taxExcluded: false,
      taxes: [15, 0.5, -1, 1e21],
      externalId: uniqueText('crm/'),
      metadata: { segment: 'retail', '': 'empty key', 'a b': '', __proto__x: 'y' },
    };
    const contacts = [
      {
        firstName: 'Thandi',
        lastName: 'Nkosi',
        name: 'T. Nkosi',
        email: 'T@acme.example',
        phone: '1',
        isPrimary: true,
      },
      { firstName: null, lastName: null, name: null, email: null, phone: '2', isPrimary: false },
    ];
    const created = await create({ ...input, contacts });
    expect(created.status).toBe(201);
    expect(created.body).toMatchObject({ status: 'success', message: 'Customer created successfully' });
    const { customer } = created.data;
    expect(customer).toEqual({
      ...input,
      contacts: contacts.map((contact) => ({ ...contact, uuid: expect.stringMatching(UUID_V4) })),
      uuid: expect.stringMatching(UUID_V4),
      id: customer.uuid,
      createdAt: expect.stringMatching(TIME),
      updatedAt: customer.createdAt,
      version: 1,
    });
    expect(created.data).not.toHaveProperty('_partnerWarnings');
    expect((await caller.get(`/customers/${customer.uuid}`)).data.customer).toEqual(customer);
  });

  test('has defaults for whatever was left out', async () => {
    const input = smallCustomer();
    const { customer } = (await create(input)).data;
    expect(customer).toEqual({
      ...input,
      uuid: customer.uuid,
      id: customer.uuid,
      mainPhone: null,
      website: null,
      status: 'active',
      billingAddress: null,
      shippingAddress: null,
      contacts: [],
      notes: null,
      paymentTerm: null,
      taxNumber: null,
      taxAutoCalculate: null,
      taxExcluded: null,
      taxes: null,
      externalId: null,
      metadata: {},
      createdAt: customer.createdAt,
      updatedAt: customer.createdAt,
      version: 1,
    });
    expect(Math.abs(Date.parse(customer.createdAt) - Date.now())).toBeLessThan(30_000);
  });

  test('is answered with its address, its entity tag and the request id that was sent', async () => {
    const answer = await caller.post('/customers', smallCustomer(), { headers: { 'x-request-id': 'order-7/a' } });
    expect(answer.headers.get('location')).toBe(`/partners/customers/${answer.data.customer.uuid}`);
    expect(answer.headers.get('etag')).toBe('"1"');
    expect(answer.headers.get('x-request-id')).toBe('order-7/a');
    expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(answer.headers.get('cache-control')).toBe('no-store');
  });

  test('keeps white space inside the name and loses it around', async () => {
    const answer = await create(smallCustomer({ customer: ' \t\u00a0Acme  \n Trading\u3000 ' }));
    expect(answer.data.customer.customer).toBe('Acme  \n Trading');
  });

  test.each([null, ''])('has null for optional texts that were sent as %j', async (empty) => {
    const fields = { mainPhone: empty, website: empty, notes: empty, paymentTerm: empty, taxNumber: empty };
    const answer = await create(smallCustomer({ ...fields, externalId: empty }));
    expect(answer.status).toBe(201);
    for (const field of [...Object.keys(fields), 'externalId']) {
      expect(answer.data.customer).toHaveProperty(field, null);
    }
  });

  test('takes null for every other optional field', async () => {
    const fields = { taxAutoCalculate: null, taxExcluded: null, taxes: null, metadata: null, contacts: null };
    const answer = await create(smallCustomer({ ...fields, billingAddress: null, shippingAddress: null }));
    expect(answer.status).toBe(201);
    expect(answer.data.customer).toMatchObject({ taxes: null, metadata: {}, contacts: [], billingAddress: null });
  });

  test('keeps two records without external id apart', async () => {
    expect((await create(smallCustomer({ externalId: null }))).status).toBe(201);
    expect((await create(smallCustomer({ externalId: null }))).status).toBe(201);
  });

  test('keeps metadata keys that JavaScript objects have by nature', async () => {
    const rawBody = `{"customer":"A","email":"${uniqueEmail()}","metadata":{"__proto__":"a","constructor":"b","toString":"c"}}`;
    const { uuid } = (await caller.send('POST', '/customers', { rawBody })).data.customer;
    const patched = '{"metadata":{"__proto__":"d","hasOwnProperty":"e"}}';
    const { text } = await caller.get(`/customers/${uuid}`);
    expect(text).toContain('"metadata":{"__proto__":"a","constructor":"b","toString":"c"}');
    await caller.send('PATCH', `/customers/${uuid}`, { rawBody: patched });
    expect((await caller.get(`/customers/${uuid}`)).text).toContain(
      `"metadata":{"__proto__":"d","hasOwnProperty":"e"}`,
    );
  });
});

describe('addresses', () => {
  test('may be partial', async () => {
    const answer = await create(
      smallCustomer({ billingAddress: { city: 'Durban', state: '' }, shippingAddress: { country: 'X' } }),
    );
    const none = { street: null, city: null, state: null, zipCode: null, country: null };
    expect(answer.data.customer.billingAddress).toEqual({ ...none, city: 'Durban' });
    expect(answer.data.customer.shippingAddress).toEqual({ ...none, country: 'X' });
  });

  test.each([{}, { street: null, city: null, state: null, zipCode: null, country: null }, { street: '', city: '' }])(
    'are null when they say nothing: %j',
    async (address) => {
      const answer = await create(smallCustomer({ billingAddress: address, shippingAddress: address }));
      expect(answer.status).toBe(201);
      expect(answer.data.customer).toMatchObject({ billingAddress: null, shippingAddress: null });
    },
  );
});

describe('contacts', () => {
  test('have a name made from its parts when none was sent', async () => {
    const contacts = [
      { firstName: 'Thandi', lastName: 'Nkosi' },
      { firstName: 'Thandi' },
      { lastName: 'Nkosi' },
      { firstName: 'Thandi', name: 'Dr. N' },
      { firstName: 'Thandi', lastName: '', name: '' },
      { email: 'only@acme.example' },
    ];
    const answer = await create(smallCustomer({ contacts }));
    const names = answer.data.customer.contacts.map(({ name }) => name);
    expect(names).toEqual(['Thandi Nkosi', 'Thandi', 'Nkosi', 'Dr. N', 'Thandi', null]);
  });

  test('keep their order, have ids of their own, and may share an email', async () => {
    const contacts = Array.from({ length: 100 }, (_, index) => ({
      name: `Contact ${index}`,
      email: 'same@acme.example',
    }));
    const answer = await create(smallCustomer({ contacts }));
    expect(answer.data.customer.contacts.map(({ name }) => name)).toEqual(contacts.map(({ name }) => name));
    expect(new Set(answer.data.customer.contacts.map(({ uuid }) => uuid)).size).toBe(100);
  });

  test('are refused above 100', async () => {
    const contacts = Array.from({ length: 101 }, (_, index) => ({ name: `Contact ${index}` }));
    const answer = await create(smallCustomer({ contacts }));
    expect(answer.status).toBe(400);
    expect(answer.body.errors).toEqual([
      { field: 'contacts', code: 'too_many_items', message: 'contacts must have at most 100 entries.' },
    ]);
  });

  test('are refused with a second primary one, and with one that names nobody', async () => {
    const contacts = [
      { name: 'A', isPrimary: true },
      { isPrimary: true, name: ' ' },
      {},
      { name: 'B', isPrimary: true },
    ];
    const answer = await create(smallCustomer({ contacts }));
    expect(answer.body.errors?.map(({ field, code }) => `${field} ${code}`)).toEqual([
      'contacts[1] empty_contact',
      'contacts[1].isPrimary multiple_primary_contacts',
      'contacts[2] empty_contact',
      'contacts[3].isPrimary multiple_primary_contacts',
    ]);
  });

  test('are stored with the customer or not at all', async () => {
    const input = smallCustomer({ contacts: [{ name: 'A' }, { email: 'not an address' }] });
    expect((await create(input)).status).toBe(400);
    expect((await caller.get('/customers/find-by-email', { query: { email: input.email } })).status).toBe(404);
    expect((await create({ ...input, contacts: [] })).status).toBe(201);
  });
});

describe('what is unique in a team', () => {
  test('the email is, without regard to case, and the refusal names who has it', async () => {
    const input = smallCustomer();
    const { customer } = (await create(input)).data;
    const email = input.email.toUpperCase();
    const refused = await create(smallCustomer({ email }));
    expect(refused.status).toBe(409);
    expect(refused.body).toMatchObject({
      status: 'error',
      code: 'email_already_exists',
      message: 'A customer with this email already exists',
      details: { email, existingCustomerUuid: customer.uuid },
    });
    expect(refused.headers.get('location')).toBeNull();
  });

  test('the external id is, with regard to case', async () => {
    const externalId = uniqueText('ext');
    const { customer } = (await create(smallCustomer({ externalId }))).data;
    const input = smallCustomer({ externalId });
    const refused = await create(input);
    expect(refused.status).toBe(409);
    expect(refused.body).toMatchObject({
      code: 'external_id_already_exists',
      details: { externalId, existingCustomerUuid: customer.uuid },
    });
    expect((await create({ ...input, externalId: externalId.toUpperCase() })).status).toBe(201);
  });

  test('of ten creates with one email at once, one is stored', async () => {
    const email = uniqueEmail();
    const answers = await Promise.all(Array.from({ length: 10 }, () => create(smallCustomer({ email }))));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, ...Array.from({ length: 9 }, () => 409)]);
  });

  test('phone, name and website are not', async () => {
    const same = { customer: 'Same', mainPhone: '1', website: 'same.example' };
    expect((await create(smallCustomer(same))).status).toBe(201);
    expect((await create(smallCustomer(same))).status).toBe(201);
  });
});

describe('fields that are not used', () => {
  test('are named in warnings, at every level, and the rest is stored', async () => {
    const answer = await create(
      smallCustomer({
        nickname: 'x',
        version: 7,
        billingAddress: { city: 'Durban', planet: 'Earth' },
        shippingAddress: { x: 1 },
        contacts: [{ name: 'A' }, { name: 'B', twitter: '@b' }],
      }),
    );
    expect(answer.status).toBe(201);
    expect(answer.data._partnerWarnings?.map(({ field, reason }) => `${field} ${reason}`)).toEqual([
      'nickname unknown_field',
      'version read_only_field',
      'billingAddress.planet unknown_field',
      'shippingAddress.x unknown_field',
      'contacts[1].twitter unknown_field',
    ]);
    for (const { message } of answer.data._partnerWarnings ?? []) expect(message).toMatch(/ignored\.$/);
    expect(answer.data.customer).not.toHaveProperty('nickname');
    expect(answer.data.customer).toMatchObject({ version: 1, shippingAddress: null });
    expect(answer.data.customer.billingAddress).not.toHaveProperty('planet');
  });
});
