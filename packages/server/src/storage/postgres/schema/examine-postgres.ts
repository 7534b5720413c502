import type { Client } from 'pg';
import { examineCertificate } from '../../../doctor/examine-certificate.js';
import { clockFinding, type Finding, findingsOf } from '../../../doctor/finding.js';
import { APPLICATION_NAME, openClient } from '../connections/postgres-pool.js';
import { readFitServer } from '../open-postgres-storage.js';
import { findSchemaVersion } from './migrate-postgres.js';

const { warning, problem } = findingsOf('database');

interface Facts {
  readonly is_replica: boolean;
  readonly is_read_only: boolean;
  readonly is_encrypted: boolean;
  readonly is_local: boolean;
  readonly commits: string;
  readonly most_connections: number;
  readonly missing: string[];
  readonly now: number;
}

const FACTS = `select pg_is_in_recovery() as is_replica, current_setting('transaction_read_only') = 'on' as is_read_only,
  coalesce((select ssl from pg_stat_ssl where pid = pg_backend_pid()), false) as is_encrypted,
  coalesce(inet_server_addr() <<= inet '127.0.0.0/8' or inet_server_addr() = inet '::1', true) as is_local,
  current_setting('synchronous_commit') as commits,
  current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int as most_connections,
  array(select name from unnest(array['pg_trgm', 'btree_gin']) name
    where name not in (select name from pg_available_extensions)) as missing,
  (extract(epoch from clock_timestamp()) * 1000)::float8 as now`;

/**
 * Looks at a PostgreSQL database, and gives its schema version; 0 for an empty one.
 *
 * @throws UnfitServer; the driver's error when it can't be reached
 */
export async function examinePostgres(url: string, connections: number) {
  await readFitServer(url);
  const client = await openClient(url, APPLICATION_NAME);
  try {
    const version = await findSchemaVersion(client);
    return { version, findings: [...(await examineServer(client, connections)), ...examineFiles(url)] };
  } finally {
    await client.end();
  }
}

async function examineServer(client: Client, connections: number): Promise<Finding[]> {
  const before = Date.now();
  const { rows } = await client.query<Facts>(FACTS);
  const after = Date.now();
  const [facts] = rows;
  if (facts === undefined) throw new Error('the server told nothing of itself');
  const findings = [clockFinding('the database', { before, there: facts.now, after })];
  if (facts.is_replica || facts.is_read_only) findings.push(problem('it takes no writes', 'name the primary'));
  if (facts.missing.length > 0) {
    const message = `its server lacks the extensions ${facts.missing.join(' and ')}`;
    findings.push(problem(message, 'install the package postgresql-contrib on it'));
  }
  if (facts.commits === 'off') {
    const message = 'synchronous_commit is off: a crash loses what was answered last';
    findings.push(warning(message, 'set it to on for the database or its user'));
  }
  if (connections > facts.most_connections) {
    const message = `it takes ${facts.most_connections} connections, and the workers may make ${connections}`;
    findings.push(
      warning(message, 'raise max_connections, or lower COUNTERSIGN_WORKERS or COUNTERSIGN_DATABASE_CONNECTIONS'),
    );
  }
  if (!facts.is_local && !facts.is_encrypted) {
    const message = 'the connection crosses the network in the clear';
    findings.push(warning(message, 'add sslmode=verify-full to its URL'));
  }
  return findings;
}

function examineFiles(url: string): Finding[] {
  const { searchParams } = new URL(url);
  return ['sslrootcert', 'sslcert'].flatMap((name) => {
    const file = searchParams.get(name);
    return file === null || file === 'system' ? [] : [examineCertificate(name, file)];
  });
}
