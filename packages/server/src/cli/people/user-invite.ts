import type { Command } from 'commander';
import { COMMAND_LINE } from '../../audit/audit-store.js';
import { reachableUrl } from '../../http/public-url.js';
import { newInvitationToken, tokenHash } from '../../identity/credentials.js';
import { INVITATION_SECONDS, inviteUser } from '../../identity/invitations/invitation-store.js';
import { isEmailAddress } from '../../validation/formats.js';
import { WrongUsage } from '../command-failure.js';
import { type OutputOptions, printNote, printResult } from '../print.js';
import { type DatabaseOptions, readCommandSettings, withStorage } from '../with-storage.js';
import { teamOfFlag } from './team-of-flag.js';

interface InviteOptions extends DatabaseOptions, OutputOptions {
  readonly email: string;
  readonly team: string;
}

/** `countersign user invite`: a link with which a person signs up, or joins one team more. */
export function userInviteCommand(command: Command): Command {
  return command
    .description('make a link with which a person signs up as a member of a team, or joins one team more')
    .requiredOption('--email <email>', 'email address of the person')
    .requiredOption('--team <uuid>', 'the team')
    .option('--database-url <url>', 'the database')
    .option('--json', 'print one JSON document')
    .action(async (options: InviteOptions) => {
      const { email } = options;
      if (!isEmailAddress(email)) throw new WrongUsage('--email must be a valid email address.');
      const settings = readCommandSettings(options);
      const token = newInvitationToken();
      await withStorage(settings, async (storage) => {
        const { id: teamId } = await teamOfFlag(storage, options.team);
        await storage.write(inviteUser, { tokenHash: tokenHash(token), email, teamId, origin: COMMAND_LINE });
      });
      const server = settings.publicUrl ?? reachableUrl(settings.host, settings.port);
      const link = `${server}/invitation?${new URLSearchParams({ token }).toString()}`;
      const expiresAt = new Date(Date.now() + INVITATION_SECONDS * 1000).toISOString();
      printResult({ email, link, expiresAt }, options);
      printNote('Hand the link to that person alone: who opens it first, is them. It works once.');
    });
}
