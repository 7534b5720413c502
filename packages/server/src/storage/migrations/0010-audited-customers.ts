import type { Migration } from './migration.js';

// Where an entry is about a customer at all, so that none of the entries that are there has to be put into it.
const byCustomer =
  'create index audit_entries_by_customer on audit_entries (customer_uuid, id) where customer_uuid is not null;';

/** Which customer an entry of the audit is about. */
export const auditedCustomers: Migration = {
  version: 10,
  name: 'audited-customers',
  sqlite: `alter table audit_entries add column customer_uuid blob; ${byCustomer}`,
  postgres: `alter table audit_entries add column customer_uuid uuid; ${byCustomer}`,
};
