import { sql } from 'kysely';
import { type StatementParts, statement } from '../../storage/statement.js';
import type { Reader, Transaction } from '../../storage/storage.js';
import { type ErasedNames, withoutErased } from './without-erased.js';

interface AnswerKey {
  readonly teamId: number;
  readonly appId: number;
  readonly key: string;
}

/** Answers about a contact alone do not name its customer. */
const OF_CONTACT = '"contact":';

const listKeys = statement<{ teamId: number; parts: string; emails: string }>()(({ db, param, dialect }) =>
  db
    .selectFrom('idempotent_answers')
    .select([
      'app_id',
      'idempotency_key',
      dialect.containsAny(sql.ref('idempotency_key'), param('emails')).as('is_named'),
    ])
    .where('team_id', '=', param('teamId'))
    .where((row) =>
      row.or([
        dialect.containsAny(sql.ref('body'), param('parts')),
        dialect.containsAny(sql.ref('idempotency_key'), param('emails')),
      ]),
    )
    // The order in which all lock them.
    .orderBy('app_id')
    .orderBy('idempotency_key'),
);

const oneAnswer = <P extends AnswerKey>({ db, param }: StatementParts<P>) =>
  db
    .selectFrom('idempotent_answers')
    .select(['status', 'body', 'created_at'])
    .where('team_id', '=', param('teamId'))
    .where('app_id', '=', param('appId'))
    .where('idempotency_key', '=', param('key'));

const findAnswer = statement<AnswerKey>()((parts) => oneAnswer(parts));

// Another erasure may take another record out of the same answer.
const lockAnswer = statement<AnswerKey>()((parts) => parts.dialect.forUpdate(oneAnswer(parts)));

const replaceBody = statement<AnswerKey & { body: string }>()(({ db, param }) =>
  db
    .updateTable('idempotent_answers')
    .set({ body: param('body') })
    .where('team_id', '=', param('teamId'))
    .where('app_id', '=', param('appId'))
    .where('idempotency_key', '=', param('key')),
);

const deleteAnswer = statement<AnswerKey>()(({ db, param }) =>
  db
    .deleteFrom('idempotent_answers')
    .where('team_id', '=', param('teamId'))
    .where('app_id', '=', param('appId'))
    .where('idempotency_key', '=', param('key')),
);

/**
 * Takes a record out of the answers that its team keeps for repeats. They stay under their keys, so that a request which comes
 * again does not make the record anew; but for a key that has an email of it.
 */
export async function eraseAnswers(tx: Transaction, teamId: number, names: ErasedNames): Promise<void> {
  for (const { isNamed, ...answer } of await listCandidates(tx, teamId, names)) {
    if (isNamed) await tx.run(deleteAnswer, answer);
    else await eraseAnswer(tx, answer, names);
  }
}

/** The answers that a team keeps for repeats and that tell of a record, as a disclosure has them. */
export async function listAnswersAbout(reader: Reader, teamId: number, names: ErasedNames): Promise<object[]> {
  const told: object[] = [];
  for (const { isNamed, ...key } of await listCandidates(reader, teamId, names)) {
    const found = await reader.first(findAnswer, key);
    if (found === undefined || found.body === '') continue;
    if (!isNamed && withoutErased(found.body, names) === undefined) continue;
    const answer: unknown = JSON.parse(found.body);
    const keptAt = new Date(found.created_at).toISOString();
    told.push({ idempotencyKey: key.key, status: found.status, keptAt, answer });
  }
  return told;
}

// Keys of answers that may tell of a record; `isNamed` where the key does.
async function listCandidates(
  reader: Reader,
  teamId: number,
  { uuids, emails, keepers = new Map() }: ErasedNames,
): Promise<(AnswerKey & { readonly isNamed: boolean })[]> {
  const [uuid] = uuids;
  // As they stand in JSON.
  const addresses = [...emails].map((email) => JSON.stringify(email).slice(1, -1));
  const rows = await reader.all(listKeys, {
    teamId,
    parts: JSON.stringify([uuid, OF_CONTACT, ...keepers.keys(), ...addresses]),
    emails: JSON.stringify(addresses),
  });
  return rows.map((row) => ({
    teamId,
    appId: row.app_id,
    key: row.idempotency_key,
    isNamed: Boolean(row.is_named),
  }));
}

// One at a time, since an answer has up to a mebibyte.
async function eraseAnswer(tx: Transaction, answer: AnswerKey, names: ErasedNames): Promise<void> {
  const found = await tx.first(lockAnswer, answer);
  if (found === undefined || found.body === '') return;
  const left = withoutErased(found.body, names);
  if (left !== undefined) await tx.run(replaceBody, { ...answer, body: left });
}
