import { type App, type Caller, createCaller, type Team } from './caller.js';
import type { Environment } from './program.js';
import { startServer, type TestServer } from './server.js';

/** Two server processes on one database. */
export interface TwoServers {
  readonly first: TestServer;
  readonly second: TestServer;
  readonly both: readonly [TestServer, TestServer];
  /** One app for one team with one token, once by way of each process. */
  createCallers(app?: App, team?: Team): Promise<readonly [Caller, Caller]>;
  stop(): Promise<void>;
}

/** Starts two processes with these settings on one new database. */
export async function startTwoServers(environment: Environment = {}): Promise<TwoServers> {
  const first = await startServer({ environment });
  const second = await first.startAnother();
  return {
    first,
    second,
    both: [first, second],
    async createCallers(app, team) {
      const options = { ...(app === undefined ? {} : { app }), ...(team === undefined ? {} : { team }) };
      const { url: _, ...parts } = await first.createCaller(options);
      return [createCaller({ ...parts, url: first.url }), createCaller({ ...parts, url: second.url })];
    },
    stop: () => first.stop(),
  };
}
