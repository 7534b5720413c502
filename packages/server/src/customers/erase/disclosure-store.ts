import { sql } from 'kysely';
import { type StatementParts, statement } from '../../storage/statement.js';
import type { Reader } from '../../storage/storage.js';
import { uuidText } from '../../storage/uuid-text.js';

interface OfCustomer {
  readonly teamId: number;
  readonly uuid: string;
}

/** Most rows of a kind that are told. */
const MOST_ROWS = 1_000;

const findRow = statement<OfCustomer>()(({ db, param }) =>
  db
    .selectFrom('customers')
    .select(['deleted_at', 'body'])
    .where('team_id', '=', param('teamId'))
    .where('uuid', '=', param.uuid('uuid')),
);

const listEvents = statement<OfCustomer>()(({ db, param }) =>
  db
    .selectFrom('webhook_events')
    .select(['version', 'event', 'occurred_at', 'data', 'previous_data'])
    .where('team_id', '=', param('teamId'))
    .where('customer_uuid', '=', param.uuid('uuid'))
    .orderBy('version', 'desc')
    .limit(sql.lit(MOST_ROWS)),
);

const ofCustomer = <P extends OfCustomer>({ db, param }: StatementParts<P>) =>
  db
    .selectFrom('webhook_deliveries as delivery')
    .where('delivery.team_id', '=', param('teamId'))
    .where('delivery.customer_uuid', '=', param.uuid('uuid'));

const listDeliveries = statement<OfCustomer>()((parts) =>
  ofCustomer(parts)
    .leftJoin('webhooks as webhook', (join) =>
      join.onRef('webhook.team_id', '=', 'delivery.team_id').onRef('webhook.uuid', '=', 'delivery.webhook_uuid'),
    )
    .select([
      'delivery.uuid',
      'delivery.webhook_uuid',
      'webhook.callback_url',
      'delivery.version',
      'delivery.event',
      'delivery.status',
      'delivery.created_at',
      'delivery.finished_at',
    ])
    .orderBy('delivery.uuid', 'desc')
    .limit(sql.lit(MOST_ROWS)),
);

const listAttempts = statement<OfCustomer>()((parts) =>
  ofCustomer(parts)
    .innerJoin('webhook_attempts as attempt', (join) =>
      join.onRef('attempt.team_id', '=', 'delivery.team_id').onRef('attempt.delivery_uuid', '=', 'delivery.uuid'),
    )
    .select([
      'attempt.delivery_uuid',
      'attempt.number',
      'attempt.started_at',
      'attempt.status_code',
      'attempt.error',
      'attempt.answer_start',
    ])
    .orderBy('attempt.delivery_uuid', 'desc')
    .orderBy('attempt.number')
    .limit(sql.lit(MOST_ROWS)),
);

const listDifferent = statement<OfCustomer>()(({ db, param }) =>
  db
    .selectFrom('customer_not_duplicates')
    .select(['other_uuid', 'declared_at'])
    .where('team_id', '=', param('teamId'))
    .where('uuid', '=', param.uuid('uuid'))
    .limit(sql.lit(MOST_ROWS)),
);

const listMergesOf = statement<OfCustomer>()(({ db, param }) => {
  const merges = db
    .selectFrom('customer_merges')
    .select(['customer_uuid', 'into_uuid', 'into_version', 'taken'])
    .where('team_id', '=', param('teamId'));
  return merges
    .where('customer_uuid', '=', param.uuid('uuid'))
    .unionAll(merges.where('into_uuid', '=', param.uuid('uuid')))
    .limit(sql.lit(MOST_ROWS));
});

/** The row of a customer, live or not, also of one that was erased. Times are milliseconds since 1970. */
export async function findKeptRow(
  reader: Reader,
  customer: OfCustomer,
): Promise<{ readonly deletedAt: number | null; readonly body: string } | undefined> {
  const row = await reader.first(findRow, customer);
  return row === undefined ? undefined : { deletedAt: row.deleted_at, body: row.body };
}

/** The events of a customer that are kept, newest first, as a disclosure tells them. */
export async function listKeptEvents(reader: Reader, customer: OfCustomer): Promise<object[]> {
  return (await reader.all(listEvents, customer)).map(({ occurred_at, data, previous_data, ...row }) => ({
    ...row,
    occurredAt: timeText(occurred_at),
    data: parseStored(data),
    previousData: previous_data === null ? null : parseStored(previous_data),
  }));
}

/** The deliveries of a customer that are kept, newest first, with where they went. */
export async function listKeptDeliveries(reader: Reader, customer: OfCustomer): Promise<object[]> {
  return (await reader.all(listDeliveries, customer)).map((row) => ({
    uuid: uuidText(row.uuid),
    webhookUuid: uuidText(row.webhook_uuid),
    callbackUrl: row.callback_url,
    version: row.version,
    event: row.event,
    status: row.status === 'held' ? 'pending' : row.status,
    createdAt: timeText(row.created_at),
    finishedAt: timeText(row.finished_at),
  }));
}

/** The attempts of those deliveries, with how the receiver's answer began. */
export async function listKeptAttempts(reader: Reader, customer: OfCustomer): Promise<object[]> {
  return (await reader.all(listAttempts, customer)).map((row) => ({
    deliveryUuid: uuidText(row.delivery_uuid),
    number: row.number,
    startedAt: timeText(row.started_at),
    statusCode: row.status_code,
    error: row.error,
    answerStart: row.answer_start,
  }));
}

/** Who was declared to be another than a customer, and when. */
export async function listNotDuplicates(reader: Reader, customer: OfCustomer): Promise<object[]> {
  return (await reader.all(listDifferent, customer)).map((row) => ({
    uuid: uuidText(row.other_uuid),
    declaredAt: timeText(row.declared_at),
  }));
}

/** The merge by which a customer went, and those of others into it, with what was taken. */
export async function listKeptMerges(reader: Reader, customer: OfCustomer): Promise<object[]> {
  return (await reader.all(listMergesOf, customer)).map((row) => ({
    uuid: uuidText(row.customer_uuid),
    into: uuidText(row.into_uuid),
    intoVersion: row.into_version,
    taken: parseStored(row.taken),
  }));
}

function timeText(time: number | null): string | null {
  return time === null ? null : new Date(time).toISOString();
}

// Written by this very server.
function parseStored(json: string): unknown {
  return JSON.parse(json);
}
