import { randomBytes, randomUUID } from 'node:crypto';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { CUSTOMER_LIMITS, type CustomerInput } from '@countersign/contract';
import { assetPath } from '../assets-folder.js';
import { COMMAND_LINE } from '../audit/audit-store.js';
import { type IssuedTokens, issueTokens } from '../authorization/tokens/issue-tokens.js';
import { bulkCreateCustomers } from '../customers/bulk/bulk-create-customers.js';
import { newCustomer } from '../customers/customer-record.js';
import { requireCustomerRow } from '../customers/customer-row.js';
import { createApp } from '../identity/apps/app-changes-store.js';
import { findAppByClientId } from '../identity/apps/app-store.js';
import { secretBox } from '../identity/apps/secret-box.js';
import { newClientId, newClientSecret } from '../identity/credentials.js';
import { hashPassword } from '../identity/passwords/password.js';
import { createTeam, findTeamByUuid, type Team } from '../identity/team-store.js';
import { createUser } from '../identity/user-store.js';
import { ALL_SCOPES } from '../partner-api/scope.js';
import { masterKeyOf, type Settings } from '../settings.js';
import { authorText } from '../storage/author-text.js';
import type { Storage } from '../storage/storage.js';

/** How long the demo's access token lives, in seconds: 30 days, so that nobody's script stops within the hour. */
const DEMO_TOKEN_SECONDS = 30 * 24 * 60 * 60;

/** What the demo's owner was given at the first start; kept beside the development database. */
interface DemoAccount {
  readonly teamUuid: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly email: string;
  readonly password: string;
}

/** Everything that is needed to call the server as the demo's app. */
export type DemoAccess = Omit<DemoAccount, 'teamUuid'> & IssuedTokens;

/**
 * The demo team with its app and a new access token. The first time, team, user, app and about 100 companies are made.
 *
 * @param place `file` is where the demo's credentials are kept, readable by its owner alone
 */
export async function openDemo(
  storage: Storage,
  { settings, file }: { readonly settings: Settings; readonly file: string },
): Promise<DemoAccess> {
  const known = await findDemo(storage, file);
  const { account, team, appId } = known ?? (await createDemo(storage, { settings, file }));
  const tokens = await issueTokens(storage, {
    appId,
    team,
    scopes: ALL_SCOPES,
    accessTokenSeconds: DEMO_TOKEN_SECONDS,
    refreshTokenSeconds: Math.max(DEMO_TOKEN_SECONDS, settings.refreshTokenSeconds),
    origin: COMMAND_LINE,
  });
  const { clientId, clientSecret, email, password } = account;
  return { clientId, clientSecret, email, password, ...tokens };
}

interface Demo {
  readonly account: DemoAccount;
  readonly team: Team;
  readonly appId: number;
}

function findAccount(file: string): DemoAccount | undefined {
  if (!existsSync(file)) return undefined;
  try {
    const account: DemoAccount = JSON.parse(readFileSync(file, 'utf8'));
    return account;
  } catch {
    // Half a file, from a disk that was full: the demo is made again.
    return undefined;
  }
}

// The database decides: with another or a new one, the demo is made again.
async function findDemo(storage: Storage, file: string): Promise<Demo | undefined> {
  const account = findAccount(file);
  if (account === undefined) return undefined;
  const team = await findTeamByUuid(storage, account.teamUuid);
  const app = await findAppByClientId(storage, account.clientId);
  return team === undefined || app === undefined ? undefined : { account, team, appId: app.id };
}

async function createDemo(
  storage: Storage,
  { settings, file }: { readonly settings: Settings; readonly file: string },
): Promise<Demo> {
  const account: DemoAccount = {
    teamUuid: randomUUID(),
    clientId: newClientId(),
    clientSecret: newClientSecret(),
    email: `demo-${randomBytes(3).toString('hex')}@countersign.example`,
    password: randomBytes(9).toString('base64url'),
  };
  await storage.write(createTeam, { uuid: account.teamUuid, name: 'Demo Team', origin: COMMAND_LINE });
  const team = await findTeamByUuid(storage, account.teamUuid);
  if (team === undefined) throw new Error('the demo team was stored and is not found');
  await createDemoUser(storage, account, team);
  await storage.write(createApp, {
    clientId: account.clientId,
    name: 'Demo App',
    rateLimit: null,
    redirectUris: ['http://127.0.0.1/callback'],
    encryptedSecret: secretBox(masterKeyOf(settings)).seal(account.clientSecret, account.clientId),
    origin: COMMAND_LINE,
  });
  const app = await findAppByClientId(storage, account.clientId);
  if (app === undefined) throw new Error('the demo app was stored and is not found');
  await createDemoCompanies(storage, team);
  writeFileSync(`${file}.new`, `${JSON.stringify(account, null, 2)}\n`, { mode: 0o600 });
  renameSync(`${file}.new`, file);
  return { account, team, appId: app.id };
}

async function createDemoUser(storage: Storage, { email, password }: DemoAccount, team: Team): Promise<void> {
  const passwordHash = await hashPassword(password);
  await storage.write(createUser, { uuid: randomUUID(), email, passwordHash, teamId: team.id, origin: COMMAND_LINE });
}

async function createDemoCompanies(storage: Storage, team: Team): Promise<void> {
  const now = new Date(storage.now());
  const companies = readDemoCompanies();
  for (let start = 0; start < companies.length; start += CUSTOMER_LIMITS.bulkRows) {
    const rows = companies
      .slice(start, start + CUSTOMER_LIMITS.bulkRows)
      .map((input) => ({ value: requireCustomerRow(newCustomer(input, now)) }));
    await storage.write(bulkCreateCustomers.command, {
      requestId: 'demo',
      mark: undefined,
      idempotency: undefined,
      work: {
        input: {
          scope: { teamId: team.id, author: authorText({}) },
          isAtomic: true,
          isDryRun: false,
          rows,
          warnings: [],
        },
      },
    });
  }
}

// Made by scripts/make-demo-companies.mjs: about 100 fictional companies over many locales and scripts, one to a line.
function readDemoCompanies(): CustomerInput[] {
  const lines = readFileSync(assetPath('demo/companies.jsonl'), 'utf8').trimEnd().split('\n');
  return lines.map((line): CustomerInput => JSON.parse(line));
}
