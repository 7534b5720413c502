import { CUSTOMER_LIMITS, type Customer, type HistoryEntry, PartnerError } from '@countersign/contract';
import { successAnswer } from '../../partner-api/write/answer.js';
import { readVerb } from '../../partner-api/write/read-verb.js';
import type { Reader } from '../../storage/storage.js';
import { QueryReader } from '../../validation/query-reader.js';
import { requireUuid } from '../../validation/uuid.js';
import { parseCustomerBody } from '../customer-row.js';
import { ActorReader } from './actor-store.js';
import { fieldChanges } from './field-changes.js';
import { parseMadeBy } from './made-by.js';
import { findCurrentVersion, listFormerVersions, type StoredVersion } from './version-store.js';

const DEFAULT_PAGE_SIZE = 20;
/** The version that a page begins before, as its cursor tells it. */
const CURSOR_FORM = /^v(\d{1,9})$/;

/** What became of one customer, newest first, `GET /partners/customers/{uuid}/history`, contract §7.1. Also of one that is deleted. */
export const listHistory = readVerb({
  scopes: ['customers:read'],
  read: ({ caller, params, query }) => {
    const uuid = requireUuid(params.uuid);
    const reader = new QueryReader(query);
    const limit = reader.integer('limit', CUSTOMER_LIMITS.pageSize) ?? DEFAULT_PAGE_SIZE;
    const cursor = reader.text('cursor', 255);
    const before = cursor === undefined ? undefined : parseCursor(cursor);
    if (cursor !== undefined && before === undefined) {
      reader.refuse('cursor', 'invalid_value', 'cursor must be the nextCursor of a page before.');
    }
    reader.finish();
    return { teamId: caller.team.id, uuid, limit, before };
  },
  answer: async ({ storage }, { limit, before, ...customer }) => {
    const current = await findCurrentVersion(storage, customer);
    if (current === undefined) throw new PartnerError('customer_not_found');
    const isFirst = before === undefined || before > current.version;
    const former = await listFormerVersions(storage, {
      ...customer,
      before: isFirst ? current.version : before,
      // One more than are told, for what the last one changed.
      limit: isFirst ? limit : limit + 1,
    });
    const versions = isFirst ? [current, ...former] : former;
    const told = versions.slice(0, limit);
    const hasMore = versions.length > limit;
    const pagination = { limit, hasMore, nextCursor: hasMore ? formatCursor(told.at(-1)) : null };
    return successAnswer(200, {
      message: 'History retrieved successfully',
      json: JSON.stringify({ history: await historyEntries(storage, told, versions[limit]), pagination }),
    });
  },
});

/** What versions of a customer tell, newest first; `next` is the version before the last of them. */
export async function historyEntries(
  reader: Reader,
  told: readonly StoredVersion[],
  next: StoredVersion | undefined,
): Promise<HistoryEntry[]> {
  const actors = new ActorReader(reader);
  const customers = [...told, ...(next === undefined ? [] : [next])].map(({ body }) => parseCustomerBody(body));
  const entries: HistoryEntry[] = [];
  for (const [index, version] of told.entries()) {
    const [after, before] = [customers[index], customers[index + 1]];
    if (after !== undefined) entries.push(await entryOf(version, { actors, before, after }));
  }
  return entries;
}

interface Told {
  readonly actors: ActorReader;
  readonly before: Customer | undefined;
  readonly after: Customer;
}

async function entryOf(
  { version, updatedAt, isDeleted, madeBy }: StoredVersion,
  { actors, before, after }: Told,
): Promise<HistoryEntry> {
  const made = parseMadeBy(madeBy);
  return {
    version,
    action: made?.action ?? (version === 1 ? 'created' : isDeleted ? 'deleted' : 'updated'),
    at: new Date(updatedAt).toISOString(),
    actor: await actors.get(made ?? {}),
    requestId: made?.requestId ?? null,
    importUuid: made?.importUuid ?? null,
    changes: fieldChanges(before, after),
  };
}

function formatCursor(last: StoredVersion | undefined): string | null {
  return last === undefined ? null : Buffer.from(`v${last.version}`).toString('base64url');
}

function parseCursor(text: string): number | undefined {
  const [, version] = CURSOR_FORM.exec(Buffer.from(text, 'base64url').toString('latin1')) ?? [];
  return version === undefined ? undefined : Number(version);
}
