/** One stage of the benchmark: everything that is measured at one number of preloaded customers. */
import { rmSync } from 'node:fs';
import { knownCustomers } from './known-customers.mjs';
import { faultOf, runLoad } from './load.mjs';
import { measurer } from './measure.mjs';
import { PRELOAD_SERIES } from './preload.mjs';
import { databaseBytes, prepareDatabase } from './prepared-database.mjs';
import { watchPeakMemory } from './process-usage.mjs';
import { say } from './progress.mjs';
import { startServer } from './server-under-test.mjs';
import {
  bulkWorkload,
  countCustomers,
  createWorkload,
  deepPageWorkloads,
  findWorkload,
  firstPageWorkloads,
  searchWorkloads,
} from './workloads.mjs';

const WARM_UP_SECONDS = 3;
const FLOOR_CONNECTIONS = 32;

/**
 * @typedef {object} Context
 * @property {ReturnType<import('./options.mjs').parseOptions>} options
 * @property {import('./load.mjs').Generator} generator
 * @property {{ url: string, pid: number }} floor
 * @property {string} temp folder of this run
 */

/**
 * Prepares a database with `preloaded` customers, serves it and measures; gives runs by name and what was seen beside.
 *
 * @param {Context} context
 * @param {number} preloaded
 */
export async function measureStage(context, preloaded) {
  const { options, generator, temp } = context;
  say(`stage: ${preloaded} customers preloaded`);
  const database = await prepareDatabase({ ...options, temp }, preloaded);
  const server = await startServer({ program: options.program, ...database });
  const memory = watchPeakMemory(server.pid);
  const notes = [];
  const stage = {
    ...context,
    server,
    notes,
    runs: new Map(),
    known: knownCustomers(),
    ...measurer({ generator, temp, pid: server.pid, notes }),
  };
  stage.known.add(PRELOAD_SERIES, preloaded);
  await warmUp(stage);
  for (let round = 1; round <= options.rounds; round++) await measureRound(stage, round);
  if (options.parts.includes('bulk')) {
    for (let round = 1; round <= options.rounds; round++) await measureBulk(stage, round);
  }
  const customersAtEnd = await countCustomers(await server.newCaller());
  const peakMemoryBytes = memory.stop();
  await server.stop();
  const bytes = databaseBytes(database.directory);
  rmSync(database.directory, { recursive: true, force: true });
  const { preload } = database;
  return { preloaded, preload, runs: stage.runs, customersAtEnd, peakMemoryBytes, databaseBytes: bytes, notes };
}

/** Runs creates and the floor without counting them, and learns how many requests a run needs. */
async function warmUp(stage) {
  say('warm-up');
  const run = { caller: await stage.server.newCaller(), seconds: WARM_UP_SECONDS };
  const prepared = stage.prepare(createWorkload, run);
  await driveFloor(stage, { file: prepared.file, seconds: WARM_UP_SECONDS });
  await measureCreate(stage, { ...run, prepared });
}

/** Floor, create, find, floor, then the lists and searches, with an access token of the round's own. */
async function measureRound(stage, round) {
  const { parts, rounds, seconds, listSeconds } = stage.options;
  const caller = await stage.server.newCaller();
  const customers = await countCustomers(caller);
  say(`round ${round} of ${rounds}, ${customers} customers`);
  const prepared = stage.prepare(createWorkload, { caller, seconds });
  const runs = [];
  const floors = [await measureFloor(stage, prepared)];
  if (parts.includes('create')) runs.push(await measureCreate(stage, { caller, seconds, prepared }));
  if (parts.includes('find')) runs.push(await measureOne(stage, findWorkload(stage.known), { caller, seconds }));
  floors.push(await measureFloor(stage, prepared));
  const others = [];
  if (parts.includes('list')) others.push(...firstPageWorkloads(), ...(await deepPageWorkloads(caller)));
  if (parts.includes('search')) others.push(...searchWorkloads(stage.known));
  for (const workload of others) runs.push(await measureOne(stage, workload, { caller, seconds: listSeconds }));
  keepRuns(stage, { runs, floors, customers });
}

/** Floor and bulk; after all rounds, since each run writes many customers. */
async function measureBulk(stage, round) {
  const { rounds, seconds, listSeconds } = stage.options;
  const caller = await stage.server.newCaller();
  const customers = await countCustomers(caller);
  say(`bulk round ${round} of ${rounds}, ${customers} customers`);
  const floors = [await measureFloor(stage, stage.prepare(createWorkload, { caller, seconds }))];
  const runs = [await measureOne(stage, bulkWorkload, { caller, seconds: listSeconds })];
  keepRuns(stage, { runs, floors, customers });
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
  const load = { url: floor.url, file, connections: FLOOR_CONNECTIONS, seconds, repeat: true, serverPid: floor.pid };
  const measured = await runLoad(generator, load);
  const fault = faultOf(measured);
  if (fault !== undefined) throw new Error(`floor: ${fault}`);
  return measured;
}

function namedRun({ name, connections, rowsPerRequest }, measured) {
  say(`  ${name}: ${Math.round(measured.requestsPerSecond)} requests/s`);
  return { name, connections, rowsPerRequest, ...measured };
}

/** Notes each run with its share of the floor measured around it. */
function keepRuns(stage, { runs, floors, customers }) {
  const floorRate = floors.reduce((sum, floor) => sum + floor.requestsPerSecond, 0) / floors.length;
  for (const { series, ...run } of [...floors, ...runs]) {
    const list = stage.runs.get(run.name) ?? [];
    list.push({ ...run, customers, floorShare: run.name === 'floor' ? 1 : run.requestsPerSecond / floorRate });
    stage.runs.set(run.name, list);
  }
}
