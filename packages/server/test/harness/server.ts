import type { ChildProcess } from 'node:child_process';
import { type App, type Caller, createCaller, type Team } from './caller.js';
import { createTestDatabase } from './create-test-database.js';
import {
  collectText,
  type Environment,
  makeTemporaryFolder,
  newMasterKey,
  type Outcome,
  removeFolder,
  runProgram,
  spawnProgram,
} from './program.js';
import { runCommand } from './run-command.js';
import type { TestDatabase } from './test-database.js';

/** How a test's server is started. */
export interface ServerOptions {
  /**
   * Settings beside or instead of the test's own: no rate limits, an empty database on the engine of this run, a random
   * master key, one process.
   */
  readonly environment?: Environment;
  /** Files and sockets that its process may have open. */
  readonly descriptors?: number;
}

/** Whom a caller acts for; what is left out is made anew, but the app, which callers share. */
export interface CallerOptions {
  readonly app?: App;
  readonly team?: Team;
  readonly scopes?: readonly string[];
}

const LISTENING = /^countersign listening on (http:\/\/\S+)$/m;

/** A server in a process of its own, with a database of its own unless its settings name one. */
export interface TestServer {
  readonly url: string;
  /** Of the process that runs now, or ran last. */
  readonly pid: number;
  /** The settings it runs with; commands that work on its database take them too. */
  readonly environment: Environment;
  /** A folder of its own, which on SQLite holds the database. */
  readonly folder: string;
  /** The database that was made for it. @throws when its settings named another */
  readonly database: TestDatabase;
  /** Standard error of all its processes so far. */
  log(): string;
  /** Runs a command with the server's settings; in a process of its own where it is another version's. */
  command(args: readonly string[], environment?: Environment, input?: string): Promise<Outcome>;
  /** Runs a command that must succeed, with `--json`, and gives its document. */
  make<T>(args: readonly string[], environment?: Environment): Promise<T>;
  createTeam(): Promise<Team>;
  createApp(options?: { readonly rateLimit?: number }): Promise<App>;
  createAccessToken(app: App, team: Team, scopes?: readonly string[]): Promise<string>;
  createCaller(options?: CallerOptions): Promise<Caller>;
  /** Sends a signal and gives the exit code once the process has ended; null when the signal killed it. */
  end(signal: NodeJS.Signals): Promise<number | null>;
  /** Starts the program again on the same database and port. */
  restart(): Promise<void>;
  /** Starts another process on the same database, with the same settings but these; it ends with this one. */
  startAnother(environment?: Environment): Promise<TestServer>;
  /** Kills the process if it still runs, and those started beside it, and removes the database that was made for it. */
  stop(): Promise<void>;
}

/** Starts a real server on a free port and waits until it serves. */
export async function startServer({ environment = {}, descriptors }: ServerOptions = {}): Promise<TestServer> {
  const folder = makeTemporaryFolder();
  const database = environment.COUNTERSIGN_DATABASE_URL === undefined ? await createTestDatabase(folder) : undefined;
  const settings: Environment = {
    COUNTERSIGN_DATABASE_URL: database?.url,
    COUNTERSIGN_MASTER_KEY: newMasterKey(),
    COUNTERSIGN_RATE_LIMIT: '0',
    COUNTERSIGN_AUTH_FAILURE_LIMIT: '0',
    COUNTERSIGN_LOG_LEVEL: 'warn',
    COUNTERSIGN_WORKERS: '1',
    ...environment,
  };
  let running = await serve({ COUNTERSIGN_PORT: '0', ...settings }, descriptors);
  const logs = [running.log];
  const others: TestServer[] = [];
  const { url } = running;

  const command: TestServer['command'] = (args, extra = {}, input = '') => {
    const environment = { ...settings, ...extra };
    const runIt = environment.NODE_OPTIONS === undefined ? runCommand : runProgram;
    return runIt(args, { environment, input });
  };

  async function make<T>(args: readonly string[], extra: Environment = {}): Promise<T> {
    const { exitCode, stdout, stderr } = await command([...args, '--json'], extra);
    if (exitCode !== 0) throw new Error(`countersign ${args.join(' ')} failed: ${stderr}`);
    const document: T = JSON.parse(stdout);
    return document;
  }

  const createTeam = () => make<Team>(['team', 'create', '--name', 'Team of a test']);

  const createApp: TestServer['createApp'] = ({ rateLimit } = {}) => {
    const limit = rateLimit === undefined ? [] : ['--rate-limit', String(rateLimit)];
    return make(['app', 'create', '--name', 'App', '--redirect-uri', 'https://app.example/callback', ...limit]);
  };

  const createAccessToken: TestServer['createAccessToken'] = async ({ clientId }, { uuid }, scopes = []) => {
    const scope = scopes.length === 0 ? [] : ['--scope', ...scopes];
    const args = ['token', 'create', '--client-id', clientId, '--team', uuid, ...scope];
    const { accessToken } = await make<{ accessToken: string }>(args);
    return accessToken;
  };

  let sharedApp: Promise<App> | undefined;
  const openSharedApp = () => {
    sharedApp ??= createApp();
    return sharedApp;
  };

  return {
    url,
    get pid() {
      return running.pid;
    },
    environment: settings,
    folder,
    get database() {
      if (database === undefined) throw new Error("the database is not the server's own");
      return database;
    },
    log: () => logs.map((log) => log()).join(''),
    command,
    make,
    createTeam,
    createApp,
    createAccessToken,
    async createCaller({ app: givenApp, team: givenTeam, scopes } = {}) {
      const [app, team] = await Promise.all([givenApp ?? openSharedApp(), givenTeam ?? createTeam()]);
      return createCaller({ url, app, team, accessToken: await createAccessToken(app, team, scopes) });
    },
    end: (signal) => running.end(signal),
    async restart() {
      running = await serve({ ...settings, COUNTERSIGN_PORT: new URL(url).port }, descriptors);
      logs.push(running.log);
    },
    async startAnother(extra = {}) {
      const other = await startServer({ environment: { ...settings, ...extra } });
      others.push(other);
      return other;
    },
    async stop() {
      await Promise.all([running.end('SIGKILL'), ...others.map((other) => other.stop())]);
      await database?.remove();
      removeFolder(folder);
    },
  };
}

interface ServerProcess {
  readonly url: string;
  readonly pid: number;
  log(): string;
  end(signal: NodeJS.Signals): Promise<number | null>;
}

async function serve(environment: Environment, descriptors?: number): Promise<ServerProcess> {
  const child = spawnProgram(['serve'], { environment, descriptors });
  const log = collectText(child.stderr);
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  const url = await listeningUrl(child, log);
  return {
    url,
    pid: child.pid ?? 0,
    log,
    end(signal) {
      child.kill(signal);
      return ended;
    },
  };
}

function listeningUrl(child: ChildProcess, log: () => string): Promise<string> {
  const stdout = collectText(child.stdout);
  return new Promise((resolve, reject) => {
    child.stdout?.on('data', () => {
      const url = LISTENING.exec(stdout())?.[1];
      if (url !== undefined) resolve(url);
    });
    child.once('error', reject);
    child.once('close', () => reject(new Error(`the server ended before it served: ${log()}`)));
  });
}
