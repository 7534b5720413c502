import { afterAll, beforeAll, test } from 'vitest';
import { expectFailure } from '../harness/expect-failure.js';
import { newMasterKey } from '../harness/program.js';
import { startServer, type TestServer } from '../harness/server.js';

let server: TestServer;

beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.stop());

test('a port that is taken is named', async () => {
  const { port } = new URL(server.url);
  const outcome = await server.command(['serve'], { COUNTERSIGN_PORT: port });
  expectFailure(outcome, new RegExp(`port ${port} is taken`));
});

test('another master key than the one that the secrets are under is refused at the start', async () => {
  await server.createApp();
  const outcome = await server.command(['serve'], { COUNTERSIGN_MASTER_KEY: newMasterKey() });
  expectFailure(outcome, /COUNTERSIGN_MASTER_KEY is not the key/);
});

test('a schema that is newer than the program is refused at the start', async () => {
  await server.end('SIGTERM');
  await server.database.sql("insert into schema_migrations (version, name, applied_at) values (999, 'later', 0)");
  expectFailure(await server.command(['serve']), /version 999.*newer/);
});
