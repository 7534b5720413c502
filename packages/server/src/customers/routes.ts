import type { FastifyInstance } from 'fastify';
import { verbHandlers } from '../partner-api/write/verb-handlers.js';
import type { Storage } from '../storage/storage.js';
import { bulkCreateCustomers } from './bulk/bulk-create-customers.js';
import { bulkDocs } from './bulk/bulk-docs.js';
import { bulkUpdateCustomers } from './bulk/bulk-update-customers.js';
import { bulkUpsertCustomers } from './bulk/bulk-upsert-customers.js';
import { contactDocs } from './contacts/contact-docs.js';
import { createContact } from './contacts/create-contact.js';
import { deleteContact } from './contacts/delete-contact.js';
import { listContacts } from './contacts/list-contacts.js';
import { updateContact } from './contacts/update-contact.js';
import { createCustomer } from './create-customer.js';
import { customerDocs } from './customer-docs.js';
import { deleteCustomer } from './delete-customer.js';
import { declareNotDuplicates } from './duplicates/declare-not-duplicates.js';
import { duplicateDocs } from './duplicates/duplicate-docs.js';
import { listDuplicateGroups } from './duplicates/list-duplicate-groups.js';
import { listDuplicates } from './duplicates/list-duplicates.js';
import { matchCustomers } from './duplicates/match-customers.js';
import { discloseCustomer } from './erase/disclose-customer.js';
import { eraseCustomer } from './erase/erase-customer.js';
import { erasureDocs } from './erase/erasure-docs.js';
import { exportCustomers } from './export/export-customers.js';
import { exportDocs } from './export/export-docs.js';
import { findCustomer } from './find-customer.js';
import { getCustomer } from './get-customer.js';
import { historyDocs } from './history/history-docs.js';
import { listHistory } from './history/list-history.js';
import { revertCustomer } from './history/revert-customer.js';
import { listCustomers } from './list/list-customers.js';
import { mergeCustomers } from './merge/merge-customers.js';
import { mergeDocs } from './merge/merge-docs.js';
import { unmergeCustomer } from './merge/unmerge-customer.js';
import { restoreCustomer } from './restore-customer.js';
import { updateCustomer } from './update-customer.js';
import { upsertByEmail } from './upsert/upsert-by-email.js';
import { upsertByExternalId } from './upsert/upsert-by-external-id.js';
import { upsertDocs } from './upsert/upsert-docs.js';

/** The customer routes, contract §3.2. Mounted behind authentication. */
export function customerRoutes(app: FastifyInstance, storage: Storage): void {
  const { read, stream, write } = verbHandlers({ storage });

  app.get('', { schema: customerDocs.list, config: { isPage: true } }, read(listCustomers));
  app.get('/find-by-email', { schema: customerDocs.findByEmail }, read(findCustomer));
  app.get('/export', { schema: exportDocs.exportCustomers }, stream(exportCustomers));
  app.get('/:uuid', { schema: customerDocs.get }, read(getCustomer));

  app.post('', { schema: customerDocs.create }, write(createCustomer));
  app.put('/:uuid', { schema: customerDocs.put }, write(updateCustomer));
  app.patch('/:uuid', { schema: customerDocs.patch }, write(updateCustomer));
  app.delete('/:uuid', { schema: customerDocs.delete }, write(deleteCustomer));
  app.post('/:uuid/restore', { schema: customerDocs.restore }, write(restoreCustomer));

  app.get('/:uuid/history', { schema: historyDocs.list, config: { isPage: true } }, read(listHistory));
  app.post('/:uuid/revert', { schema: historyDocs.revert }, write(revertCustomer));

  app.post('/:uuid/erase', { schema: erasureDocs.erase }, write(eraseCustomer));
  app.get('/:uuid/disclosure', { schema: erasureDocs.disclose, config: { isPage: true } }, read(discloseCustomer));

  app.post('/:uuid/merge', { schema: mergeDocs.merge }, write(mergeCustomers));
  app.post('/:uuid/unmerge', { schema: mergeDocs.unmerge }, write(unmergeCustomer));

  app.put('/by-external-id/:externalId', { schema: upsertDocs.upsertByExternalId }, write(upsertByExternalId));
  app.put('/by-email/:email', { schema: upsertDocs.upsertByEmail }, write(upsertByEmail));
  // With an empty key the path would be that of a customer.
  app.put('/by-external-id', { schema: { hide: true } }, write(upsertByExternalId));
  app.put('/by-email', { schema: { hide: true } }, write(upsertByEmail));

  app.post('/bulk', { schema: bulkDocs.bulkCreate }, write(bulkCreateCustomers));
  app.put('/bulk', { schema: bulkDocs.bulkUpsert }, write(bulkUpsertCustomers));
  app.patch('/bulk', { schema: bulkDocs.bulkUpdate }, write(bulkUpdateCustomers));

  app.post('/match', { schema: duplicateDocs.match }, read(matchCustomers));
  app.get('/duplicates', { schema: duplicateDocs.listGroups, config: { isPage: true } }, read(listDuplicateGroups));
  app.get('/:uuid/duplicates', { schema: duplicateDocs.list }, read(listDuplicates));
  app.post('/:uuid/not-duplicates', { schema: duplicateDocs.declare }, write(declareNotDuplicates));

  app.get('/:uuid/contacts', { schema: contactDocs.listContacts }, read(listContacts));
  app.post('/:uuid/contacts', { schema: contactDocs.createContact }, write(createContact));
  app.patch('/:uuid/contacts/:contactUuid', { schema: contactDocs.updateContact }, write(updateContact));
  app.delete('/:uuid/contacts/:contactUuid', { schema: contactDocs.deleteContact }, write(deleteContact));
}
