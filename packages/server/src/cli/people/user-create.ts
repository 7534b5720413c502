import { randomUUID } from 'node:crypto';
import type { Command } from 'commander';
import { COMMAND_LINE } from '../../audit/audit-store.js';
import { findPasswordFault, hashPassword, isPasswordRight } from '../../identity/passwords/password.js';
import { findTeamOfUser, joinTeam, type Team } from '../../identity/team-store.js';
import { createUser, findUserByEmail } from '../../identity/user-store.js';
import type { Storage } from '../../storage/storage.js';
import { isEmailAddress } from '../../validation/formats.js';
import { CommandFailure, WrongUsage } from '../command-failure.js';
import { type OutputOptions, printResult } from '../print.js';
import { readInput } from '../read-input.js';
import { type DatabaseOptions, readCommandSettings, withStorage } from '../with-storage.js';
import { teamOfFlag } from './team-of-flag.js';

interface UserOptions extends DatabaseOptions, OutputOptions {
  readonly email: string;
  readonly team: string;
}

/** `countersign user create`, contract §6. */
export function userCreateCommand(command: Command): Command {
  return command
    .description('make a user who can sign in and connect apps to a team; one that exists joins the team')
    .requiredOption('--email <email>', 'email address to sign in with')
    .requiredOption('--team <uuid>', 'the team the user belongs to')
    .requiredOption('--password-stdin', 'read the password from standard input')
    .option('--database-url <url>', 'the database')
    .option('--json', 'print one JSON document')
    .action(async (options: UserOptions) => {
      const { email } = options;
      if (!isEmailAddress(email)) throw new WrongUsage('--email must be a valid email address.');
      const password = await readPassword();
      const user = await withStorage(readCommandSettings(options), async (storage) => {
        const team = await teamOfFlag(storage, options.team);
        return ensureMember(storage, team, { email, password });
      });
      printResult(user, options);
    });
}

interface Credentials {
  readonly email: string;
  readonly password: string;
}

// A person can belong to several teams: one that exists joins, when the password shows that it is the same person.
async function ensureMember(storage: Storage, team: Team, { email, password }: Credentials) {
  const known = await findUserByEmail(storage, email);
  if (known !== undefined) {
    const isMember = (await findTeamOfUser(storage, { userId: known.id, teamUuid: team.uuid })) !== undefined;
    if (isMember || !(await isPasswordRight(password, known.passwordHash))) throw taken(email);
    await storage.write(joinTeam, { teamId: team.id, userId: known.id, origin: COMMAND_LINE });
    return { uuid: known.uuid, email: known.email };
  }
  const user = { uuid: randomUUID(), email };
  const passwordHash = await hashPassword(password);
  const outcome = await storage.write(createUser, { ...user, passwordHash, teamId: team.id, origin: COMMAND_LINE });
  if (outcome === 'email_taken') throw taken(email);
  return user;
}

function taken(email: string): CommandFailure {
  return new CommandFailure(
    `There is a user with the email ${email} already, in this team or with another password; "countersign user invite" lets them join.`,
  );
}

async function readPassword(): Promise<string> {
  const password = (await readInput('-')).replace(/\r?\n$/, '');
  const fault = findPasswordFault(password);
  if (fault === undefined) return password;
  throw new WrongUsage(`The password ${fault}.`);
}
