/**
 * The floor under creates on PostgreSQL: the same rows into the same table with all of its indexes, one statement a
 * transaction, prepared, sent by pgbench. No HTTP, no rules, no totals.
 */
import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { runToEnd } from './children.mjs';
import { withClient } from './postgres-engine.mjs';
import { watchCpu, watchFamilyCpu } from './process-usage.mjs';

/** Clients of pgbench, as many as there are connections with creates. */
export const PGBENCH_CLIENTS = 32;

const GRACE_MS = 60_000;
/** Different rows that are inserted again and again, each time with an email and a UUID of its own. */
const SAMPLES = 16;
/** The team that the floor's rows are of; none has this number. */
const FLOOR_TEAM = 0;

/** The customer's own part of an email is drawn by the server; as in creates, the UUIDs of a run begin alike. */
const INSERT = (sample) => `\\set n random(0, 1099511627775)
insert into customers (team_id, uuid, status, created_at, updated_at, version, name_key, email_key, phone_key, search_text,
  keyed_version, body)
values (${FLOOR_TEAM}, (:prefix || substr(gen_random_uuid()::text, 5))::uuid, :status${sample},
  (extract(epoch from clock_timestamp()) * 1000)::bigint, (extract(epoch from clock_timestamp()) * 1000)::bigint, 1,
  :name${sample}, :start${sample} || to_hex(:client_id * 1099511627776 + :n) || :end${sample}, :phone${sample},
  :text${sample}, 1, :body${sample});
`;

/**
 * Prepares the floor of a database that holds customers of the benchmark already: a few of them are its samples.
 *
 * @param {{ databaseUrl: string, pid?: number, temp: string }} place
 */
export async function openPgbenchFloor({ databaseUrl, pid, temp }) {
  const samples = await readSamples(databaseUrl);
  const { target, password } = splitPassword(databaseUrl);
  const scripts = samples.flatMap((values, sample) => {
    const file = join(temp, `pgbench-${sample}.sql`);
    writeFileSync(file, INSERT(sample));
    return ['-f', file, ...Object.entries(values).flatMap(([name, value]) => ['-D', `${name}${sample}=${value}`])];
  });
  // Each statement is planned once, and never again: the floor is the fastest that it can be.
  const env = { ...process.env, ...password, PGOPTIONS: '-c plan_cache_mode=force_generic_plan' };

  /** Inserts for some seconds and gives what was measured. @param {number} seconds */
  async function measure(seconds) {
    const threads = Math.min(4, availableParallelism());
    const run = ['-n', '-M', 'prepared', '-c', String(PGBENCH_CLIENTS), '-j', String(threads), '-T', String(seconds)];
    const prefix = ['-D', `prefix=${randomBytes(2).toString('hex')}`];
    const databaseCpu = watchFamilyCpu(pid);
    let generatorCpu;
    const output = await runToEnd('pgbench', [...run, ...prefix, ...scripts, target], {
      name: 'pgbench',
      timeoutMs: seconds * 1000 + GRACE_MS,
      env,
      onStart: (started) => {
        generatorCpu = watchCpu([started]);
      },
    });
    return measurement(output, { seconds, generatorCpu, databaseCpu });
  }

  return { measure };
}

function measurement(output, { seconds, generatorCpu, databaseCpu }) {
  const requests = Number(/transactions actually processed: (\d+)/.exec(output)?.[1]);
  const requestsPerSecond = Number(/tps = ([\d.]+) \(without initial connection time\)/.exec(output)?.[1]);
  const failed = Number(/failed transactions: (\d+)/.exec(output)?.[1] ?? 0);
  if (!(requestsPerSecond > 0) || failed > 0) throw new Error(`pgbench measured nothing:\n${output}`);
  const share = (used) => (used === undefined ? undefined : used / seconds);
  return {
    requests,
    requestsPerSecond,
    generatorCores: share(generatorCpu.stop()),
    databaseCores: share(databaseCpu.stop()),
  };
}

async function readSamples(databaseUrl) {
  const { rows } = await withClient(databaseUrl, (client) =>
    client.query(
      `select status, name_key as name, email_key as email, phone_key as phone, search_text as text, body from customers
        where team_id <> ${FLOOR_TEAM} order by uuid limit ${SAMPLES}`,
    ),
  );
  if (rows.length < SAMPLES) throw new Error('There are too few customers to take the floor from.');
  return rows.map(({ email, ...row }) => {
    const at = email.lastIndexOf('@');
    return { ...row, start: email.slice(0, email.lastIndexOf('.', at) + 1), end: email.slice(at) };
  });
}

/** A password on a command line can be read by everybody on the machine. */
function splitPassword(databaseUrl) {
  const url = new URL(databaseUrl);
  const password = url.password === '' ? {} : { PGPASSWORD: decodeURIComponent(url.password) };
  url.password = '';
  return { target: url.href, password };
}
