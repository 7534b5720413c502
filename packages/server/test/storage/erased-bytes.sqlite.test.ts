import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import { expect, test } from 'vitest';
import { SqliteConnection } from '../../src/storage/sqlite/connection.js';
import { Remains } from '../../src/storage/sqlite/overwrite/remains.js';
import { smallCustomer, uniqueEmail } from '../harness/customers.js';
import { makeTemporaryFolder, removeFolder } from '../harness/program.js';
import { startServer } from '../harness/server.js';
import { databaseFileOf, findFileFaults } from '../harness/sqlite-database.js';

test('rows that were moved about before they were deleted leave nothing in the file', () => {
  const folder = makeTemporaryFolder();
  const file = join(folder, 'rows.db');
  const connection = new SqliteConnection(file, 'writer');
  const remains = new Remains(connection, file);
  connection.execute(`create table rows (id integer primary key, key text not null, body text not null) strict;
    create unique index rows_by_key on rows (key); create index rows_by_body on rows (substr(body, 1, 60), key)`);
  const tagOf = (id: number) => `zq${String(id).padStart(6, '0')}qz`;
  const body = (id: number, at: number) => `${randomBytes(3).toString('hex')}${tagOf(id).repeat(1 + (at % 40))}`;
  const count = 6_000;
  connection.execute('begin');
  for (let id = 1; id <= count; id++) {
    const key = randomBytes(3).toString('hex') + tagOf(id);
    connection.runText('insert into rows values (?, ?, ?)', [id, key, body(id, id)]);
  }
  connection.execute('commit');
  for (let id = 1; id <= count; id++) {
    if (id % 64 === 1) connection.execute('begin');
    connection.runText('update rows set body = ? where id = ?', [body(id, id * (id % 97 === 0 ? 400 : 7)), id]);
    if (id % 64 === 0 || id === count) connection.execute('commit');
  }
  const erased = new Set<string>();
  for (let id = 1; id <= count; id += 3) {
    erased.add(tagOf(id));
    connection.runText('delete from rows where id = ?', [id]);
  }
  expect(remains.overwrite(0)).toBe(true);
  const tagsIn = (text: string) => [...text.matchAll(/zq\d{6}qz/g)].map(([tag]) => tag);
  const left = tagsIn(readFileSync(file, 'latin1')).filter((tag) => erased.has(tag));
  expect(new Set(left)).toEqual(new Set());
  // What was read before it was overwritten is not written back.
  connection.runText("update rows set key = key || 'x'");
  expect(remains.overwrite(0)).toBe(true);
  expect(tagsIn(readFileSync(file, 'latin1')).filter((tag) => erased.has(tag))).toEqual([]);
  expect(connection.allText('pragma integrity_check', [])).toEqual([{ integrity_check: 'ok' }]);
  connection.close();
  remains.close();
  removeFolder(folder);
});

test('an erasure that a long read keeps from overwriting is told so, and finished by the same call', async () => {
  const server = await startServer();
  const caller = await server.createCaller();
  const email = uniqueEmail();
  const { uuid } = (await caller.post('/customers', smallCustomer({ email }))).data.customer;
  const reader = new DatabaseSync(databaseFileOf(server));
  reader.exec('begin');
  reader.prepare('select count(*) from customers').get();
  const refused = await caller.send('POST', `/customers/${uuid}/erase`);
  expect(refused.status).toBe(503);
  expect(refused.headers.get('retry-after')).not.toBeNull();
  expect((await caller.get(`/customers/${uuid}`)).status).toBe(404);
  reader.exec('rollback');
  reader.close();
  expect((await caller.post(`/customers/${uuid}/erase`, {})).status).toBe(200);
  expect((await server.database.readContents()).includes(email)).toBe(false);
  await server.end('SIGTERM');
  expect(findFileFaults(databaseFileOf(server))).toEqual([]);
  await server.stop();
});
