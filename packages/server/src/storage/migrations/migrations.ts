import { customersAndTenants } from './0001-customers-and-tenants.js';
import { authorization } from './0002-authorization.js';
import { webhooks } from './0003-webhooks.js';
import { mirrors } from './0004-mirrors.js';
import { tokenPairs } from './0005-token-pairs.js';
import { requestMarks } from './0006-request-marks.js';
import { customerKeys } from './0007-customer-keys.js';
import { history } from './0008-history.js';
import { duplicates } from './0009-duplicates.js';
import { auditedCustomers } from './0010-audited-customers.js';
import { imports } from './0011-imports.js';
import { merges } from './0012-merges.js';
import type { Migration } from './migration.js';

/** Every step of the schema, oldest first. */
export const migrations: readonly Migration[] = [
  customersAndTenants,
  authorization,
  webhooks,
  mirrors,
  tokenPairs,
  requestMarks,
  customerKeys,
  history,
  duplicates,
  auditedCustomers,
  imports,
  merges,
];

/** The schema version this program works with. */
export function schemaVersion(): number {
  return migrations.length;
}
