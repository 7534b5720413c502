import { statement } from '../storage/statement.js';
import type { Command, Transaction } from '../storage/storage.js';
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
  /** The answer kept less than 24 hours ago, or undefined. */
  find(): Promise<KeptAnswer | undefined>;
  keep(answer: Answer): Promise<void>;
}

const findAnswer = statement<KeyParameters & { youngerThan: number }>()(({ db, param }) =>
  db
    .selectFrom('idempotent_answers')
    .select(['fingerprint', 'status', 'headers', 'body'])
    .where('team_id', '=', param('teamId'))
    .where('app_id', '=', param('appId'))
    .where('idempotency_key', '=', param('key'))
    .where('created_at', '>', param('youngerThan')),
);

const keepAnswer = statement<
  KeyParameters & { fingerprint: string; status: number; headers: string; body: string; now: number }
>()(({ db, param }) =>
  db
    .insertInto('idempotent_answers')
    .values({
      team_id: param('teamId'),
      app_id: param('appId'),
      idempotency_key: param('key'),
      fingerprint: param('fingerprint'),
      status: param('status'),
      headers: param('headers'),
      body: param('body'),
      created_at: param('now'),
    })
    .onConflict((conflict) =>
      conflict.columns(['team_id', 'app_id', 'idempotency_key']).doUpdateSet({
        fingerprint: (row) => row.ref('excluded.fingerprint'),
        status: (row) => row.ref('excluded.status'),
        headers: (row) => row.ref('excluded.headers'),
        body: (row) => row.ref('excluded.body'),
        created_at: (row) => row.ref('excluded.created_at'),
      }),
    ),
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
    async find() {
      const row = await tx.first(findAnswer, { ...scope, youngerThan: Date.now() - KEPT_MS });
      return row === undefined ? undefined : { ...row, headers: parseHeaders(row.headers) };
    },
    async keep({ status, headers, body }) {
      const answer = { fingerprint, status, headers: JSON.stringify(headers), body, now: Date.now() };
      await tx.run(keepAnswer, { ...scope, ...answer });
    },
  };
}

// Written by keep() from an Answer's own headers.
function parseHeaders(json: string): Record<string, string> {
  const headers: Record<string, string> = JSON.parse(json);
  return headers;
}

/** Forgets some of the answers older than 24 hours; gives whether more may be left. */
export const forgetOldAnswers: Command<undefined, boolean> = {
  name: 'forget-old-answers',
  run: async (tx) => (await tx.run(forgetAnswers, { olderThan: Date.now() - KEPT_MS })) === FORGET_ROWS,
};
