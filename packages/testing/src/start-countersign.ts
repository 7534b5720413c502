import { type Client, createClient } from '@countersign/client';
import { controlCaller } from './call-control.js';
import type { ClockTime, Fault, NewFault, ReceivedRequest } from './control-types.js';
import { spawnProgram } from './spawn-program.js';

/** How a server for tests is started. */
export interface StartOptions {
  /** Requests a minute and app; 0, no limit, by default. */
  readonly rateLimit?: number;
  /** Settings of the server, by the names in docs/settings.md. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** A team with an app that acts for it. */
export interface TestTeam {
  readonly uuid: string;
  readonly name: string;
  readonly app: { readonly clientId: string; readonly clientSecret: string };
  readonly accessToken: string;
  readonly refreshToken: string;
  /** Signs by the server's clock, also where it was moved. */
  readonly client: Client;
}

/** The clock that the server goes by. */
export interface TestClock {
  get(): Promise<ClockTime>;
  /** Sets it to a time: a Date, or ISO 8601 with a zone. */
  set(now: Date | string): Promise<ClockTime>;
  /** Moves it on; whatever would have happened by then has happened, or happens at once. */
  advance(seconds: number): Promise<ClockTime>;
  /** Lets it stand, or run again. */
  freeze(isFrozen?: boolean): Promise<ClockTime>;
}

/** What goes wrong on purpose. */
export interface TestFaults {
  add(fault: NewFault): Promise<Fault>;
  /** All since the last clear, with how often each was applied. */
  list(): Promise<readonly Fault[]>;
  clear(): Promise<void>;
}

/** A server that one test file has for itself. */
export interface TestServer {
  readonly url: string;
  /** Of its process. */
  readonly pid: number;
  /** A client of the first team; after a reset, of a new one. */
  readonly client: Client;
  /** Makes a team with an app and tokens: a test that has one shares nothing with others. */
  newTeam(name?: string): Promise<TestTeam>;
  /** Takes everything away, faults and moves of the clock too; the demo's customers are there afterwards where it is asked for. */
  reset(to?: 'empty' | 'demo'): Promise<void>;
  /** Keeps everything as it is; what is given brings it back. */
  snapshot(): Promise<{ restore(): Promise<void> }>;
  readonly clock: TestClock;
  readonly faults: TestFaults;
  /** What was received, oldest first; the latest 1,000. */
  requests(): Promise<readonly ReceivedRequest[]>;
  /** Ends the server; nothing of it is left. Again, it does nothing. */
  stop(): Promise<void>;
}

/**
 * Starts a server of its own on a free port. It ends with {@link TestServer.stop}, or with this process.
 *
 * @throws Error with what the program said where it does not serve
 */
export async function startCountersign({ rateLimit = 0, environment = {} }: StartOptions = {}): Promise<TestServer> {
  const server = await spawnProgram({ rateLimit, environment });
  const { url, pid } = server;
  const call = controlCaller(url);
  let time = { standsAt: undefined as number | undefined, aheadMs: 0 };
  const noted = (clock: ClockTime): ClockTime => {
    const now = Date.parse(clock.now);
    time = { standsAt: clock.frozen ? now : undefined, aheadMs: now - Date.now() };
    return clock;
  };
  const getClock = async () => noted(await call<ClockTime>('GET', 'clock'));
  const setClock = async (body: object) => noted(await call<ClockTime>('PATCH', 'clock', body));

  async function newTeam(name = 'Team of a test'): Promise<TestTeam> {
    const { team } = await call<{ team: { uuid: string; name: string } }>('POST', 'teams', { name });
    const { app } = await call<{ app: TestTeam['app'] }>('POST', 'apps', { name: `App of ${name}`.slice(0, 255) });
    const { clientId, clientSecret } = app;
    const { token } = await call<{ token: Pick<TestTeam, 'accessToken' | 'refreshToken'> }>('POST', 'tokens', {
      clientId,
      team: team.uuid,
    });
    const { accessToken, refreshToken } = token;
    const now = () => time.standsAt ?? Date.now() + time.aheadMs;
    const client = createClient({ baseUrl: url, clientId, clientSecret, accessToken, now });
    return { ...team, app: { clientId, clientSecret }, accessToken, refreshToken, client };
  }

  let snapshots = 0;
  let stopping: Promise<void> | undefined;
  let first = await newTeam().catch(async (error: unknown) => {
    await server.stop();
    throw error;
  });
  return {
    url,
    pid,
    get client() {
      return first.client;
    },
    newTeam,
    async reset(to = 'empty') {
      await call('POST', 'reset', { to });
      await getClock();
      first = await newTeam();
    },
    async snapshot() {
      snapshots += 1;
      const [name, team] = [`snapshot ${snapshots}`, first];
      await call('POST', 'snapshots', { name });
      return {
        async restore() {
          await call('POST', `snapshots/${encodeURIComponent(name)}/restore`);
          await getClock();
          first = team;
        },
      };
    },
    clock: {
      get: getClock,
      set: (now) => setClock({ now: typeof now === 'string' ? now : now.toISOString() }),
      advance: (advanceSeconds) => setClock({ advanceSeconds }),
      freeze: (frozen = true) => setClock({ frozen }),
    },
    faults: {
      add: async (fault) => (await call<{ fault: Fault }>('POST', 'faults', fault)).fault,
      list: async () => (await call<{ faults: Fault[] }>('GET', 'faults')).faults,
      clear: () => call('DELETE', 'faults'),
    },
    requests: async () => (await call<{ requests: ReceivedRequest[] }>('GET', 'requests')).requests,
    stop() {
      stopping ??= server.stop();
      return stopping;
    },
  };
}
