import type { CustomerPatch } from '@countersign/contract';
import { ensureVersionNamed } from '../http/entity-tag.js';
import type { TeamScope } from '../partner-api/write/verb-request.js';
import type { Transaction } from '../storage/storage.js';
import { changeCustomer } from './change-customer.js';
import { patchedCustomer } from './customer-record.js';
import { type CustomerRow, customerRow } from './customer-row.js';
import { customerStore } from './customer-store.js';

/** A partial update of one customer. */
export interface PatchOfCustomer {
  readonly scope: TeamScope;
  readonly uuid: string;
  readonly patch: CustomerPatch;
  readonly ifMatch: string | undefined;
}

/**
 * Applies a patch and gives the row as it is then; an update that changes nothing makes no new version.
 *
 * @throws PartnerError `customer_not_found`, `version_mismatch`, `email_already_exists`, `external_id_already_exists`
 */
export async function applyPatch(
  tx: Transaction,
  { scope, uuid, patch, ifMatch }: PatchOfCustomer,
): Promise<CustomerRow> {
  const customer = await customerStore(tx, scope).require(uuid);
  ensureVersionNamed(ifMatch, customer.version);
  const changed = patchedCustomer(customer, patch, new Date(tx.now()));
  return changed === customer ? customerRow(customer) : changeCustomer(tx, scope, { before: customer, after: changed });
}
