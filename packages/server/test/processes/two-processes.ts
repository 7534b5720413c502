import { type Caller, createCaller } from '../harness/caller.js';
import type { Environment } from '../harness/program.js';
import { type CallerOptions, startServer, type TestServer } from '../harness/server.js';

/** Two server processes on one database. */
export interface TwoProcesses {
  readonly first: TestServer;
  readonly second: TestServer;
  readonly both: readonly [TestServer, TestServer];
  /** Callers of one app and team with one token, one for each process. */
  createCallers(options?: CallerOptions): Promise<readonly [Caller, Caller]>;
  stop(): Promise<void>;
}

/** Starts two server processes on one new database, with these settings. */
export async function startTwoProcesses(environment: Environment = {}): Promise<TwoProcesses> {
  const first = await startServer({ environment });
  const second = await first.startAnother();
  return {
    first,
    second,
    both: [first, second],
    async createCallers(options) {
      const { app, team, accessToken } = await first.createCaller(options);
      const callerOf = ({ url }: TestServer) => createCaller({ url, app, team, accessToken });
      return [callerOf(first), callerOf(second)];
    },
    stop: () => first.stop(),
  };
}
