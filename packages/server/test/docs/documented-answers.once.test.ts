import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { exampleCustomerInput, exampleSmallCustomerInput } from '../../src/docs/examples.js';
import type { Caller, WireAnswer } from '../harness/caller.js';
import { startServer, type TestServer } from '../harness/server.js';
import { type DocumentedOperations, type DocumentedRequest, documentedOperations } from './documented-operations.js';
import { examplesOf } from './open-api-document.js';

let server: TestServer;
let caller: Caller;
let documented: DocumentedOperations;

beforeAll(async () => {
  server = await startServer();
  caller = await server.createCaller();
  documented = await documentedOperations(caller);
});

afterEach(async () => {
  const { data } = await caller.get('/customers');
  for (const { uuid } of data.customers) await caller.delete(`/customers/${uuid}`);
});

afterAll(async () => {
  await server.stop();
});

const operationOf: DocumentedOperations['operationOf'] = (operationId) => documented.operationOf(operationId);
const send: DocumentedOperations['send'] = (operationId, request) => documented.send(operationId, request);
const expectDocumented: DocumentedOperations['expectDocumented'] = (operationId, answer, name) =>
  documented.expectDocumented(operationId, answer, name);

async function createExample(): Promise<{ uuid: string; contactUuids: string[] }> {
  const { data } = await caller.post('/customers', exampleCustomerInput);
  return { uuid: data.customer.uuid, contactUuids: data.customer.contacts.map(({ uuid }) => uuid) };
}

describe('a documented request gets the documented answer, field by field', () => {
  test('createCustomer', async () => {
    const answer = await send('createCustomer');
    expect(answer.status).toBe(201);
    expectDocumented('createCustomer', answer);
  });

  test('createCustomer with a field that does not exist', async () => {
    const body = { customer: 'Blue Crane Books', email: 'hello@bluecrane.example', fax: '1' };
    expectDocumented('createCustomer', await send('createCustomer', { body }), 'With a field that was not used');
  });

  test('listCustomers', async () => {
    await createExample();
    expectDocumented('listCustomers', await send('listCustomers'));
    const nothing = await send('listCustomers', { query: { search: 'nobody' } });
    expectDocumented('listCustomers', nothing, 'Nothing found');
  });

  test('listCustomers takes the documented cursor', async () => {
    const examples = examplesOf(operationOf('listCustomers').responses[200]);
    const { data } = examples['The first of three pages'] as WireAnswer['body'];
    const answer = await send('listCustomers', { query: { cursor: data.pagination.nextCursor ?? '', limit: 1 } });
    expect(answer.status).toBe(200);
    expect(answer.data.pagination.page).toBe(2);
  });

  test('findCustomerByEmail and getCustomer', async () => {
    const { uuid } = await createExample();
    const query = { email: exampleCustomerInput.email };
    expectDocumented('findCustomerByEmail', await send('findCustomerByEmail', { query }));
    const read = await send('getCustomer', { path: { uuid } });
    expectDocumented('getCustomer', read);
    const headers = { 'if-none-match': read.headers.get('etag') ?? '' };
    for (const answer of [
      await send('findCustomerByEmail', { query, headers }),
      await send('getCustomer', { path: { uuid }, headers }),
    ]) {
      expect(answer.status).toBe(304);
      expect(answer.text).toBe('');
    }
  });

  test.each(['updateCustomer', 'updateCustomerWithPatch'])('%s', async (operationId) => {
    const { uuid } = await createExample();
    expectDocumented(operationId, await send(operationId, { path: { uuid } }));
    const body = { contacts: [] };
    const answer = await send(operationId, { path: { uuid }, body });
    expectDocumented(operationId, answer, 'With a field that was not used');
  });

  test('deleteCustomer and restoreCustomer', async () => {
    const path = { uuid: (await createExample()).uuid };
    expectDocumented('restoreCustomer', await send('restoreCustomer', { path }), 'It was not deleted');
    expectDocumented('deleteCustomer', await send('deleteCustomer', { path }));
    expectDocumented('restoreCustomer', await send('restoreCustomer', { path }));
  });

  test('discloseCustomer and eraseCustomer', async () => {
    const path = { uuid: (await createExample()).uuid };
    expectDocumented('discloseCustomer', await send('discloseCustomer', { path }));
    expectDocumented('eraseCustomer', await send('eraseCustomer', { path }));
    expectDocumented('eraseCustomer', await send('eraseCustomer', { path }), 'It was erased before');
  });

  test('listHistory and revertCustomer', async () => {
    const path = { uuid: (await createExample()).uuid };
    await send('updateCustomer', { path });
    expectDocumented('listHistory', await send('listHistory', { path, query: { limit: 1 } }));
    expectDocumented('revertCustomer', await send('revertCustomer', { path }));
  });

  test('mergeCustomers and unmergeCustomer', async () => {
    const { uuid } = await createExample();
    const other = await caller.post('/customers', { customer: 'Blue Crane Books', email: 'hello@bluecrane.example' });
    const path = { uuid };
    const from = [other.data.customer.uuid];
    const dryRun = await send('mergeCustomers', { path, body: { from, dryRun: true } });
    expectDocumented('mergeCustomers', dryRun, 'Dry run');
    const merged = await send('mergeCustomers', { path, body: { from } });
    expectDocumented('mergeCustomers', merged);
    expectDocumented('unmergeCustomer', await send('unmergeCustomer', { path, body: { uuid: from[0] } }));
    await send('mergeCustomers', { path, body: { from } });
    const contact = (await caller.get(`/customers/${uuid}`)).data.customer.contacts[2]?.uuid;
    await caller.patch(`/customers/${uuid}/contacts/${contact}`, { phone: '+27 21 555 0123' });
    const changed = await send('unmergeCustomer', { path, body: { uuid: from[0] } });
    expect(changed.data.kept).toEqual([{ field: 'contacts[2]', reason: 'changed_since' }]);
  });

  test.each([
    ['createOrUpdateByExternalId', { externalId: exampleCustomerInput.externalId }],
    ['createOrUpdateByEmail', { email: exampleCustomerInput.email }],
  ])('%s', async (operationId, path) => {
    const created = await send(operationId, { path });
    expect(created.status).toBe(201);
    expectDocumented(operationId, created);
    const { contacts: _, ...body } = exampleCustomerInput;
    const unchanged = await send(operationId, { path, body });
    expect(unchanged.status).toBe(200);
    expectDocumented(operationId, unchanged, 'Nothing to change');
    const examples = examplesOf(operationOf(operationId).requestBody);
    const updated = await send(operationId, { path, body: examples['Some fields to update'] });
    expectDocumented(operationId, updated, 'Updated');
  });

  test('createCustomersInBulk', async () => {
    await caller.post('/customers', exampleSmallCustomerInput);
    const answer = await send('createCustomersInBulk');
    expect(answer.status).toBe(201);
    expectDocumented('createCustomersInBulk', answer);
  });

  test('updateCustomersInBulk', async () => {
    const { uuid } = await createExample();
    const [example] = Object.values(examplesOf(operationOf('updateCustomersInBulk').requestBody));
    const { customers } = example as { customers: [object, object] };
    const body = { customers: [{ ...customers[0], uuid }, customers[1]] };
    const answer = await send('updateCustomersInBulk', { body });
    expect(answer.status).toBe(201);
    expectDocumented('updateCustomersInBulk', answer);
  });

  test('createOrUpdateCustomersInBulk', async () => {
    await createExample();
    await caller.post('/customers', { ...exampleSmallCustomerInput, email: 'crm-48300@acme.example' });
    const [example] = Object.values(examplesOf(operationOf('createOrUpdateCustomersInBulk').requestBody));
    const { customers } = example as { customers: [object, object] };
    const taken = { ...customers[1], email: exampleSmallCustomerInput.email };
    const answer = await send('createOrUpdateCustomersInBulk', {
      body: { by: 'externalId', customers: [customers[0], taken] },
    });
    expect(answer.status).toBe(201);
    expectDocumented('createOrUpdateCustomersInBulk', answer);
  });

  test('createImport, listImports, getImport, undoImport and finishImport', async () => {
    const fresh = await server.createCaller();
    const created = await fresh.post('/imports', { name: 'customers.csv', total: 400 });
    expectDocumented('createImport', created);
    expectDocumented('listImports', await fresh.get('/imports'));
    const path = `/imports/${created.data.import.uuid}`;
    expectDocumented('getImport', await fresh.get(path));
    expectDocumented('finishImport', await fresh.post(`${path}/finish`, {}));
    const headers = { 'x-import-id': (await fresh.post('/imports', { name: 'b' })).data.import.uuid };
    const made = (await fresh.post('/customers', { customer: 'A', email: 'a@acme.example' }, { headers })).data
      .customer;
    await fresh.post('/customers', { customer: 'B', email: 'b@acme.example' }, { headers });
    await fresh.patch(`/customers/${made.uuid}`, { notes: 'x' });
    expectDocumented('undoImport', await fresh.post(`/imports/${headers['x-import-id']}/undo`, {}));
  });

  test('listContacts, updateContact and deleteContact', async () => {
    const { uuid, contactUuids } = await createExample();
    const [first = '', second = ''] = contactUuids;
    expectDocumented('listContacts', await send('listContacts', { path: { uuid } }));
    expectDocumented('updateContact', await send('updateContact', { path: { uuid, contactUuid: second } }));
    expectDocumented('deleteContact', await send('deleteContact', { path: { uuid, contactUuid: first } }));
  });

  test('createContact', async () => {
    const { data } = await caller.post('/customers', exampleSmallCustomerInput);
    const answer = await send('createContact', { path: { uuid: data.customer.uuid } });
    expect(answer.status).toBe(201);
    expectDocumented('createContact', answer);
  });
});

describe('a refused request gets the documented refusal, field by field', () => {
  const unknown = '00000000-0000-4000-8000-000000000000';

  test.each<[string, string, DocumentedRequest]>([
    ['listCustomers', 'invalid_query', { query: { limit: 0, orderBy: 'size' } }],
    ['findCustomerByEmail', 'invalid_query', {}],
    ['findCustomerByEmail', 'customer_not_found', { query: { email: 'nobody@acme.example' } }],
    ['getCustomer', 'invalid_uuid', { path: { uuid: 'x' } }],
    ['getCustomer', 'customer_not_found', { path: { uuid: unknown } }],
    [
      'createCustomer',
      'validation_error',
      { body: { email: 'a@acme.example', contacts: [{ phone: '1' }, { email: 'pieter' }] } },
    ],
    ['updateCustomer', 'validation_error', { path: { uuid: unknown }, body: { website: 'ftp://acme.example' } }],
    ['deleteCustomer', 'validation_error', { path: { uuid: unknown }, headers: { 'idempotency-key': 'a b' } }],
    ['restoreCustomer', 'customer_not_found', { path: { uuid: unknown } }],
    ['createOrUpdateByExternalId', 'validation_error', { path: { externalId: 'other' } }],
    ['createOrUpdateByEmail', 'validation_error', { path: { email: 'other@acme.example' } }],
    [
      'createCustomersInBulk',
      'validation_error',
      {
        body: {
          mode: 'atomic',
          customers: [{ customer: 'Blue Crane Books', email: 'hello@bluecrane.example' }, { customer: 'No Email CC' }],
        },
      },
    ],
    ['updateCustomersInBulk', 'validation_error', { body: { customers: [] } }],
    ['createContact', 'validation_error', { path: { uuid: unknown }, body: {} }],
  ])('%s: %s', async (operationId, code, request) => {
    const answer = await send(operationId, request);
    expect(answer.body.code).toBe(code);
    expectDocumented(operationId, answer, code);
  });

  test('createCustomer: email_already_exists, external_id_already_exists', async () => {
    await createExample();
    expectDocumented('createCustomer', await send('createCustomer'), 'email_already_exists');
    const body = { ...exampleCustomerInput, email: 'other@acme.example' };
    expectDocumented('createCustomer', await send('createCustomer', { body }), 'external_id_already_exists');
  });

  test('updateCustomer: version_mismatch', async () => {
    const { uuid } = await createExample();
    for (const notes of ['one', 'two']) await caller.patch(`/customers/${uuid}`, { notes });
    const answer = await send('updateCustomer', { path: { uuid }, headers: { 'if-match': '"1"' } });
    expect(answer.status).toBe(412);
    expectDocumented('updateCustomer', answer);
  });

  test('updateContact and deleteContact: contact_not_found', async () => {
    const { uuid } = await createExample();
    const path = { uuid, contactUuid: unknown };
    for (const operationId of ['updateContact', 'deleteContact']) {
      expectDocumented(operationId, await send(operationId, { path }), 'contact_not_found');
    }
  });

  test('createCustomer and listCustomers: insufficient_scope', async () => {
    const { app, team } = caller;
    const code = 'insufficient_scope';
    const reader = await server.createCaller({ app, team, scopes: ['customers:read'] });
    expectDocumented('createCustomer', await reader.post('/customers', exampleSmallCustomerInput), code);
    const writer = await server.createCaller({ app, team, scopes: ['customers:write'] });
    expectDocumented('listCustomers', await writer.get('/customers'), code);
  });

  test('createCustomer: idempotency_key_reused, and the kept answer again', async () => {
    const headers = { 'idempotency-key': 'a-key-of-this-test' };
    expectDocumented('createCustomer', await send('createCustomer', { headers }));
    const again = await send('createCustomer', { headers });
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    expectDocumented('createCustomer', again);
    const other = await send('createCustomer', { headers, body: exampleSmallCustomerInput });
    expect(other.status).toBe(422);
    expectDocumented('createCustomer', other);
  });
});
