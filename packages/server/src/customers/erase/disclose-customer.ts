import { PartnerError } from '@countersign/contract';
import { listAuditOfCustomer } from '../../audit/audit-store.js';
import { successAnswer } from '../../partner-api/write/answer.js';
import { readVerb } from '../../partner-api/write/read-verb.js';
import type { Reader } from '../../storage/storage.js';
import { requireUuid } from '../../validation/uuid.js';
import { parseCustomerBody } from '../customer-row.js';
import { historyEntries } from '../history/list-history.js';
import { findCurrentVersion, listFormerVersions } from '../history/version-store.js';
import {
  findKeptRow,
  listKeptAttempts,
  listKeptDeliveries,
  listKeptEvents,
  listKeptMerges,
  listNotDuplicates,
} from './disclosure-store.js';
import { isErased, parseErasedBody } from './erased-body.js';
import { listNames } from './erasure-store.js';
import { listAnswersAbout } from './kept-answer-store.js';

/** Bytes of entries beyond which a disclosure tells no more of them. */
const MOST_BYTES = 16 * 1_048_576;
/** Entries of a kind that are told at most; a history has pages of its own. */
const MOST_ENTRIES = 1_000;
/** Versions read at once, so that those of a long history are not all in memory. */
const READ_VERSIONS = 50;

interface OfCustomer {
  readonly teamId: number;
  readonly uuid: string;
}

/**
 * Everything that is kept of one customer, `GET /partners/customers/{uuid}/disclosure`, contract §7.4. Also of one that is
 * deleted, and what is left of one that was erased.
 */
export const discloseCustomer = readVerb({
  scopes: ['customers:read'],
  read: ({ caller, params }) => ({ teamId: caller.team.id, uuid: requireUuid(params.uuid) }),
  answer: async ({ storage }, customer) => {
    const row = await findKeptRow(storage, customer);
    if (row === undefined) throw new PartnerError('customer_not_found');
    const told = new Told(MOST_BYTES);
    const sections = [
      ['history', historyOf(storage, customer)],
      ['events', entriesOf(listKeptEvents(storage, customer))],
      ['deliveries', entriesOf(listKeptDeliveries(storage, customer))],
      ['attempts', entriesOf(listKeptAttempts(storage, customer))],
      ['keptAnswers', entriesOf(keptAnswersOf(storage, customer, row.body))],
      ['notDuplicates', entriesOf(listNotDuplicates(storage, customer))],
      ['merges', entriesOf(listKeptMerges(storage, customer))],
      ['audit', entriesOf(listAuditOfCustomer(storage, customer))],
    ] as const;
    const members = [`"customer":${customerJson(row)}`];
    for (const [name, entries] of sections) members.push(`"${name}":${await told.list(entries)}`);
    members.push(`"isComplete":${told.isComplete}`);
    return successAnswer(200, { message: 'Disclosure retrieved successfully', json: `{${members.join(',')}}` });
  },
});

function customerJson({ body, deletedAt }: { readonly body: string; readonly deletedAt: number | null }): string {
  if (!isErased(body)) {
    const deleted = deletedAt === null ? null : new Date(deletedAt).toISOString();
    return `${body.slice(0, -1)},"deletedAt":${JSON.stringify(deleted)}}`;
  }
  const { uuid, createdAt, updatedAt, version } = parseErasedBody(body);
  return JSON.stringify({ uuid, id: uuid, erased: true, createdAt, erasedAt: updatedAt, version });
}

// A page is told with the version before it, for what its last one changed.
async function* historyOf(reader: Reader, customer: OfCustomer): AsyncGenerator<object> {
  const current = await findCurrentVersion(reader, customer);
  if (current === undefined) return;
  let page = [current];
  for (let count = 0; count < MOST_ENTRIES; count += READ_VERSIONS) {
    const last = page.at(-1);
    if (last === undefined) return;
    const former = await listFormerVersions(reader, { ...customer, before: last.version, limit: READ_VERSIONS });
    const known = [...page, ...former];
    const hasMore = former.length === READ_VERSIONS;
    yield* await historyEntries(reader, hasMore ? known.slice(0, -1) : known, hasMore ? known.at(-1) : undefined);
    if (!hasMore) return;
    page = known.slice(-1);
  }
}

async function keptAnswersOf(reader: Reader, { teamId }: OfCustomer, body: string): Promise<object[]> {
  if (isErased(body)) return [];
  return listAnswersAbout(reader, teamId, await listNames(reader, teamId, parseCustomerBody(body)));
}

async function* entriesOf(entries: Promise<readonly object[]>): AsyncGenerator<object> {
  yield* await entries;
}

/** What is told, as long as it is not too much. */
class Told {
  #bytesLeft: number;
  isComplete = true;

  constructor(bytes: number) {
    this.#bytesLeft = bytes;
  }

  async list(entries: AsyncIterable<object>): Promise<string> {
    const texts: string[] = [];
    for await (const entry of entries) {
      const text = JSON.stringify(entry);
      this.#bytesLeft -= Buffer.byteLength(text);
      if (this.#bytesLeft < 0 || texts.length === MOST_ENTRIES - 1) {
        this.isComplete = false;
        break;
      }
      texts.push(text);
    }
    return `[${texts.join(',')}]`;
  }
}
