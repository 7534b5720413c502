import { CountersignError } from '@countersign/client';
import { PartnerError } from '@countersign/contract';
import { TableError } from '@countersign/tabular';
import { Command, CommanderError } from 'commander';
import { InvalidSetting } from '../setting-values.js';
import { StorageUnusable } from '../storage/storage-unusable.js';
import { VERSION } from '../version.js';
import { appCreateCommand } from './apps/app-create.js';
import { appDeleteCommand } from './apps/app-delete.js';
import { appListCommand } from './apps/app-list.js';
import { appRotateSecretCommand } from './apps/app-rotate-secret.js';
import { appSetStatusCommand } from './apps/app-set-status.js';
import { appShowCommand } from './apps/app-show.js';
import { appUpdateCommand } from './apps/app-update.js';
import { CommandFailure, WrongUsage } from './command-failure.js';
import { backupCommand } from './database/backup.js';
import { doctorCommand } from './database/doctor.js';
import { migrateCommand } from './database/migrate.js';
import { migrateDataCommand } from './database/migrate-data.js';
import { restoreCommand } from './database/restore.js';
import { hideSecrets } from './hide-secrets.js';
import { listenCommand } from './partner/listen.js';
import { requestCommand } from './partner/request.js';
import { webhooksTailCommand } from './partner/webhooks-tail.js';
import { auditListCommand } from './people/audit-list.js';
import { teamCreateCommand } from './people/team-create.js';
import { tokenCreateCommand } from './people/token-create.js';
import { userCreateCommand } from './people/user-create.js';
import { userInviteCommand } from './people/user-invite.js';
import { exportCommand } from './portability/export.js';
import { importCommand } from './portability/import.js';
import { parseArguments } from './read-input.js';
import { deliverCommand } from './server/deliver.js';
import { devCommand } from './server/dev.js';
import { serveCommand } from './server/serve.js';

const FAILED = 1;
const USED_WRONGLY = 2;

const GETTING_STARTED = `
Getting started:
  countersign dev                     a server with a demo team; prints a first request to paste

For real:
  export COUNTERSIGN_MASTER_KEY=$(openssl rand -base64 32)
  countersign team create --name 'My team'
  countersign app create --name 'My app' --redirect-uri https://app.example/callback
  countersign token create --client-id <id> --team <uuid>
  countersign serve
`;

// What the program writes holds customers and secrets: nobody else on the machine may read it.
process.umask(0o077);

/** Runs the command of a command line, whose first two words are Node's own; sets the process's exit code where it fails. */
export async function run(argv: readonly string[]): Promise<void> {
  try {
    hideSecrets(argv);
    await buildProgram().parseAsync([...parseArguments(argv)]);
  } catch (error) {
    process.exitCode = report(error);
  }
}

function buildProgram(): Command {
  const program = new Command('countersign')
    .description('The customer-record server that speaks the COUNT Partner API.')
    .version(VERSION)
    .addHelpText('after', GETTING_STARTED)
    .configureHelp({ showGlobalOptions: false })
    .showSuggestionAfterError()
    .exitOverride();
  const group = (name: string, description: string) => program.command(name).description(description);
  devCommand(program.command('dev'));
  serveCommand(program.command('serve'));
  doctorCommand(program.command('doctor'));
  migrateCommand(program.command('migrate'));
  migrateDataCommand(program.command('migrate-data'));
  backupCommand(program.command('backup'));
  restoreCommand(program.command('restore'));
  teamCreateCommand(group('team', 'teams, which own customers').command('create'));
  const users = group('user', 'people who sign in');
  userCreateCommand(users.command('create'));
  userInviteCommand(users.command('invite'));
  const apps = group('app', 'partner apps, which sign requests');
  appCreateCommand(apps.command('create'));
  appListCommand(apps.command('list'));
  appShowCommand(apps.command('show'));
  appUpdateCommand(apps.command('update'));
  appRotateSecretCommand(apps.command('rotate-secret'));
  appSetStatusCommand(apps.command('disable'), 'disabled');
  appSetStatusCommand(apps.command('enable'), 'active');
  appDeleteCommand(apps.command('delete'));
  tokenCreateCommand(group('token', 'access tokens for scripts and tests').command('create'));
  auditListCommand(group('audit', 'what was done, and by whom').command('list'));
  importCommand(program.command('import'));
  exportCommand(program.command('export'));
  requestCommand(program.command('request'));
  deliverCommand(program.command('deliver'));
  listenCommand(program.command('listen'));
  webhooksTailCommand(group('webhooks', 'what an app is told of changes').command('tail'));
  return program;
}

function report(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : USED_WRONGLY;
  process.stderr.write(`countersign: ${sentenceOf(error)}\n`);
  return error instanceof WrongUsage ? USED_WRONGLY : FAILED;
}

function sentenceOf(error: unknown): string {
  if (!(error instanceof Error)) return 'something unexpected went wrong.';
  if (error instanceof CommandFailure || error instanceof WrongUsage || error instanceof CountersignError) {
    return error.message;
  }
  if (error instanceof TableError || error instanceof InvalidSetting || error instanceof StorageUnusable)
    return error.message;
  if (error instanceof PartnerError && error.code === 'unavailable') {
    return 'the database failed in the middle of the work; "countersign doctor" looks for the cause.';
  }
  return listenFault(error) ?? `something unexpected went wrong: ${error.stack ?? error.message}`;
}

function listenFault(error: Error): string | undefined {
  if (!('code' in error)) return undefined;
  const isNoAddress = error.code === 'EADDRNOTAVAIL' || ('syscall' in error && error.syscall === 'getaddrinfo');
  if (isNoAddress) return 'COUNTERSIGN_HOST (--host) is not an address of this machine.';
  if (!('port' in error)) return undefined;
  if (error.code === 'EADDRINUSE') return `port ${String(error.port)} is taken; choose another with --port.`;
  if (error.code === 'EACCES') return `port ${String(error.port)} needs more rights; choose another with --port.`;
  return undefined;
}
