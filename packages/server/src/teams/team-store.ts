import { statement } from '../storage/statement.js';
import type { Command, Reader } from '../storage/storage.js';

/** A team, which owns customers; clients call it workspace. */
export interface Team {
  readonly id: number;
  readonly uuid: string;
  readonly name: string;
}

const insertTeam = statement<{ uuid: string; name: string; now: number }>()(({ db, param }) =>
  db.insertInto('teams').values({ uuid: param.uuid('uuid'), name: param('name'), created_at: param('now') }),
);

const findTeam = statement<{ uuid: string }>()(({ db, param }) =>
  db.selectFrom('teams').select(['id', 'name']).where('uuid', '=', param.uuid('uuid')),
);

const firstMember = statement<{ teamId: number }>()(({ db, param }) =>
  db
    .selectFrom('team_members')
    .select('user_id')
    .where('team_id', '=', param('teamId'))
    .orderBy('created_at')
    .orderBy('user_id')
    .limit(1),
);

/** The team of a UUID, or undefined. */
export async function findTeamByUuid(reader: Reader, uuid: string): Promise<Team | undefined> {
  const row = await reader.first(findTeam, { uuid });
  return row === undefined ? undefined : { ...row, uuid };
}

/** The member who has belonged to the team the longest, or undefined. */
export async function findFirstMember(reader: Reader, teamId: number): Promise<number | undefined> {
  return (await reader.first(firstMember, { teamId }))?.user_id;
}

/** Stores a new team. */
export const createTeam: Command<{ readonly uuid: string; readonly name: string }, void> = {
  name: 'create-team',
  run: async (tx, { uuid, name }) => {
    await tx.run(insertTeam, { uuid, name, now: Date.now() });
  },
};
