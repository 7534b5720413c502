import { type App, type Caller, createCaller, type Team, type WireAnswer } from './caller.js';
import { collectText, type Environment, makeTemporaryFolder, removeFolder, spawnProgram } from './program.js';
import { sendBytes } from './signed-request.js';

/** A server that tests control, with nothing kept. */
export interface DevServer {
  readonly url: string;
  /** Its folder for temporary files, which nobody else uses. */
  readonly folder: string;
  /** Sends a request to its control plane; an answer without a body has undefined. */
  control(method: string, path: string, body?: unknown): Promise<WireAnswer & { readonly json: ControlAnswer }>;
  /** Standard error so far. */
  log(): string;
  /** Advances its clock by so many seconds. */
  advance(seconds: number): Promise<void>;
  /** A caller of a team and an app of its own, which signs by the server's clock. */
  createCaller(): Promise<Caller>;
  /** Sends a signal and gives the exit code once the process has ended. */
  end(signal: NodeJS.Signals): Promise<number | null>;
  /** Ends it, and removes its folder. */
  stop(): Promise<void>;
}

/** What the control plane answers with, all of it together. */
export interface ControlAnswer {
  readonly message: string;
  readonly now: string;
  readonly team: Team;
  readonly app: App;
  readonly token: { readonly accessToken: string; readonly refreshToken: string };
  readonly faults: readonly { readonly applied: number; readonly left: number }[];
  readonly requests: readonly Readonly<Record<string, unknown>>[];
  readonly demo: { readonly clientId: string; readonly clientSecret: string; readonly accessToken: string };
}

const LISTENING = /^countersign listening on (http:\/\/\S+)$/m;

/** Starts `countersign dev --ephemeral` without limits and waits until it serves. */
export async function startDevServer(
  args: readonly string[] = ['--ephemeral'],
  environment: Environment = {},
): Promise<DevServer> {
  const folder = makeTemporaryFolder();
  const child = spawnProgram(['dev', '--port', '0', '--rate-limit', '0', ...args], {
    environment: {
      TMPDIR: folder,
      COUNTERSIGN_AUTH_FAILURE_LIMIT: '0',
      COUNTERSIGN_LOG_LEVEL: 'warn',
      ...environment,
    },
    folder,
  });
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  const [stdout, stderr] = [collectText(child.stdout), collectText(child.stderr)];
  const url = await new Promise<string>((resolve, reject) => {
    child.stdout?.on('data', () => {
      const found = LISTENING.exec(stdout())?.[1];
      if (found !== undefined) resolve(found);
    });
    child.once('close', () => reject(new Error(`the server ended before it served: ${stderr()}`)));
  });
  const end: DevServer['end'] = (signal) => {
    child.kill(signal);
    return ended;
  };
  let ahead = 0;
  const control: DevServer['control'] = async (method, path, body) => {
    const answer = await sendBytes(url, {
      method,
      target: `/_test/${path}`,
      ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    });
    return { ...answer, json: answer.json as ControlAnswer };
  };
  return {
    url,
    folder,
    control,
    log: stderr,
    async advance(seconds) {
      const { json } = await control('PATCH', 'clock', { advanceSeconds: seconds });
      ahead = Date.parse(json.now) - Date.now();
    },
    async createCaller() {
      const { team } = (await control('POST', 'teams', { name: 'Team of a test' })).json;
      const { app } = (await control('POST', 'apps', { name: 'App of a test' })).json;
      const { token } = (await control('POST', 'tokens', { clientId: app.clientId, team: team.uuid })).json;
      return createCaller({ url, app, team, accessToken: token.accessToken, now: () => Date.now() + ahead });
    },
    end,
    async stop() {
      await end('SIGKILL');
      removeFolder(folder);
    },
  };
}
