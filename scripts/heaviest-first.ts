import { BaseSequencer, type TestSpecification } from 'vitest/node';

/**
 * Test files that take longest, the longest first: none of them is left for the end, when no other would fill the other
 * cores. What a run before measured is not there in a fresh clone.
 */
const HEAVIEST = [
  'webhooks/webhook-kill-9',
  'transfer/interrupted-move.postgres',
  'authorization/connect-in-browser.once',
  'durability/kill-9',
  'robustness/connections.once',
  'robustness/under-attack.once',
  'failures/replica.postgres',
  'operations/shutdown',
  'cli/serve-file.sqlite',
  'robustness/unproved-bodies.once',
  'backup/backup-and-restore.sqlite',
  'webhooks/webhook-failures',
  'docs/docs-page.once',
  'processes/model.postgres',
  'customers/customer-round-trip',
  'webhooks/many-webhooks',
  'robustness/attack',
  'customers/large-pages.once',
  'robustness/raw-http.once',
  'processes/migrations.postgres',
  'failures/pgbouncer.postgres',
  'transfer/move-database.postgres',
  'durability/full-disk.sqlite',
  'storage/query-plans.postgres',
  'transfer/refused-moves.postgres',
  'cli/stop-with-starter.once',
  'authorization/sign-in-guesses',
  'authorization/refresh-families',
  'webhooks/old-deliveries',
  'http/cross-origin.once',
  'docs/page-against-server.once',
  'partner-api/repeated-requests',
  'webhooks/send-delivery.once',
  'customers/list-customers',
  'cli/app-commands',
  'failures/database-crash.postgres',
  'authorization/disconnect',
  'storage/sslmode.postgres',
  'partner-api/access-token',
  'cli/migrate-citus.postgres',
];

/** Runs the test files that take longest first. */
export class HeaviestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    return sorted.sort((one, other) => placeOf(one) - placeOf(other));
  }
}

function placeOf({ moduleId }: TestSpecification): number {
  const place = HEAVIEST.findIndex((name) => moduleId.endsWith(`/${name}.test.ts`));
  return place === -1 ? HEAVIEST.length : place;
}
