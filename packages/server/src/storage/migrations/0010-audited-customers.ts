import type { Migration } from './migration.js';

const BY_CUSTOMER = 'audit_entries (customer_uuid, id) where customer_uuid is not null';

/** Which customer an entry of the audit is about. */
export const auditedCustomers: Migration = {
  version: 10,
  name: 'audited-customers',
  sqlite: `
alter table audit_entries add column customer_uuid blob;
create index audit_entries_by_customer on ${BY_CUSTOMER};
`,
  postgres: 'alter table audit_entries add column if not exists customer_uuid uuid;',
  postgresIndexes: [{ name: 'audit_entries_by_customer', on: BY_CUSTOMER }],
};
