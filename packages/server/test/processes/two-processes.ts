import { type Caller, createCaller } from '../harness/caller.js';
import { startServer, type TestServer } from '../harness/server.js';

/** Two server processes on one database. */
export interface TwoProcesses {
  readonly first: TestServer;
  readonly second: TestServer;
  /** Callers of one app and team, one for each process. */
  createCallers(): Promise<readonly [Caller, Caller]>;
  stop(): Promise<void>;
}

/** Starts two server processes on one new database. */
export async function startTwoProcesses(): Promise<TwoProcesses> {
  const first = await startServer();
  const second = await first.startAnother();
  return {
    first,
    second,
    async createCallers() {
      const { app, team, accessToken } = await first.createCaller();
      const callerOf = ({ url }: TestServer) => createCaller({ url, app, team, accessToken });
      return [callerOf(first), callerOf(second)];
    },
    stop: () => first.stop(),
  };
}
