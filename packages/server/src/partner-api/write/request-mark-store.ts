import { setTimeout as wait } from 'node:timers/promises';
import { sql } from 'kysely';
import { currentTime } from '../../clock.js';
import { statement } from '../../storage/statement.js';
import { command, type Storage } from '../../storage/storage.js';
import { TIMESTAMP_WINDOW_SECONDS } from '../signature/timestamp.js';

/** How old a mark gets, in milliseconds: twice what a timestamp may be off, so that no clock brings a request back. */
const KEPT_MS = 2 * TIMESTAMP_WINDOW_SECONDS * 1_000;
/** Marks forgotten in one transaction. */
const MOST_MARKS = 500;
/** Teams looked at in one transaction. */
const MOST_TEAMS = 50;
/** Pause between two steps, in milliseconds: everybody else comes first. */
const PAUSE_MS = 25;

// Its oldest mark is the first of the team in the primary key, so this looks into the index once.
const nextMarkedTeam = statement<{ teamId: number }>()(({ db, param }) =>
  db
    .selectFrom('request_marks')
    .select(['team_id', 'signed_at'])
    .where('team_id', '>', param('teamId'))
    .orderBy('team_id')
    .orderBy('signed_at')
    .limit(sql.lit(1)),
);

const forgetOfTeam = statement<{ teamId: number; olderThan: number }>()(({ db, param }) =>
  db
    .deleteFrom('request_marks')
    .where('team_id', '=', param('teamId'))
    .where((row) =>
      row(
        row.refTuple('signed_at', 'signature'),
        'in',
        row
          .selectFrom('request_marks')
          .select(['signed_at', 'signature'])
          .where('team_id', '=', param('teamId'))
          .where('signed_at', '<', param('olderThan'))
          .orderBy('signed_at')
          .orderBy('signature')
          .limit(sql.lit(MOST_MARKS))
          .$asTuple('signed_at', 'signature'),
      ),
    ),
);

/** A step of forgetting: from the team behind this one on. */
interface ForgetMarks {
  readonly afterTeamId: number;
}

/**
 * Forgets some marks of requests whose timestamps are no longer good, contract §1.1. Gives where to go on, or undefined at
 * the end.
 */
const forgetRequestMarks = command<ForgetMarks, ForgetMarks | undefined>({
  name: 'forget-request-marks',
  locksRows: true,
  run: async (tx, { afterTeamId }) => {
    const olderThan = currentTime() - KEPT_MS;
    let place = afterTeamId;
    for (let looks = 0; looks < MOST_TEAMS; looks++) {
      const next = await tx.first(nextMarkedTeam, { teamId: place });
      if (next === undefined) return undefined;
      if (next.signed_at < olderThan) {
        const forgotten = await tx.run(forgetOfTeam, { teamId: next.team_id, olderThan });
        return { afterTeamId: forgotten === MOST_MARKS ? place : next.team_id };
      }
      place = next.team_id;
    }
    return { afterTeamId: place };
  },
});

/** Forgets all marks that are too old, in small steps that nobody feels. @throws the storage's error */
export async function forgetAllRequestMarks(storage: Pick<Storage, 'write'>): Promise<void> {
  let next: ForgetMarks | undefined = { afterTeamId: 0 };
  while (next !== undefined) {
    next = await storage.write(forgetRequestMarks, next);
    if (next !== undefined) await wait(PAUSE_MS, undefined, { ref: false });
  }
}
