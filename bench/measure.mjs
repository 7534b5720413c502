/** Measures one workload: writes its requests, drives the server, and accepts nothing but good answers. */
import { join } from 'node:path';
import { faultOf, runLoad } from './load.mjs';
import { say } from './progress.mjs';
import { sendExpectingSuccess, sendRequest, writeRequestFile } from './signed-requests.mjs';

const REPEATED_REQUESTS = 5000;
const FIRST_GUESS_PER_SECOND = 10_000;
const HEADROOM = 1.6;
const HEADROOM_AFTER_EXHAUSTION = 2.5;
const MAX_ATTEMPTS = 5;

/**
 * Requests in a file, not sent yet.
 *
 * @typedef {object} Prepared
 * @property {string} file
 * @property {string} series the customers that they create
 * @property {number} count
 * @property {(index: number) => import('./signed-requests.mjs').PlainRequest} make
 *
 * @typedef {{ caller: import('./signed-requests.mjs').Caller, seconds: number }} Run
 *
 * @typedef {import('./workloads.mjs').Workload} Workload
 */

/**
 * Measures workloads of one server; remembers how fast each was, so that the next set of requests is long enough.
 *
 * @param {object} context
 * @param {import('./load.mjs').Generator} context.generator
 * @param {string} context.temp
 * @param {readonly number[]} context.serverPids
 * @param {number} [context.databasePid]
 * @param {string[]} context.notes
 */
export function measurer({ generator, temp, serverPids, databasePid, notes }) {
  const rates = new Map();
  let seriesMade = 0;

  /**
   * Writes requests for a run of some seconds, none of which was ever sent.
   *
   * @param {Workload} workload
   * @param {Run} run
   * @returns {Prepared}
   */
  function prepare(workload, { caller, seconds }) {
    const file = join(temp, workload.repeat ? 'read-requests' : `write-requests-${workload.name.replaceAll(' ', '-')}`);
    const series = `c${(seriesMade++).toString(36)}`;
    const make = workload.requests(series);
    const count = workload.repeat ? REPEATED_REQUESTS : requestCount(workload, rates.get(workload.name), seconds);
    writeRequestFile(file, { caller, count, make });
    return { file, series, count, make };
  }

  /**
   * Sends prepared requests, or new ones, and gives what was measured.
   *
   * @param {Workload} workload
   * @param {Run & { prepared?: Prepared }} run
   * @throws when any answer is not 2xx, a connection breaks, or the requests run out time and again
   */
  async function measure(workload, { caller, seconds, prepared = prepare(workload, { caller, seconds }) }) {
    let requests = prepared;
    for (let tries = 1; tries <= MAX_ATTEMPTS; tries++) {
      // A request whose answer can be read comes first: a load generator only counts.
      await sendExpectingSuccess(caller, requests.make(requests.count));
      const { connections, repeat, expect } = workload;
      const load = { urls: caller.urls, file: requests.file, connections, seconds, repeat, expect };
      const measured = await runLoad(generator, { ...load, serverPids, databasePid });
      const rate = measured.requestsPerSecond * (measured.exhausted ? HEADROOM_AFTER_EXHAUSTION : 1);
      rates.set(workload.name, rate);
      // The run that runs out sends its last request twice on each connection, which a server must refuse.
      if (!measured.exhausted || measured.refused > connections) {
        await refuseFaults(workload, { caller, requests, measured });
        return { ...measured, series: requests.series };
      }
      notes.push(`${workload.name}: ${requests.count} requests ran out before ${seconds} s; measured again with more.`);
      say(notes.at(-1));
      requests = prepare(workload, { caller, seconds });
    }
    throw new Error(
      `${workload.name}: the requests ran out ${MAX_ATTEMPTS} times; the server is faster than foreseen.`,
    );
  }

  return { prepare, measure };
}

async function refuseFaults({ name }, { caller, requests, measured }) {
  const fault = faultOf(measured);
  if (fault === undefined) return;
  const { status, text } = await sendRequest(caller, requests.make(requests.count + 1));
  throw new Error(`${name}: ${fault}. A single such request now: ${status} ${text.slice(0, 500)}`);
}

function requestCount({ connections, rowsPerRequest }, rate, seconds) {
  const perSecond = rate ?? FIRST_GUESS_PER_SECOND / Math.sqrt(rowsPerRequest);
  return Math.ceil(perSecond * seconds * HEADROOM) + 4 * connections;
}
