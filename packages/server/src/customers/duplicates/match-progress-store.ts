import { sql } from 'kysely';
import { type StatementParts, statement } from '../../storage/statement.js';
import type { Reader } from '../../storage/storage.js';
import { uuidText } from '../../storage/uuid-text.js';
import { parseCustomerBody } from '../customer-row.js';
import { type ComparedCustomer, comparedCustomer } from './compared-customer.js';

/** Up to where a team's customers have their keys, in the order of their last change. */
export interface MatchProgress {
  /** Milliseconds since 1970. */
  readonly changedAt: number;
  readonly uuid: string;
}

/** Before the first change. */
export const NO_PROGRESS: MatchProgress = { changedAt: 0, uuid: '00000000-0000-0000-0000-000000000000' };

/** Customers that changed, in the order of their change. */
export interface ChangedCustomers {
  readonly live: readonly ComparedCustomer[];
  /** Deleted ones, by UUID. */
  readonly gone: readonly string[];
  /** The last of them; undefined where nothing changed. */
  readonly to: MatchProgress | undefined;
}

const findProgress = statement<{ teamId: number }>()(({ db, param }) =>
  db.selectFrom('customer_match_progress').select(['changed_at', 'uuid']).where('team_id', '=', param('teamId')),
);

type Since = { readonly teamId: number; readonly limit: number } & MatchProgress;

const changedSince = <P extends Since>({ db, param }: StatementParts<P>) =>
  db
    .selectFrom('customers')
    .select(['uuid', 'version', 'updated_at', 'body'])
    .where('team_id', '=', param('teamId'))
    .where(sql<boolean>`(updated_at, uuid) > (${param('changedAt')}, ${param.uuid('uuid')})`)
    .limit(param('limit'));

const freshCustomers = statement<Since>()((parts) =>
  changedSince(parts).where('deleted_at', 'is', null).orderBy('updated_at', 'desc').orderBy('uuid', 'desc'),
);

const settledLive = statement<Since & { until: number }>()((parts) =>
  changedSince(parts)
    .where('updated_at', '<', parts.param('until'))
    .where('deleted_at', 'is', null)
    .orderBy('updated_at')
    .orderBy('uuid'),
);

const settledGone = statement<Since & { until: number }>()(({ db, param }) =>
  db
    .selectFrom('customers')
    .select(['uuid', 'updated_at'])
    .where('team_id', '=', param('teamId'))
    .where(sql<boolean>`(updated_at, uuid) > (${param('changedAt')}, ${param.uuid('uuid')})`)
    .where('updated_at', '<', param('until'))
    .where('deleted_at', 'is not', null)
    .orderBy('updated_at')
    .orderBy('uuid')
    .limit(param('limit')),
);

/** Up to where the customers of a team have their keys. */
export async function findMatchProgress(reader: Reader, teamId: number): Promise<MatchProgress> {
  const row = await reader.first(findProgress, { teamId });
  return row === undefined ? NO_PROGRESS : { changedAt: row.changed_at, uuid: uuidText(row.uuid) };
}

/** The newest live customers that changed since. */
export async function listFresh(
  reader: Reader,
  { teamId, since, limit }: { readonly teamId: number; readonly since: MatchProgress; readonly limit: number },
): Promise<ComparedCustomer[]> {
  return (await reader.all(freshCustomers, { teamId, ...since, limit })).map(compared);
}

/** The first customers that changed since, and before a time up to which nothing changes any more. */
export async function listSettled(
  reader: Reader,
  asked: { readonly teamId: number; readonly since: MatchProgress; readonly until: number; readonly limit: number },
): Promise<ChangedCustomers> {
  const { teamId, since, until, limit } = asked;
  const range = { teamId, ...since, until, limit };
  const [live, gone] = await Promise.all([reader.all(settledLive, range), reader.all(settledGone, range)]);
  const changes = [
    ...live.map((row) => ({ changedAt: row.updated_at, uuid: uuidText(row.uuid), row })),
    ...gone.map((row) => ({ changedAt: row.updated_at, uuid: uuidText(row.uuid), row: undefined })),
  ];
  const first = changes.sort(byChange).slice(0, limit);
  const last = first.at(-1);
  return {
    live: first.flatMap(({ row }) => (row === undefined ? [] : compared(row))),
    gone: first.flatMap(({ row, uuid }) => (row === undefined ? uuid : [])),
    to: last === undefined ? undefined : { changedAt: last.changedAt, uuid: last.uuid },
  };
}

// As both engines order UUIDs.
function byChange(one: MatchProgress, other: MatchProgress): number {
  return one.changedAt - other.changedAt || (one.uuid < other.uuid ? -1 : 1);
}

function compared(row: { uuid: Uint8Array | string; version: number; body: string }): ComparedCustomer {
  return comparedCustomer({
    uuid: uuidText(row.uuid),
    version: row.version,
    read: () => parseCustomerBody(row.body),
  });
}
