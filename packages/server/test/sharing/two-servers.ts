import { type App, type Caller, createCaller, type Team } from '../harness/caller.js';
import type { Environment } from '../harness/program.js';
import { startServer, type TestServer } from '../harness/server.js';

/** Two server processes on one database. */
export interface TwoServers {
  readonly first: TestServer;
  readonly second: TestServer;
  readonly both: readonly [TestServer, TestServer];
  /** The same app for the same team with the same token, once by way of each process. */
  createCallers(app: App, team?: Team): Promise<readonly [Caller, Caller]>;
  stop(): Promise<void>;
}

/** Starts two processes with these settings. */
export async function startTwoServers(environment: Environment): Promise<TwoServers> {
  const first = await startServer({ environment });
  const second = await startServer({ environment: first.environment });
  return {
    first,
    second,
    both: [first, second],
    async createCallers(app, team) {
      const { url: _, ...parts } = await first.createCaller({ app, ...(team === undefined ? {} : { team }) });
      return [createCaller({ ...parts, url: first.url }), createCaller({ ...parts, url: second.url })];
    },
    async stop() {
      await second.stop();
      await first.stop();
    },
  };
}
