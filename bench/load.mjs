/** Drives a server with requests from a file: with wrk where there is one, else with autocannon. */
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { runToEnd } from './children.mjs';
import { watchCpu, watchFamilyCpu } from './process-usage.mjs';

const WRK_SCRIPT = fileURLToPath(new URL('./wrk-replay.lua', import.meta.url));
const AUTOCANNON_SCRIPT = fileURLToPath(new URL('./autocannon-replay.mjs', import.meta.url));
const GRACE_MS = 30_000;

/**
 * @typedef {{ name: 'wrk' | 'autocannon', version: string }} Generator
 *
 * @typedef {object} Load
 * @property {readonly string[]} urls addresses that the connections are spread over
 * @property {string} file requests to send
 * @property {number} connections
 * @property {number} seconds
 * @property {boolean} [repeat] start the file again at its end; otherwise the run ends there
 * @property {string} [expect] text that every answer must contain
 * @property {readonly number[]} serverPids processes whose processor time is measured beside the generator's
 * @property {number} [databasePid] database server whose processor time is measured too
 */

/**
 * The load generator to use for every run.
 *
 * @param {'wrk' | 'autocannon' | undefined} wanted undefined takes wrk when it is on the PATH
 * @returns {Generator}
 */
export function findGenerator(wanted) {
  const wrk = wanted === 'autocannon' ? undefined : spawnSync('wrk', ['-v'], { encoding: 'utf8' });
  const version = /^wrk (\S+)/.exec(`${wrk?.stdout ?? ''}${wrk?.stderr ?? ''}`)?.[1];
  if (version !== undefined) return { name: 'wrk', version };
  if (wanted === 'wrk') throw new Error('wrk is not on the PATH. Install it, or use --generator autocannon.');
  return { name: 'autocannon', version: createRequire(import.meta.url)('autocannon/package.json').version };
}

/**
 * Sends requests for some seconds and gives what was measured.
 *
 * @param {Generator} generator
 * @param {Load} load
 */
export async function runLoad(generator, load) {
  const serverCpu = watchCpu(load.serverPids);
  const databaseCpu = watchFamilyCpu(load.databasePid);
  let generatorCpu;
  const [command, ...args] = generator.name === 'wrk' ? wrkCommand(load) : autocannonCommand(load);
  const output = await runToEnd(command, args, {
    name: generator.name,
    timeoutMs: load.seconds * 1000 + GRACE_MS,
    onStart: (pid) => {
      generatorCpu = watchCpu([pid]);
    },
  });
  return measurement(output, {
    generatorCpuSeconds: generatorCpu?.stop(),
    serverCpuSeconds: serverCpu.stop(),
    databaseCpuSeconds: databaseCpu.stop(),
  });
}

/** Why a measurement can't count: refused, broken or wrong answers; undefined when all answers were good. */
export function faultOf(measured) {
  const { refused, socketErrors, timeouts, mismatched, requests } = measured;
  const faults = [];
  if (requests === 0) faults.push('no answer at all');
  if (refused > 0) faults.push(`${refused} answers that are not 2xx`);
  if (socketErrors > 0) faults.push(`${socketErrors} connection errors`);
  if (timeouts > 0) faults.push(`${timeouts} timeouts`);
  if (mismatched > 0) faults.push(`${mismatched} answers without the expected text`);
  return faults.length === 0 ? undefined : `${faults.join(', ')} of ${requests} answers`;
}

function measurement(output, cpu) {
  const line = /^RESULT (.*)$/m.exec(output)?.[1];
  if (line === undefined) throw new Error(`The load generator printed no result:\n${output}`);
  const result = JSON.parse(line);
  const share = (used) => (used === undefined ? undefined : used / result.seconds);
  return {
    ...result,
    requestsPerSecond: result.requests / result.seconds,
    generatorCores: share(cpu.generatorCpuSeconds),
    serverCores: share(cpu.serverCpuSeconds),
    databaseCores: share(cpu.databaseCpuSeconds),
  };
}

/** A thread for each address keeps its part of the file in order; one drives far more than a Node.js process can answer. */
function wrkCommand({ urls, file, connections, seconds, repeat, expect }) {
  const run = [`-t${urls.length}`, `-c${connections}`, `-d${seconds}s`, '--timeout', '30s', '-s', WRK_SCRIPT, urls[0]];
  const hosts = urls.map((url) => new URL(url).host);
  return ['wrk', ...run, '--', file, repeat ? 'repeat' : 'once', expect ?? '', ...hosts];
}

function autocannonCommand({ urls, file, connections, seconds, repeat, expect }) {
  const load = { urls, file, connections, seconds, repeat: repeat === true, expect };
  return [process.execPath, AUTOCANNON_SCRIPT, JSON.stringify(load)];
}
