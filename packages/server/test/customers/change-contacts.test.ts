import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Caller } from '../harness/caller.js';
import { smallCustomer } from '../harness/customers.js';
import { startServer, type TestServer } from '../harness/server.js';

const NOBODY = '00000000-0000-4000-8000-000000000000';

let server: TestServer;
let caller: Caller;

beforeAll(async () => {
  server = await startServer();
  caller = await server.createCaller();
});
afterAll(() => server.stop());

async function customerWith(...contacts: object[]) {
  return (await caller.post('/customers', smallCustomer({ contacts }))).data.customer;
}
const read = async (uuid: string) => (await caller.get(`/customers/${uuid}`)).data.customer;

describe('contacts one by one', () => {
  test('are listed as the customer has them', async () => {
    const { uuid, contacts } = await customerWith({ name: 'A' }, { name: 'B' });
    const answer = await caller.get(`/customers/${uuid}/contacts`);
    expect(answer.status).toBe(200);
    expect(answer.data).toEqual({ contacts });
  });

  test('are added at the end, as a new version of the customer', async () => {
    const { uuid, contacts } = await customerWith({ name: 'A' });
    const answer = await caller.post(`/customers/${uuid}/contacts`, { firstName: 'Zoë', lastName: 'B', shoe: 9 });
    expect(answer.status).toBe(201);
    const { contact } = answer.data;
    expect(contact).toEqual({
      uuid: contact.uuid,
      firstName: 'Zoë',
      lastName: 'B',
      name: 'Zoë B',
      email: null,
      phone: null,
      isPrimary: false,
    });
    expect(answer.data._partnerWarnings).toMatchObject([{ field: 'shoe', reason: 'unknown_field' }]);
    expect(answer.headers.get('location')).toBe(`/partners/customers/${uuid}/contacts/${contact.uuid}`);
    expect(answer.headers.get('etag')).toBe('"2"');
    expect(await read(uuid)).toMatchObject({ contacts: [...contacts, contact], version: 2 });
  });

  test('are changed in part: what is left out stays, null and the empty text clear', async () => {
    const { uuid, contacts } = await customerWith({ name: 'A', phone: '1', email: 'a@acme.example' }, { name: 'B' });
    const [first, second] = contacts;
    const answer = await caller.patch(`/customers/${uuid}/contacts/${first?.uuid}`, { phone: '', email: null });
    expect(answer.status).toBe(200);
    expect(answer.data.contact).toEqual({ ...first, phone: null, email: null });
    expect((await read(uuid)).contacts).toEqual([answer.data.contact, second]);
  });

  test('a name that was made from its parts follows them, and one that was given stays', async () => {
    const { uuid, contacts } = await customerWith({ firstName: 'A', lastName: 'B' }, { firstName: 'A', name: 'Given' });
    const patch = async (index: number) => {
      const path = `/customers/${uuid}/contacts/${contacts[index]?.uuid}`;
      return (await caller.patch(path, { firstName: 'C' })).data.contact.name;
    };
    expect([await patch(0), await patch(1)]).toEqual(['C B', 'Given']);
  });

  test('are removed, and then not found', async () => {
    const { uuid, contacts } = await customerWith({ name: 'A' }, { name: 'B' });
    const [first, second] = contacts;
    const path = `/customers/${uuid}/contacts/${first?.uuid.toUpperCase()}`;
    const answer = await caller.delete(path);
    expect(answer.status).toBe(200);
    expect(answer.data).toEqual({ uuid: first?.uuid, id: first?.uuid, deleted: true });
    expect(await read(uuid)).toMatchObject({ contacts: [second], version: 2 });
    expect((await caller.delete(path)).body.code).toBe('contact_not_found');
  });

  test('a change that changes nothing makes no new version', async () => {
    const before = await customerWith({ name: 'A', phone: '1' });
    await caller.patch(`/customers/${before.uuid}/contacts/${before.contacts[0]?.uuid}`, { phone: '1' });
    expect(await read(before.uuid)).toEqual(before);
  });
});

describe('one contact is primary', () => {
  const primaries = async (uuid: string) => (await read(uuid)).contacts.map(({ isPrimary }) => isPrimary);

  test('adding a primary one unsets the other', async () => {
    const { uuid } = await customerWith({ name: 'A', isPrimary: true }, { name: 'B' });
    await caller.post(`/customers/${uuid}/contacts`, { name: 'C', isPrimary: true });
    expect(await primaries(uuid)).toEqual([false, false, true]);
  });

  test('making one primary unsets the other', async () => {
    const { uuid, contacts } = await customerWith({ name: 'A', isPrimary: true }, { name: 'B' });
    await caller.patch(`/customers/${uuid}/contacts/${contacts[1]?.uuid}`, { isPrimary: true });
    expect(await primaries(uuid)).toEqual([false, true]);
  });

  test('or none: unsetting one sets no other', async () => {
    const { uuid, contacts } = await customerWith({ name: 'A', isPrimary: true }, { name: 'B' });
    await caller.patch(`/customers/${uuid}/contacts/${contacts[0]?.uuid}`, { isPrimary: false });
    expect(await primaries(uuid)).toEqual([false, false]);
  });

  test('also after ten were made primary at once', async () => {
    const { uuid } = await customerWith();
    const add = (_: unknown, index: number) =>
      caller.post(`/customers/${uuid}/contacts`, { name: `N${index}`, isPrimary: true });
    const answers = await Promise.all(Array.from({ length: 10 }, add));
    expect(answers.map(({ status }) => status)).toEqual(Array(10).fill(201));
    expect((await primaries(uuid)).filter(Boolean).length).toBe(1);
    expect((await read(uuid)).version).toBe(11);
  });
});

describe('a refused change of contacts', () => {
  test('is a contact that names nobody', async () => {
    const before = await customerWith({ phone: '1' });
    const added = await caller.post(`/customers/${before.uuid}/contacts`, { isPrimary: true, name: ' ', email: '' });
    expect([added.status, added.body.errors?.[0]?.code]).toEqual([400, 'empty_contact']);
    const path = `/customers/${before.uuid}/contacts/${before.contacts[0]?.uuid}`;
    const emptied = await caller.patch(path, { phone: null });
    expect([emptied.status, emptied.body.errors?.[0]?.code]).toEqual([400, 'empty_contact']);
    expect(await read(before.uuid)).toEqual(before);
  });

  test('names every field at fault', async () => {
    const { uuid } = await customerWith();
    const body = { firstName: 1, email: 'x', phone: '1'.repeat(51), isPrimary: 'yes', name: '\u0000' };
    const answer = await caller.post(`/customers/${uuid}/contacts`, body);
    expect(answer.status).toBe(400);
    expect(answer.body.errors?.map(({ field, code }) => `${field} ${code}`).sort()).toEqual([
      'email invalid_email',
      'firstName invalid_type',
      'isPrimary invalid_type',
      'name invalid_characters',
      'phone too_long',
    ]);
  });

  test('is the 101st', async () => {
    const { uuid } = await customerWith(...Array.from({ length: 99 }, (_, index) => ({ name: `N${index}` })));
    expect((await caller.post(`/customers/${uuid}/contacts`, { name: 'N99' })).status).toBe(201);
    const answer = await caller.post(`/customers/${uuid}/contacts`, { name: 'N100' });
    expect(answer.status).toBe(400);
    expect(answer.body.errors?.[0]).toMatchObject({ field: 'contacts', code: 'too_many_items' });
    expect((await read(uuid)).contacts.length).toBe(100);
  });

  test('is one under a customer that is not there, or of a contact that is not the customer’s', async () => {
    const mine = await customerWith({ name: 'A' });
    const other = await customerWith({ name: 'B' });
    const foreign = `/customers/${mine.uuid}/contacts/${other.contacts[0]?.uuid}`;
    expect((await caller.patch(foreign, { name: 'X' })).body.code).toBe('contact_not_found');
    expect((await caller.delete(foreign)).body.code).toBe('contact_not_found');
    expect((await caller.get(`/customers/${NOBODY}/contacts`)).body.code).toBe('customer_not_found');
    expect((await caller.post(`/customers/${NOBODY}/contacts`, { name: 'X' })).body.code).toBe('customer_not_found');
    expect((await caller.delete(`/customers/${mine.uuid}/contacts/x`)).body.code).toBe('invalid_uuid');
    expect(await read(other.uuid)).toEqual(other);
  });

  test('is one whose If-Match names another version of the customer', async () => {
    const before = await customerWith({ name: 'A' });
    const headers = { 'if-match': '"2"' };
    const path = `/customers/${before.uuid}/contacts/${before.contacts[0]?.uuid}`;
    expect((await caller.patch(path, { name: 'B' }, { headers })).status).toBe(412);
    expect((await caller.delete(path, { headers })).status).toBe(412);
    expect(await read(before.uuid)).toEqual(before);
  });
});
