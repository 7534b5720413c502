/** One stage of the benchmark: what is measured at one number of preloaded customers, by some server processes. */
import { spawnSync } from 'node:child_process';
import { knownCustomers } from './known-customers.mjs';
import { faultOf, runLoad } from './load.mjs';
import { measurer } from './measure.mjs';
import { openPgbenchFloor, PGBENCH_CLIENTS } from './pgbench-floor.mjs';
import { PRELOAD_SERIES } from './preload.mjs';
import { prepareDatabase } from './prepared-database.mjs';
import { watchPeakMemory } from './process-usage.mjs';
import { say } from './progress.mjs';
import { startServers } from './server-under-test.mjs';
import { stageName } from './stage-name.mjs';
import { measureWebhooks } from './webhook-round.mjs';
import {
  bulkWorkload,
  countCustomers,
  createWorkload,
  deepPageWorkloads,
  findWorkload,
  firstPageWorkloads,
  recordWorkloads,
  searchWorkloads,
  upsertWorkload,
} from './workloads.mjs';

const WARM_UP_SECONDS = 3;
const FLOOR_CONNECTIONS = 32;

/**
 * @typedef {object} Context
 * @property {ReturnType<import('./options.mjs').parseOptions>} options
 * @property {import('./sqlite-engine.mjs').Engine} engine
 * @property {import('./load.mjs').Generator} generator
 * @property {{ url: string, pid: number }} floor
 * @property {string} temp folder of this run
 *
 * @typedef {{ preloaded: number, processes: number }} Place
 */

/**
 * Prepares a database, serves it and warms up.
 *
 * @param {Context} context
 * @param {Place} place
 */
export async function openStage(context, place) {
  const { options, engine, generator, temp } = context;
  const { preloaded, processes } = place;
  say(`stage: ${stageName(place)}`);
  // One folder keeps one database: the largest.
  const keep = preloaded === options.levels.at(-1) ? options.keep : undefined;
  const { database, credentials, preload } = await prepareDatabase({ ...options, engine, keep }, preloaded);
  const server = await startServers({ program: options.program, url: database.url, credentials, processes });
  const notes = [];
  const watched = { serverPids: server.pids, databasePid: engine.pid };
  const stage = {
    ...context,
    ...place,
    ...watched,
    ...measurer({ generator, temp, notes, ...watched }),
    database,
    preload,
    server,
    memory: watchPeakMemory(server.pids),
    notes,
    runs: new Map(),
    known: knownCustomers(),
  };
  stage.known.add(PRELOAD_SERIES, preloaded);
  await warmUp(stage);
  return { ...stage, pgbench: await openPgbench(stage) };
}

/**
 * One round: floor, create, find, floor, then the lists and searches, with an access token of the round's own.
 *
 * @param {Awaited<ReturnType<typeof openStage>>} stage
 * @param {number} round
 */
export async function measureRound(stage, round) {
  const { parts, rounds, seconds, listSeconds } = stage.options;
  const caller = await stage.server.newCaller();
  const customers = await countCustomers(caller);
  say(`round ${round} of ${rounds}, ${stageName(stage)}, ${customers} customers`);
  const prepared = stage.prepare(createWorkload, { caller, seconds });
  const runs = [];
  const floors = [await measureFloor(stage, prepared)];
  const pgbenchFloors = [];
  if (parts.includes('create')) {
    pgbenchFloors.push(...(await measurePgbench(stage)));
    runs.push(await measureCreate(stage, { caller, seconds, prepared }));
    pgbenchFloors.push(...(await measurePgbench(stage)));
  }
  if (parts.includes('find')) runs.push(await measureOne(stage, findWorkload(stage.known), { caller, seconds }));
  floors.push(await measureFloor(stage, prepared));
  const others = [];
  if (parts.includes('list')) others.push(...firstPageWorkloads(), ...(await deepPageWorkloads(caller)));
  if (parts.includes('records')) others.push(...(await recordWorkloads(caller)));
  if (parts.includes('search')) others.push(...searchWorkloads(stage.known));
  for (const workload of others) runs.push(await measureOne(stage, workload, { caller, seconds: listSeconds }));
  keepRuns(stage, { round, runs, floors, pgbenchFloors, customers });
}

/** A round of bulk calls behind a floor; after all other rounds, since each run writes many customers. */
export async function measureBulkRound(stage, round) {
  const { rounds, seconds, listSeconds } = stage.options;
  const caller = await stage.server.newCaller();
  const customers = await countCustomers(caller);
  say(`bulk round ${round} of ${rounds}, ${stageName(stage)}, ${customers} customers`);
  const floors = [await measureFloor(stage, stage.prepare(createWorkload, { caller, seconds }))];
  const runs = [
    await measureOne(stage, bulkWorkload, { caller, seconds: listSeconds }),
    await measureOne(stage, upsertWorkload, { caller, seconds: listSeconds }),
  ];
  keepRuns(stage, { round, runs, floors, pgbenchFloors: [], customers });
}

/** A round of webhooks behind a floor; last of all, since what they leave is swept up for a while. */
export async function measureWebhookRound(stage, round) {
  const { rounds, seconds } = stage.options;
  const caller = await stage.server.newCaller();
  const customers = await countCustomers(caller);
  say(`webhook round ${round} of ${rounds}, ${stageName(stage)}, ${customers} customers`);
  const floors = [await measureFloor(stage, stage.prepare(createWorkload, { caller, seconds }))];
  const runs = await measureWebhooks(stage, { caller, seconds, measureOne });
  keepRuns(stage, { round, runs, floors, pgbenchFloors: [], customers });
}

/** Ends the servers and removes the database; gives runs by name and what was seen beside. */
export async function closeStage(stage) {
  const { preloaded, processes, preload, runs, notes, server, database, memory } = stage;
  const customersAtEnd = await countCustomers(await server.newCaller());
  const peakMemoryBytes = memory.stop();
  await server.stop();
  const databaseBytes = await database.bytes();
  await database.remove();
  return { preloaded, processes, preload, runs, customersAtEnd, peakMemoryBytes, databaseBytes, notes };
}

/** Runs creates and the floor without counting them, and learns how many requests a run needs. */
async function warmUp(stage) {
  say('warm-up');
  const run = { caller: await stage.server.newCaller(), seconds: WARM_UP_SECONDS };
  const prepared = stage.prepare(createWorkload, run);
  await driveFloor(stage, { file: prepared.file, seconds: WARM_UP_SECONDS });
  await measureCreate(stage, { ...run, prepared });
}

/** The floor of creates on PostgreSQL, or undefined. */
async function openPgbench({ engine, database, databasePid, temp, options, notes }) {
  if (engine.name !== 'postgres' || !options.parts.includes('create')) return undefined;
  if (spawnSync('pgbench', ['--version']).status === 0) {
    return await openPgbenchFloor({ databaseUrl: database.url, pid: databasePid, temp });
  }
  notes.push('pgbench is not on the PATH: there is no floor of PostgreSQL’s own.');
  return undefined;
}

async function measurePgbench({ pgbench, options }) {
  if (pgbench === undefined) return [];
  const measured = await pgbench.measure(options.seconds);
  return [namedRun({ name: 'pgbench floor', connections: PGBENCH_CLIENTS, rowsPerRequest: 1 }, measured)];
}

/** Creates; all but the last few that were sent are known to exist from now on. */
async function measureCreate(stage, run) {
  const created = await measureOne(stage, createWorkload, run);
  stage.known.add(created.series, created.sent - 4 * createWorkload.connections);
  return created;
}

async function measureOne(stage, workload, run) {
  return namedRun(workload, await stage.measure(workload, run));
}

/** The floor, driven with the very requests of the create run; it refuses none, so they may repeat. */
async function measureFloor(stage, { file }) {
  const measured = await driveFloor(stage, { file, seconds: stage.options.seconds });
  return namedRun({ name: 'floor', connections: FLOOR_CONNECTIONS }, measured);
}

async function driveFloor({ generator, floor }, { file, seconds }) {
  const load = { urls: [floor.url], file, connections: FLOOR_CONNECTIONS, seconds, repeat: true };
  const measured = await runLoad(generator, { ...load, serverPids: [floor.pid] });
  const fault = faultOf(measured);
  if (fault !== undefined) throw new Error(`floor: ${fault}`);
  return measured;
}

function namedRun({ name, connections, rowsPerRequest }, measured) {
  say(`  ${name}: ${Math.round(measured.requestsPerSecond)} requests/s`);
  return { name, connections, rowsPerRequest, ...measured };
}

/** Notes each run with its share of the floors measured around it. */
function keepRuns(stage, { round, runs, floors, pgbenchFloors, customers }) {
  const floorRate = meanRate(floors);
  const pgbenchRate = meanRate(pgbenchFloors);
  for (const { series, ...run } of [...floors, ...pgbenchFloors, ...runs]) {
    const list = stage.runs.get(run.name) ?? [];
    const isBesidePgbench = run.name === 'create' && pgbenchFloors.length > 0;
    list.push({
      ...run,
      round,
      customers,
      floorShare: run.name === 'floor' ? 1 : run.requestsPerSecond / floorRate,
      ...(isBesidePgbench ? { pgbenchShare: run.requestsPerSecond / pgbenchRate } : {}),
    });
    stage.runs.set(run.name, list);
  }
}

function meanRate(runs) {
  return runs.reduce((sum, run) => sum + run.requestsPerSecond, 0) / runs.length;
}
