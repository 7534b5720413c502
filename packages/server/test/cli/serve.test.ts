import { afterAll, beforeAll, test } from 'vitest';
import { expectFailure } from '../harness/expect-failure.js';
import { type Environment, newMasterKey, runProgram } from '../harness/program.js';
import { startServer, type TestServer } from '../harness/server.js';

let server: TestServer;

beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.stop());

const serveAgain = (environment: Environment = {}) =>
  runProgram(['serve'], { environment: { ...server.environment, ...environment } });

test('a port that is taken is named', async () => {
  const { port } = new URL(server.url);
  const outcome = await serveAgain({ COUNTERSIGN_PORT: port });
  expectFailure(outcome, new RegExp(`port ${port} is taken`));
});

test('another master key than the one that the secrets are under is refused at the start', async () => {
  await server.createApp();
  const outcome = await serveAgain({ COUNTERSIGN_MASTER_KEY: newMasterKey() });
  expectFailure(outcome, /COUNTERSIGN_MASTER_KEY is not the key/);
});

test('a schema that is newer than the program is refused at the start', async () => {
  await server.end('SIGTERM');
  await server.database.sql("insert into schema_migrations (version, name, applied_at) values (999, 'later', 0)");
  expectFailure(await serveAgain(), /version 999.*newer/);
});
