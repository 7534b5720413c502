import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Caller, WireAnswer } from '../harness/caller.js';
import { smallCustomer, uniqueEmail, uniqueText } from '../harness/customers.js';
import { startServer, type TestServer } from '../harness/server.js';

let server: TestServer;
let caller: Caller;

beforeAll(async () => {
  server = await startServer();
  caller = await server.createCaller();
});
afterAll(() => server.stop());

const create = (body: unknown) => caller.post('/customers', body);

/** The errors of an answer, each as field and code. */
function faults({ status, body }: WireAnswer): string[] {
  expect(status).toBe(400);
  expect(body).toMatchObject({ status: 'error', code: 'validation_error' });
  for (const { field, message } of body.errors ?? []) {
    expect(message.startsWith(field)).toBe(true);
    expect(message).toMatch(/\.$/);
  }
  return (body.errors ?? []).map(({ field, code }) => `${field} ${code}`);
}

/** A character outside the basic plane: two UTF-16 units, one code point. */
const astral = '🧾';

const TEXT_LIMITS: readonly (readonly [field: string, limit: number, nest: (text: string) => object])[] = [
  ['customer', 255, (customer) => ({ customer })],
  ['mainPhone', 50, (mainPhone) => ({ mainPhone })],
  ['website', 255, (website) => ({ website })],
  ['notes', 5000, (notes) => ({ notes })],
  ['paymentTerm', 255, (paymentTerm) => ({ paymentTerm })],
  ['taxNumber', 255, (taxNumber) => ({ taxNumber })],
  ['billingAddress.street', 255, (street) => ({ billingAddress: { street } })],
  ['billingAddress.city', 255, (city) => ({ billingAddress: { city } })],
  ['billingAddress.state', 255, (state) => ({ billingAddress: { state } })],
  ['shippingAddress.zipCode', 255, (zipCode) => ({ shippingAddress: { zipCode } })],
  ['shippingAddress.country', 255, (country) => ({ shippingAddress: { country } })],
  ['contacts[0].firstName', 255, (firstName) => ({ contacts: [{ firstName }] })],
  ['contacts[0].lastName', 255, (lastName) => ({ contacts: [{ lastName }] })],
  ['contacts[0].name', 255, (name) => ({ contacts: [{ name }] })],
  ['contacts[0].phone', 50, (phone) => ({ contacts: [{ phone }] })],
  ['metadata.key', 500, (key) => ({ metadata: { key } })],
];

describe('lengths count code points', () => {
  test.each(TEXT_LIMITS)('%s takes %d characters and refuses one more', async (field, limit, nest) => {
    expect((await create(smallCustomer(nest(astral.repeat(limit))))).status).toBe(201);
    expect(faults(await create(smallCustomer(nest(astral.repeat(limit + 1)))))).toEqual([`${field} too_long`]);
  });

  test('an external id of 255 characters is kept, of 256 refused', async () => {
    const externalId = uniqueText() + astral.repeat(238);
    const created = await create(smallCustomer({ externalId }));
    expect([...externalId].length).toBe(255);
    expect(created.data.customer.externalId).toBe(externalId);
    expect(faults(await create(smallCustomer({ externalId: `${externalId}x` })))).toEqual(['externalId too_long']);
  });

  test('a name is measured after trimming', async () => {
    const created = await create(smallCustomer({ customer: ` ${'x'.repeat(255)} ` }));
    expect(created.data.customer.customer).toBe('x'.repeat(255));
  });

  test('metadata takes 50 keys of 40 characters, and no more', async () => {
    const keys = Array.from({ length: 50 }, (_, index) => `${index}`.padStart(2, '0') + astral.repeat(38));
    const metadata = Object.fromEntries(keys.map((key) => [key, 'v']));
    expect((await create(smallCustomer({ metadata }))).data.customer.metadata).toEqual(metadata);
    expect(faults(await create(smallCustomer({ metadata: { ...metadata, more: 'v' } })))).toEqual([
      'metadata too_many_keys',
    ]);
    const tooLong = astral.repeat(41);
    expect(faults(await create(smallCustomer({ metadata: { [tooLong]: 'v' } })))).toEqual([
      `metadata.${astral.repeat(40)}… key_too_long`,
    ]);
  });

  test('taxes take 100 numbers', async () => {
    expect((await create(smallCustomer({ taxes: Array(100).fill(1) }))).status).toBe(201);
    expect(faults(await create(smallCustomer({ taxes: Array(101).fill(1) })))).toEqual(['taxes too_many_items']);
  });
});

describe('required fields', () => {
  test('are named when they are absent', async () => {
    expect(faults(await create({}))).toEqual(['customer required', 'email required']);
  });

  test.each(['', ' ', '\t\n\u00a0\u3000'])('a name of nothing but white space is refused: %j', async (customer) => {
    expect(faults(await create(smallCustomer({ customer })))).toEqual(['customer empty']);
  });

  test('null is no value for them', async () => {
    expect(faults(await create({ customer: null, email: null }))).toEqual([
      'customer invalid_type',
      'email invalid_type',
    ]);
  });
});

const WRONG_TYPES: readonly (readonly [string, object])[] = [
  ['customer', { customer: 1 }],
  ['customer', { customer: ['Acme'] }],
  ['email', { email: { address: 'a@b.example' } }],
  ['mainPhone', { mainPhone: 27215550100 }],
  ['website', { website: true }],
  ['status', { status: null }],
  ['billingAddress', { billingAddress: 'Long Street 12' }],
  ['billingAddress', { billingAddress: [] }],
  ['shippingAddress.zipCode', { shippingAddress: { zipCode: 8001 } }],
  ['contacts', { contacts: { name: 'A' } }],
  ['contacts[1]', { contacts: [{ name: 'A' }, 'B'] }],
  ['contacts[0].phone', { contacts: [{ phone: 1 }] }],
  ['contacts[0].isPrimary', { contacts: [{ name: 'A', isPrimary: 'true' }] }],
  ['notes', { notes: {} }],
  ['paymentTerm', { paymentTerm: 30 }],
  ['taxNumber', { taxNumber: 4123456789 }],
  ['taxAutoCalculate', { taxAutoCalculate: 1 }],
  ['taxExcluded', { taxExcluded: 'false' }],
  ['taxes', { taxes: '15' }],
  ['taxes[1]', { taxes: [15, '15'] }],
  ['externalId', { externalId: 7 }],
  ['metadata', { metadata: [] }],
  ['metadata.size', { metadata: { size: 7 } }],
  ['metadata.none', { metadata: { none: null } }],
];

describe('a wrong type', () => {
  test.each(WRONG_TYPES)('of %s is refused, never coerced: %j', async (field, fields) => {
    expect(faults(await create(smallCustomer(fields)))).toEqual([`${field} invalid_type`]);
  });

  test('a number that is too large for JSON to write again is refused', async () => {
    const rawBody = JSON.stringify(smallCustomer({ taxes: ['x'] })).replace('"x"', '1e999');
    expect(faults(await caller.send('POST', '/customers', { rawBody }))).toEqual(['taxes[0] invalid_type']);
  });

  test('nested a hundred thousand deep is refused as any other', async () => {
    const deep = '['.repeat(100_000) + ']'.repeat(100_000);
    const rawBody = JSON.stringify(smallCustomer({ taxes: 'x', metadata: 'y' }))
      .replace('"x"', deep)
      .replace('"y"', deep);
    expect(faults(await caller.send('POST', '/customers', { rawBody }))).toEqual([
      'taxes[0] invalid_type',
      'metadata invalid_type',
    ]);
  });
});

describe('an email address', () => {
  test.each([
    'plainaddress',
    'a@b',
    '@acme.example',
    'a@',
    'a b@acme.example',
    ' a@acme.example',
    'a@acme..example',
    '',
    'a@b@acme.example',
  ])('is refused when it is none: %j', async (email) => {
    expect(faults(await create(smallCustomer({ email })))).toEqual(['email invalid_email']);
  });

  test.each(["o'brien+tag.x_y", '"quoted"', 'zoë', 'ünïcode'])('may have the local part %j', async (local) => {
    const email = `${local}@${uniqueText()}.acme.example`;
    expect((await create(smallCustomer({ email }))).data.customer.email).toBe(email);
  });

  test('of a contact may be left empty, and is checked when given', async () => {
    expect(
      (await create(smallCustomer({ contacts: [{ name: 'A', email: '' }] }))).data.customer.contacts[0]?.email,
    ).toBeNull();
    expect(faults(await create(smallCustomer({ contacts: [{ name: 'A' }, { email: 'x' }] })))).toEqual([
      'contacts[1].email invalid_email',
    ]);
  });
});

describe('a website', () => {
  test.each([
    'acme.example',
    'www.acme.example/a b',
    'http://acme.example',
    'HTTPS://acme.example',
    'acme.example:8080/x',
    'localhost:80',
  ])('may be %j', async (website) => {
    expect((await create(smallCustomer({ website }))).data.customer.website).toBe(website);
  });

  test.each([
    'javascript:alert(1)',
    'JaVaScRiPt:alert(1)',
    'java\nscript:alert(1)',
    ' javascript:x',
    'ftp://acme.example',
    'data:text/html,x',
    'file:///etc/passwd',
    'https://',
  ])('is refused with another protocol or none of its own: %j', async (website) => {
    expect(faults(await create(smallCustomer({ website })))).toEqual(['website invalid_url']);
  });
});

describe('a status', () => {
  test.each(['Active', '', 'deleted', 'inactive '])('is active or inactive and not %j', async (status) => {
    expect(faults(await create(smallCustomer({ status })))).toEqual(['status invalid_value']);
  });
});

describe('NUL and half a surrogate pair', () => {
  const odd = ['a\u0000b', 'a\ud800b', '\udc00', '\ud83e'];
  const places: readonly (readonly [string, (text: string) => object])[] = [
    ['customer', (customer) => ({ customer })],
    ['mainPhone', (mainPhone) => ({ mainPhone })],
    ['notes', (notes) => ({ notes })],
    ['externalId', (externalId) => ({ externalId })],
    ['billingAddress.city', (city) => ({ billingAddress: { city } })],
    ['contacts[1].lastName', (lastName) => ({ contacts: [{ name: 'A' }, { lastName }] })],
    ['metadata.key', (key) => ({ metadata: { key } })],
  ];

  test.each(places)('are refused in %s', async (field, nest) => {
    for (const text of odd) {
      expect(faults(await create(smallCustomer(nest(text))))).toEqual([`${field} invalid_characters`]);
    }
  });

  test('are refused in a metadata key', async () => {
    expect(faults(await create(smallCustomer({ metadata: { 'a\u0000': 'v' } })))).toEqual([
      'metadata.a\u0000 invalid_characters',
    ]);
    expect(faults(await create(smallCustomer({ metadata: { 'a\ud800': 'v' } })))).toEqual([
      'metadata.a\ufffd invalid_characters',
    ]);
  });

  test('in an email are errors of the email', async () => {
    const answer = await create(smallCustomer({ email: 'a\u0000@acme.example' }));
    expect(faults(answer)).toContain('email invalid_characters');
  });

  test('in an unknown field or its name are ignored with it, and the answer is well-formed', async () => {
    const answer = await create(smallCustomer({ 'odd\ud800': 'a\u0000' }));
    expect(answer.status).toBe(201);
    expect(answer.data._partnerWarnings?.[0]?.field).toBe('odd\ufffd');
    expect(answer.text.isWellFormed()).toBe(true);
  });

  test('a whole pair and other control characters are kept', async () => {
    const notes = '\u0001\u001f\u007f\u2028\ufeff\uffff🧾\u{10ffff}';
    expect((await create(smallCustomer({ notes }))).data.customer.notes).toBe(notes);
  });
});

describe('all errors', () => {
  test('are reported at once, each with its path, and nothing is stored', async () => {
    const email = uniqueEmail();
    const answer = await create({
      customer: '  ',
      email: 'nobody',
      mainPhone: '1'.repeat(51),
      website: 'ftp://x.example',
      status: 'gone',
      billingAddress: { city: 5, street: 'x'.repeat(256) },
      contacts: [{ name: 'A', isPrimary: true }, { email: 'x', isPrimary: true }, {}],
      taxes: [1, null],
      notes: '\u0000',
      metadata: { a: 1 },
    });
    expect(faults(answer).sort()).toEqual(
      [
        'customer empty',
        'email invalid_email',
        'mainPhone too_long',
        'website invalid_url',
        'status invalid_value',
        'billingAddress.city invalid_type',
        'billingAddress.street too_long',
        'contacts[1].email invalid_email',
        'contacts[1].isPrimary multiple_primary_contacts',
        'contacts[2] empty_contact',
        'taxes[1] invalid_type',
        'notes invalid_characters',
        'metadata.a invalid_type',
      ].sort(),
    );
    expect((await create(smallCustomer({ email }))).status).toBe(201);
  });
});
