import { bulkCreateCustomers, bulkUpdateCustomers } from './customers/bulk-customers.js';
import { createContact, deleteContact, updateContact } from './customers/change-contacts.js';
import { createCustomer } from './customers/create-customer.js';
import { deleteCustomer } from './customers/delete-customer.js';
import { restoreCustomer } from './customers/restore-customer.js';
import { updateCustomer } from './customers/update-customer.js';
import { upsertCustomer } from './customers/upsert-customer.js';
import { forgetOldAnswers } from './http/idempotent-answer-store.js';
import type { Command } from './storage/storage.js';
import { createApp, rotateAppSecret } from './teams/app-store.js';
import { createTeam } from './teams/team-store.js';
import { createTokens } from './teams/token-store.js';
import { createUser } from './teams/user-store.js';

/** Everything that writes; the writer thread runs these and nothing else. */
export const commands: readonly Command<never, unknown>[] = [
  createCustomer,
  updateCustomer,
  deleteCustomer,
  restoreCustomer,
  upsertCustomer,
  bulkCreateCustomers,
  bulkUpdateCustomers,
  createContact,
  updateContact,
  deleteContact,
  forgetOldAnswers,
  createTeam,
  createUser,
  createApp,
  rotateAppSecret,
  createTokens,
];
