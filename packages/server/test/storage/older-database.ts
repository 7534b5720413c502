import { randomUUID } from 'node:crypto';
import { DatabaseSync } from '@photostructure/sqlite';
import { inject } from 'vitest';
import { migrations } from '../../src/storage/migrations/migrations.js';
import { runPostgresSql } from '../harness/postgres-sql.js';
import type { TestDatabase } from '../harness/test-database.js';

/** A customer as the version before wrote it. */
export interface OlderCustomer {
  readonly uuid: string;
  readonly teamId: number;
  readonly customer: string;
  readonly email: string;
  readonly mainPhone?: string;
  readonly contacts?: readonly object[];
  readonly createdAt: number;
  readonly isDeleted?: boolean;
}

const isPostgres = (): boolean => inject('engine') === 'postgres';

/** Runs statements one after the other. */
async function runScript({ url }: Pick<TestDatabase, 'url'>, text: string): Promise<void> {
  if (isPostgres()) {
    await runPostgresSql(url, text);
    return;
  }
  const database = new DatabaseSync(url.slice('sqlite:'.length), { timeout: 10_000 });
  try {
    database.exec(text);
  } finally {
    database.close();
  }
}

/** Sets a database up as the version before the step of this name did, with one team, whose number is 1. */
export async function setUpBefore(database: TestDatabase, step: string): Promise<{ teamUuid: string }> {
  const at = migrations.findIndex(({ name }) => name === step);
  const teamUuid = randomUUID();
  const applied = migrations
    .slice(0, at)
    .map(({ version, name, sqlite, postgres }) =>
      [
        isPostgres() ? postgres : sqlite,
        `insert into schema_migrations (version, name, applied_at) values (${version}, '${name}', 0);`,
      ].join('\n'),
    );
  await runScript(
    database,
    [
      isPostgres() ? 'drop schema public cascade; create schema public;' : '',
      'create table schema_migrations (version integer primary key, name text not null, applied_at bigint not null);'.replace(
        'bigint',
        isPostgres() ? 'bigint' : 'integer',
      ),
      ...applied,
      `insert into teams (uuid, name, created_at) values (${stored(teamUuid)}, 'Older', 0);`,
    ].join('\n'),
  );
  return { teamUuid };
}

/** Stores customers as a program of the version before does, at any schema since. */
export async function storeAsBefore(database: TestDatabase, customers: readonly OlderCustomer[]): Promise<void> {
  const columns =
    'team_id, uuid, status, created_at, updated_at, deleted_at, version, name_key, email_key, phone_key, body';
  const rows = customers.map((customer, index) => {
    const values = valuesOf(customer);
    if (isPostgres()) return `(${values})`;
    return `(${customer.teamId} * 4294967296 + (select count(*) from customers) + ${index + 1}, ${values})`;
  });
  const live = customers.filter(({ isDeleted }) => isDeleted !== true).length;
  await runScript(
    database,
    [
      `insert into customers (${isPostgres() ? '' : 'id, '}${columns}) values ${rows.join(',\n')};`,
      isPostgres()
        ? `insert into customer_counts as c (team_id, status, slot, live) values (1, 'active', 0, ${live})
           on conflict (team_id, status, slot) do update set live = c.live + excluded.live;`
        : '',
    ].join('\n'),
  );
}

/** Changes a customer's name as a program of the version before does. */
export async function renameAsBefore(database: TestDatabase, uuid: string, name: string): Promise<void> {
  const [row] = await database.sql(`select body from customers where uuid = ${stored(uuid)}`);
  const customer = JSON.parse(String(row?.body));
  const body = JSON.stringify({ ...customer, customer: name, version: customer.version + 1 });
  await runScript(
    database,
    `update customers set name_key = ${quoted(foldedBefore(name))}, version = version + 1, body = ${quoted(body)}
      where uuid = ${stored(uuid)};`,
  );
}

function valuesOf({ uuid, teamId, createdAt, isDeleted = false, ...fields }: OlderCustomer): string {
  const time = new Date(createdAt).toISOString();
  const mainPhone = fields.mainPhone ?? null;
  const contacts = (fields.contacts ?? []).map((contact) => ({
    uuid: randomUUID(),
    firstName: null,
    lastName: null,
    name: null,
    email: null,
    phone: null,
    isPrimary: false,
    ...contact,
  }));
  const body = JSON.stringify({
    ...{ uuid, id: uuid, customer: fields.customer, email: fields.email, mainPhone, website: null, status: 'active' },
    ...{ billingAddress: null, shippingAddress: null, contacts, notes: null, paymentTerm: null, taxNumber: null },
    ...{ taxAutoCalculate: null, taxExcluded: null, taxes: null, externalId: null, metadata: {} },
    ...{ createdAt: time, updatedAt: time, version: 1 },
  });
  const keys = [fields.customer, fields.email.normalize('NFC'), mainPhone ?? ''].map((text) =>
    quoted(foldedBefore(text)),
  );
  const deletedAt = isDeleted ? createdAt : 'null';
  return [teamId, stored(uuid), "'active'", createdAt, createdAt, deletedAt, 1, ...keys, quoted(body)].join(', ');
}

const foldedBefore = (text: string): string => text.toLowerCase().replaceAll('ς', 'σ');
const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;
const stored = (uuid: string): string => (isPostgres() ? `'${uuid}'` : `x'${uuid.replaceAll('-', '')}'`);
