import { findTeamByUuid, type Team } from '../../identity/team-store.js';
import type { Storage } from '../../storage/storage.js';
import { isUuid } from '../../validation/uuid.js';
import { CommandFailure, WrongUsage } from '../command-failure.js';

/** The team of a `--team` flag. @throws WrongUsage, CommandFailure */
export async function teamOfFlag(storage: Storage, uuid: string): Promise<Team> {
  if (!isUuid(uuid)) throw new WrongUsage('--team must be a UUID.');
  const team = await findTeamByUuid(storage, uuid.toLowerCase());
  if (team === undefined) throw new CommandFailure(`There is no team ${uuid}.`);
  return team;
}
