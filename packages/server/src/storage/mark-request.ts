import { PartnerError } from '@countersign/contract';
import type { TeamMark } from './request-mark.js';
import { statement } from './statement.js';
import type { Transaction } from './storage.js';

const insertMark = statement<TeamMark>()(({ db, param }) =>
  db
    .insertInto('request_marks')
    .values({ team_id: param('teamId'), signed_at: param('signedAt'), signature: param.uuid('signature') })
    .onConflict((conflict) => conflict.doNothing()),
);

/**
 * Marks a request as one that had its effect; gives false when it has had one before. Another transaction with the same
 * request is waited for.
 */
export async function markRequest(tx: Pick<Transaction, 'run'>, mark: TeamMark): Promise<boolean> {
  return (await tx.run(insertMark, mark)) > 0;
}

/** Marks a request that has an effect. @throws PartnerError `replayed_request` when it has had one before */
export async function requireFirstEffect(tx: Pick<Transaction, 'run'>, mark: TeamMark): Promise<void> {
  if (!(await markRequest(tx, mark))) throw new PartnerError('replayed_request');
}
