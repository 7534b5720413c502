import { appendAudit, type Origin } from '../audit/audit-store.js';
import { currentTime } from '../clock.js';
import { statement } from '../storage/statement.js';
import { command, type Reader } from '../storage/storage.js';
import { uuidText } from '../storage/uuid-text.js';

/** A team, which owns customers; clients call it workspace. */
export interface Team {
  readonly id: number;
  readonly uuid: string;
  readonly name: string;
}

/** Teams that are listed at once. */
const LISTED_TEAMS = 100;

const insertTeam = statement<{ uuid: string; name: string; now: number }>()(({ db, param }) =>
  db
    .insertInto('teams')
    .values({ uuid: param.uuid('uuid'), name: param('name'), created_at: param('now') })
    .returning('id'),
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

const teamsOfUser = statement<{ userId: number }>()(({ db, param }) =>
  db
    .selectFrom('team_members as member')
    .innerJoin('teams as team', 'team.id', 'member.team_id')
    .select(['team.id', 'team.uuid', 'team.name'])
    .where('member.user_id', '=', param('userId'))
    .orderBy('team.name')
    .orderBy('team.id'),
);

const teamIdsBehind = statement<{ after: number }>()(({ db, param }) =>
  db.selectFrom('teams').select('id').where('id', '>', param('after')).orderBy('id').limit(LISTED_TEAMS),
);

const insertMember = statement<{ teamId: number; userId: number; now: number }>()(({ db, param }) =>
  db
    .insertInto('team_members')
    .values({ team_id: param('teamId'), user_id: param('userId'), created_at: param('now') })
    .onConflict((conflict) => conflict.doNothing()),
);

/** The team of a UUID, or undefined. */
export async function findTeamByUuid(reader: Reader, uuid: string): Promise<Team | undefined> {
  const row = await reader.first(findTeam, { uuid });
  return row === undefined ? undefined : { ...row, uuid };
}

/** The next teams of all, by their internal number; none behind the last. */
export async function listTeamIds(reader: Pick<Reader, 'all'>, after: number): Promise<number[]> {
  return (await reader.all(teamIdsBehind, { after })).map(({ id }) => id);
}

/** The teams that a person belongs to, by name. */
export async function listTeamsOfUser(reader: Reader, userId: number): Promise<Team[]> {
  const rows = await reader.all(teamsOfUser, { userId });
  return rows.map(({ id, uuid, name }) => ({ id, uuid: uuidText(uuid), name }));
}

/** One of the teams that a person belongs to, or undefined. */
export async function findTeamOfUser(
  reader: Reader,
  { userId, teamUuid }: { readonly userId: number; readonly teamUuid: string },
): Promise<Team | undefined> {
  return (await listTeamsOfUser(reader, userId)).find(({ uuid }) => uuid === teamUuid);
}

/** The member who has belonged to the team the longest, or undefined. */
export async function findFirstMember(reader: Reader, teamId: number): Promise<number | undefined> {
  return (await reader.first(firstMember, { teamId }))?.user_id;
}

/** Stores a new team. */
export const createTeam = command<{ readonly uuid: string; readonly name: string; readonly origin: Origin }, void>({
  name: 'create-team',
  run: async (tx, { uuid, name, origin }) => {
    const team = await tx.first(insertTeam, { uuid, name, now: currentTime() });
    if (team === undefined) throw new Error('a team was stored and has no id');
    await appendAudit(tx, 'team.created', { origin, teamId: team.id });
  },
});

/** A person to make a member of a team. */
export interface Membership {
  readonly teamId: number;
  readonly userId: number;
  readonly origin: Origin;
}

/** Makes a person a member of a team; nothing happens when they are. */
export const joinTeam = command<Membership, void>({
  name: 'join-team',
  run: async (tx, { teamId, userId, origin }) => {
    const isNew = (await tx.run(insertMember, { teamId, userId, now: currentTime() })) > 0;
    if (isNew) await appendAudit(tx, 'user.joined_team', { origin, teamId, userId });
  },
});
