import { randomUUID } from 'node:crypto';
import type { Command } from 'commander';
import { hashPassword } from '../teams/password.js';
import { createUser } from '../teams/user-store.js';
import { isEmailAddress } from '../validation/formats.js';
import { CommandFailure, WrongUsage } from './command-failure.js';
import { type OutputOptions, printResult } from './print.js';
import { readStandardInput } from './read-input.js';
import { requireTeam } from './require-team.js';
import { type DatabaseOptions, readCommandSettings, withStorage } from './with-storage.js';

/** Fewest characters of a password, NIST SP 800-63B §5.1.1. */
const SHORTEST_PASSWORD = 8;
const LONGEST_PASSWORD = 1_024;

interface UserOptions extends DatabaseOptions, OutputOptions {
  readonly email: string;
  readonly team: string;
}

/** `countersign user create`, contract §6. */
export function userCreateCommand(command: Command): Command {
  return command
    .description('make a user who can sign in and connect apps to a team')
    .requiredOption('--email <email>', 'email address to sign in with')
    .requiredOption('--team <uuid>', 'the team the user belongs to')
    .requiredOption('--password-stdin', 'read the password from standard input')
    .option('--database-url <url>', 'the database')
    .option('--json', 'print one JSON document')
    .action(async (options: UserOptions) => {
      const { email } = options;
      if (!isEmailAddress(email)) throw new WrongUsage('--email must be a valid email address.');
      const passwordHash = await hashPassword(await readPassword());
      const uuid = randomUUID();
      await withStorage(readCommandSettings(options), async (storage) => {
        const team = await requireTeam(storage, options.team);
        const outcome = await storage.write(createUser, { uuid, email, passwordHash, teamId: team.id });
        if (outcome === 'email_taken') throw new CommandFailure(`There is a user with the email ${email} already.`);
      });
      printResult({ uuid, email }, options);
    });
}

async function readPassword(): Promise<string> {
  const password = (await readStandardInput()).replace(/\r?\n$/, '');
  if (password.length >= SHORTEST_PASSWORD && password.length <= LONGEST_PASSWORD) return password;
  throw new WrongUsage(`The password must have ${SHORTEST_PASSWORD} to ${LONGEST_PASSWORD} characters.`);
}
