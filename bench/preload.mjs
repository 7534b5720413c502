/** Fills a running server with customers through bulk calls over the wire. */
import { performance } from 'node:perf_hooks';
import { customerBody } from './customer-bodies.mjs';
import { reportProgress } from './progress.mjs';
import { sendExpectingSuccess } from './signed-requests.mjs';

/** Series of the preloaded customers; their numbers run from 0. */
export const PRELOAD_SERIES = 'p';

const ROWS_PER_CALL = 100;
const TOKEN_LIFE_MS = 30 * 60_000;

/**
 * Creates the customers numbered `from` up to but not including `to`.
 *
 * @param {Awaited<ReturnType<import('./server-under-test.mjs').startServer>>} server
 * @param {{ from: number, to: number, connections: number }} range
 */
export async function preloadCustomers(server, { from, to, connections }) {
  const started = performance.now();
  const state = { next: from, done: 0, to, caller: await server.newCaller(), tokenMadeAt: started };
  const progress = reportProgress(() => progressText(state, to - from, started));
  try {
    await Promise.all(Array.from({ length: connections }, () => sendUntilDone(server, state)));
  } finally {
    progress.stop();
  }
  const seconds = (performance.now() - started) / 1000;
  return { rows: to - from, seconds, rowsPerSecond: (to - from) / seconds, connections };
}

async function sendUntilDone(server, state) {
  while (state.next < state.to) {
    const first = state.next;
    const count = Math.min(ROWS_PER_CALL, state.to - first);
    state.next += count;
    if (performance.now() - state.tokenMadeAt > TOKEN_LIFE_MS) {
      state.tokenMadeAt = performance.now();
      state.caller = await server.newCaller();
    }
    await sendRows(state.caller, first, count);
    state.done += count;
  }
}

async function sendRows(caller, first, count) {
  const customers = Array.from({ length: count }, (_, index) => customerBody(PRELOAD_SERIES, first + index));
  const body = { customers };
  const data = await sendExpectingSuccess(caller, { method: 'POST', target: '/partners/customers/bulk', body });
  if (data.successCount === count) return;
  const failed = data.results.find(({ success }) => !success);
  throw new Error(`A preloaded row was refused: ${JSON.stringify(failed)}`);
}

function progressText({ done }, total, started) {
  const rate = done / ((performance.now() - started) / 1000);
  const left = rate > 0 ? `${Math.ceil((total - done) / rate)} s left` : '';
  return `preload ${done} of ${total} (${Math.round(rate)} rows/s, ${left})`;
}
