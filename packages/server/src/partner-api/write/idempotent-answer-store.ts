import { currentTime } from '../../clock.js';
import { statement } from '../../storage/statement.js';
import { command, type Transaction, WriteConflict } from '../../storage/storage.js';
import type { Answer } from './answer.js';

/** How long an answer is kept under its key, in milliseconds: 24 hours, contract §1.4. */
const KEPT_MS = 24 * 60 * 60 * 1000;
/** Answers forgotten in one transaction. */
const FORGET_ROWS = 500;

interface KeyParameters {
  readonly teamId: number;
  readonly appId: number;
  readonly key: string;
}

/** An answer as it was kept. */
export interface KeptAnswer extends Answer {
  readonly fingerprint: string;
}

/** Answers kept for one team, app and key. */
export interface IdempotentAnswerStore {
  /**
   * Takes the key for this transaction; gives false where an answer was kept under it less than 24 hours ago. Waits for
   * another transaction that has taken it.
   *
   * @throws RowBusy when the other takes too long
   */
  claim(): Promise<boolean>;
  /** The answer kept under a key that could not be claimed. */
  get(): Promise<KeptAnswer>;
  /** Keeps the answer under the claimed key. */
  keep(answer: Answer): Promise<void>;
}

const claimKey = statement<KeyParameters & { fingerprint: string; olderThan: number; now: number }>()(({ db, param }) =>
  db
    .insertInto('idempotent_answers')
    .values({
      team_id: param('teamId'),
      app_id: param('appId'),
      idempotency_key: param('key'),
      fingerprint: param('fingerprint'),
      status: 0,
      headers: '',
      body: '',
      created_at: param('now'),
    })
    .onConflict((conflict) =>
      conflict
        .columns(['team_id', 'app_id', 'idempotency_key'])
        .doUpdateSet({
          fingerprint: (row) => row.ref('excluded.fingerprint'),
          created_at: (row) => row.ref('excluded.created_at'),
        })
        .where('idempotent_answers.created_at', '<=', param('olderThan')),
    ),
);

const findAnswer = statement<KeyParameters>()(({ db, param }) =>
  db
    .selectFrom('idempotent_answers')
    .select(['fingerprint', 'status', 'headers', 'body'])
    .where('team_id', '=', param('teamId'))
    .where('app_id', '=', param('appId'))
    .where('idempotency_key', '=', param('key')),
);

const keepAnswer = statement<KeyParameters & { status: number; headers: string; body: string }>()(({ db, param }) =>
  db
    .updateTable('idempotent_answers')
    .set({ status: param('status'), headers: param('headers'), body: param('body') })
    .where('team_id', '=', param('teamId'))
    .where('app_id', '=', param('appId'))
    .where('idempotency_key', '=', param('key')),
);

const forgetAnswers = statement<{ olderThan: number }>()(({ db, param }) =>
  db
    .deleteFrom('idempotent_answers')
    .where((row) =>
      row(
        row.refTuple('team_id', 'app_id', 'idempotency_key'),
        'in',
        row
          .selectFrom('idempotent_answers')
          .select(['team_id', 'app_id', 'idempotency_key'])
          .where('created_at', '<=', param('olderThan'))
          .limit(FORGET_ROWS)
          .$asTuple('team_id', 'app_id', 'idempotency_key'),
      ),
    ),
);

/** The answers kept under one key of one team and app. */
export function idempotentAnswerStore(
  tx: Transaction,
  { teamId, appId, key, fingerprint }: KeyParameters & { readonly fingerprint: string },
): IdempotentAnswerStore {
  const scope = { teamId, appId, key };
  return {
    async claim() {
      const now = currentTime();
      return (await tx.run(claimKey, { ...scope, fingerprint, olderThan: now - KEPT_MS, now })) > 0;
    },
    async get() {
      const row = await tx.first(findAnswer, scope);
      if (row === undefined) throw new WriteConflict('a kept answer is gone since it was met');
      return { ...row, headers: parseHeaders(row.headers) };
    },
    async keep({ status, headers, body }) {
      await tx.run(keepAnswer, { ...scope, status, headers: JSON.stringify(headers), body });
    },
  };
}

// Written by keep() from an Answer's own headers.
function parseHeaders(json: string): Record<string, string> {
  const headers: Record<string, string> = JSON.parse(json);
  return headers;
}

/** Forgets some of the answers older than 24 hours; gives whether more may be left. */
export const forgetOldAnswers = command<undefined, boolean>({
  name: 'forget-old-answers',
  locksRows: true,
  run: async (tx) => (await tx.run(forgetAnswers, { olderThan: currentTime() - KEPT_MS })) === FORGET_ROWS,
});
