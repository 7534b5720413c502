import { customersAndTenants } from './0001-customers-and-tenants.js';
import type { Migration } from './migration.js';

/** Every step of the schema, oldest first. */
export const migrations: readonly Migration[] = [customersAndTenants];

/** The schema version this program works with. */
export const SCHEMA_VERSION = migrations.length;
