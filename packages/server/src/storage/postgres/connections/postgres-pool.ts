import { Client, type ClientBase, type ClientConfig, Pool, types } from 'pg';
import { encryptedUrl, type TlsOptions } from './tls-options.js';
import { TurnSocket } from './turn-socket.js';

/** A statement that takes longer is ended by the server, in milliseconds. */
const STATEMENT_TIMEOUT_MS = 30_000;
/** A statement that waits longer for a lock is ended by the server, in milliseconds. */
const LOCK_TIMEOUT_MS = 5_000;
/** How long a connection may take to be had, in milliseconds. */
const CONNECT_TIMEOUT_MS = 5_000;
/** How long an answer may take before the connection counts as dead, in milliseconds. */
const ANSWER_TIMEOUT_MS = STATEMENT_TIMEOUT_MS + 5_000;
/** How long a connection may be idle before it is given back, in milliseconds. */
const IDLE_MS = 60_000;

/** SQL that bounds statements and waits for locks, for a session or (`local`) for one transaction. */
export function timeLimits(scope: 'session' | 'local'): string {
  return `set ${scope} statement_timeout = ${STATEMENT_TIMEOUT_MS}; set ${scope} lock_timeout = ${LOCK_TIMEOUT_MS}`;
}

/** PostgreSQL's type of 64-bit integers. */
const INT8 = 20;

// Counts, keys and times stay far below 2^53.
const numberTypes: ClientConfig['types'] = {
  getTypeParser: (id: number, format?: 'text' | 'binary') =>
    id === INT8 && format !== 'binary' ? Number : types.getTypeParser(id, format),
};

/** What a server says of itself. */
export interface ServerFacts {
  /** Such as 150004 for 15.4. */
  readonly version: number;
  readonly encoding: string;
  /**
   * Whether a pooler stands between, which may hand out another connection for each transaction: nothing that belongs to
   * a session, such as a prepared statement, can be counted on.
   */
  readonly isPooled: boolean;
}

/** Connects once and asks. @throws the driver's error when the server cannot be reached */
export async function askServer(url: string): Promise<ServerFacts> {
  const client = await connect(url, {});
  try {
    const { rows } = await client.query<{ pid: number; version: number; encoding: string }>(
      `select pg_backend_pid() as pid, current_setting('server_version_num')::int as version,
        current_setting('server_encoding') as encoding`,
    );
    const [row] = rows;
    if (row === undefined) throw new Error('the server told nothing of itself');
    // A pooler makes up the process id that it announces.
    const announced: unknown = Reflect.get(client, 'processID');
    return { version: row.version, encoding: row.encoding, isPooled: announced !== row.pid };
  } finally {
    await client.end();
  }
}

/** How many connections a pool has at most, and what they are for. */
export interface PoolOptions {
  readonly url: string;
  readonly connections: number;
  readonly isPooled: boolean;
}

/** A pool of connections. Statements handed to one without waiting for the last are sent together. */
export function openPool({ url, connections, isPooled }: PoolOptions): Pool {
  const pool = new Pool({
    ...clientConfig(url, knownWays.get(url)),
    max: connections,
    idleTimeoutMillis: IDLE_MS,
    pipeline: true,
    ...(isPooled
      ? {}
      : { onConnect: (client: ClientBase) => void client.query(timeLimits('session')).catch(ignoreLoss) }),
  });
  // An idle connection that is lost is replaced when it is needed.
  pool.on('error', ignoreLoss);
  return pool;
}

/** One connection outside of any pool, for work that takes as long as it takes. @throws the driver's error */
export async function openClient(url: string, applicationName: string): Promise<Client> {
  return connect(url, { application_name: applicationName, query_timeout: 0 });
}

/** The name under which servers and commands are seen in a server's list of connections. */
export const APPLICATION_NAME = 'countersign';

function ignoreLoss(): void {}

/** How a server was last reached whose URL leaves it open whether to encrypt, by the URL; a pool goes the same way. */
const knownWays = new Map<string, TlsOptions>();

async function connect(url: string, options: ClientConfig): Promise<Client> {
  const { ways } = encryptedUrl(url);
  const faults: unknown[] = [];
  for (const way of ways) {
    const client = new Client({ ...clientConfig(url, way), ...options });
    // A connection that is lost says so to whoever waits for an answer, too.
    client.on('error', ignoreLoss);
    try {
      await client.connect();
      if (ways.length > 1) knownWays.set(url, way);
      return client;
    } catch (error) {
      faults.push(error);
    }
  }
  throw faults[0];
}

function clientConfig(url: string, way?: TlsOptions): ClientConfig & { pipeline?: boolean } {
  const { url: bare, ways } = encryptedUrl(url);
  return {
    connectionString: bare,
    ssl: way ?? ways[0],
    stream: () => new TurnSocket(),
    application_name: APPLICATION_NAME,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    query_timeout: ANSWER_TIMEOUT_MS,
    keepAlive: true,
    types: numberTypes,
  };
}
