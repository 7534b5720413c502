import { expect, expectTypeOf, test } from 'vitest';
import { createWriteOnlyClient, type MergeReceipt, type Result, type WriteReceipt } from '../src/index.js';
import { CREDENTIALS, openRecordingServer, success } from './recording-server.js';

const receipt = { uuid: '7b0c7d0e-9f64-4d7c-8a55-3f0c2b1a9e11', version: 1, outcome: 'created' } as const;
const input = { customer: 'Acme', email: 'accounts@acme.example' };

test('a client of a token that may not read is told what became of each write', async () => {
  const server = await openRecordingServer([success(receipt)]);
  const { customers, contacts } = createWriteOnlyClient({ ...CREDENTIALS, baseUrl: server.baseUrl });
  expect((await customers.create(input)).data).toEqual(receipt);
  expect((await customers.upsertByEmail(input.email, input)).data).toEqual(receipt);
  expect((await contacts.create(receipt.uuid, { name: 'Thandi' })).data).toEqual(receipt);
  expectTypeOf(customers.create).returns.resolves.toEqualTypeOf<Result<WriteReceipt>>();
  expectTypeOf(customers).not.toHaveProperty('get');
  expectTypeOf(contacts).not.toHaveProperty('list');
});

test('of a merge a client that may not read is told what was merged, and of an unmerge no more than of any write', async () => {
  const server = await openRecordingServer([success({ ...receipt, merged: [receipt.uuid] })]);
  const { customers } = createWriteOnlyClient({ ...CREDENTIALS, baseUrl: server.baseUrl });
  expect((await customers.merge(receipt.uuid, [receipt.uuid])).data.merged).toEqual([receipt.uuid]);
  expectTypeOf(customers.merge).returns.resolves.toEqualTypeOf<Result<MergeReceipt>>();
  expectTypeOf(customers.unmerge).returns.resolves.toEqualTypeOf<Result<WriteReceipt>>();
});

test('a row of a bulk call is a receipt, too', async () => {
  const results = [{ index: 0, success: true, ...receipt }];
  const server = await openRecordingServer([success({ successCount: 1, errorCount: 0, results })]);
  const { customers } = createWriteOnlyClient({ ...CREDENTIALS, baseUrl: server.baseUrl });
  const [row] = (await customers.bulkCreate([input])).data.results;
  expect(row?.success === true ? row.uuid : undefined).toBe(receipt.uuid);
});
