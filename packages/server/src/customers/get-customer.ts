import { PartnerError } from '@countersign/contract';
import { readVerb } from '../partner-api/write/read-verb.js';
import type { Reader } from '../storage/storage.js';
import { QueryReader } from '../validation/query-reader.js';
import { requireUuid } from '../validation/uuid.js';
import { foundCustomerAnswer } from './customer-answer.js';
import { customerReader } from './customer-store.js';
import { findCurrentVersion, findVersion, findVersionAt, type StoredVersion } from './history/version-store.js';

/** The largest number that is looked up as a version. */
const LAST_VERSION = 999_999_999;

/** One customer as it is, or as it was, `GET /partners/customers/{uuid}`, contract §3.2 and §7.1. */
export const getCustomer = readVerb({
  scopes: ['customers:read'],
  read: ({ caller, params, query }) => {
    const uuid = requireUuid(params.uuid);
    const reader = new QueryReader(query);
    const version = reader.integer('version', LAST_VERSION);
    const at = reader.time('at');
    if (version !== undefined && at !== undefined) {
      reader.refuse('at', 'invalid_value', 'at does not go with version: each names a version by itself.');
    }
    reader.finish();
    return { teamId: caller.team.id, uuid, version, at };
  },
  answer: async ({ storage }, { version, at, ...customer }) => {
    if (version !== undefined) {
      return foundCustomerAnswer(
        await requireFormer(storage, customer, findVersion(storage, { ...customer, version })),
      );
    }
    if (at !== undefined) {
      return foundCustomerAnswer(await requireFormer(storage, customer, findVersionAt(storage, { ...customer, at })));
    }
    return foundCustomerAnswer(await customerReader(storage, customer.teamId).requireByUuid(customer.uuid));
  },
});

// Also of a customer that is deleted now; a version that is its deletion has nothing to show.
async function requireFormer(
  reader: Reader,
  customer: { readonly teamId: number; readonly uuid: string },
  search: Promise<StoredVersion | undefined>,
): Promise<StoredVersion> {
  const found = await search;
  if (found !== undefined && !found.isDeleted) return found;
  const isKnown = found !== undefined || (await findCurrentVersion(reader, customer)) !== undefined;
  throw new PartnerError(isKnown ? 'version_not_found' : 'customer_not_found');
}
