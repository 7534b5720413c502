/** Measures webhooks: what they cost a create, how many are delivered in a second, and how late they arrive. */
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { startChild, stopChild, waitForAddress } from './children.mjs';
import { watchCpu, watchFamilyCpu } from './process-usage.mjs';
import { sendExpectingSuccess } from './signed-requests.mjs';
import { createWorkload } from './workloads.mjs';

const RECEIVER = fileURLToPath(new URL('./webhook-receiver.mjs', import.meta.url));
/** Subscriptions beside which creates are measured. */
const WEBHOOKS = 10;
/** Changes a second while delays are measured, sent in as many groups. */
const PACED_CHANGES = 500;
const GROUPS = 100;
/** How long deliveries may take to be over, in milliseconds. */
const LONGEST_REST_MS = 300_000;
const REST_POLL_MS = 250;

const createBesideWebhooks = { ...createWorkload, name: `create, ${WEBHOOKS} webhooks` };
const createBesideNone = { ...createWorkload, name: 'create, no webhooks' };

/**
 * One round: creates beside no webhooks, beside some, and beside none again; deliveries of what had to wait; and changes at a
 * fixed pace. Gives its runs, of which some carry the share of creates beside none.
 *
 * @param {Awaited<ReturnType<import('./stage.mjs').openStage>>} stage
 * @param {{ caller: import('./signed-requests.mjs').Caller, seconds: number,
 *   measureOne: (stage: object, workload: object, run: object) => Promise<object> }} round
 */
export async function measureWebhooks(stage, { caller, seconds, measureOne }) {
  const receiver = await startReceiver();
  const url = caller.url;
  try {
    const before = await measureOne(stage, createBesideNone, { caller, seconds });
    const webhooks = await subscribe(caller, { url: receiver.url, count: WEBHOOKS });
    const beside = await measureOne(stage, createBesideWebhooks, { caller, seconds });
    const deliveries = await measureDeliveries(stage, {
      receiver,
      seconds,
      isOver: async () => (await waiting(url)) === 0,
    });
    await unsubscribe(caller, webhooks);
    await rest(url);
    const after = await measureOne(stage, createBesideNone, { caller, seconds });
    const noneShare = (2 * beside.requestsPerSecond) / (before.requestsPerSecond + after.requestsPerSecond);
    const delays = await measureDelays(stage, { caller, receiver, seconds });
    return [before, { ...beside, noneShare }, after, ...deliveries, delays];
  } finally {
    await stopChild(receiver.child);
  }
}

async function startReceiver() {
  const child = startChild(process.execPath, [RECEIVER], { name: 'webhook receiver' });
  const url = await waitForAddress(child);
  /** What came since the last time. */
  const read = async () => (await fetch(url)).json();
  return { child, url, read };
}

async function subscribe(caller, { url, count }) {
  const uuids = [];
  for (let number = 0; number < count; number++) {
    const body = {
      event: 'customer.created',
      callbackUrl: `${url}/${number}`,
      signingSecret: 'the benchmark signs too',
    };
    const { webhook } = await sendExpectingSuccess(caller, { method: 'POST', target: '/partners/webhooks', body });
    uuids.push(webhook.uuid);
  }
  return uuids;
}

async function unsubscribe(caller, uuids) {
  for (const uuid of uuids) {
    await sendExpectingSuccess(caller, { method: 'DELETE', target: `/partners/webhooks/${uuid}` });
  }
}

/** Deliveries of what waits, while nothing else is asked for; none where everything had arrived before the end. */
async function measureDeliveries(stage, { receiver, seconds, isOver }) {
  const cpu = watchUsage(stage);
  await receiver.read();
  await wait(seconds * 1000);
  const { count, seconds: measured } = await receiver.read();
  const used = cpu.stop(measured);
  if (await isOver()) {
    stage.notes.push('deliveries: all had arrived before the end of the run, so that their rate is not known.');
    return [];
  }
  return [{ name: 'deliveries', connections: 0, requests: count, requestsPerSecond: count / measured, ...used }];
}

/** Changes at a fixed pace, to one webhook: the delay from a change to its arrival. */
async function measureDelays(stage, { caller, receiver, seconds }) {
  const webhooks = await subscribe(caller, { url: receiver.url, count: 1 });
  await receiver.read();
  const cpu = watchUsage(stage);
  const sent = await sendPaced(caller, seconds);
  await rest(caller.url);
  const { count, seconds: measured, p50Ms, p99Ms } = await receiver.read();
  const used = cpu.stop(measured);
  if (count < sent) throw new Error(`Of ${sent} changes ${count} arrived.`);
  await unsubscribe(caller, webhooks);
  const name = `arrivals at ${PACED_CHANGES} changes/s`;
  return { name, connections: GROUPS, requests: count, requestsPerSecond: sent / seconds, p50Ms, p99Ms, ...used };
}

let pacedSeries = 0;

/** Sends changes at the pace, whether or not the earlier ones are answered, and gives how many. */
async function sendPaced(caller, seconds) {
  const make = createWorkload.requests(`p${(pacedSeries++).toString(36)}`);
  const start = performance.now();
  const sending = [];
  for (let group = 0; group < seconds * GROUPS; group++) {
    await wait(Math.max(0, start + (group * 1000) / GROUPS - performance.now()));
    for (let number = 0; number < PACED_CHANGES / GROUPS; number++) {
      sending.push(sendExpectingSuccess(caller, make(sending.length)));
    }
  }
  await Promise.all(sending);
  return sending.length;
}

/** Waits until nothing has to be delivered. */
async function rest(url) {
  const deadline = Date.now() + LONGEST_REST_MS;
  while ((await waiting(url)) > 0) {
    if (Date.now() > deadline) throw new Error('Deliveries were not over after five minutes.');
    await wait(REST_POLL_MS);
  }
}

/** Events and deliveries that wait, as the metrics tell it. */
async function waiting(url) {
  const text = await (await fetch(`${url}/metrics`)).text();
  const numbers = [...text.matchAll(/^countersign_webhook_(?:events_waiting|pending) (\d+)$/gm)];
  if (numbers.length !== 2) throw new Error('The metrics do not say what waits to be delivered.');
  return numbers.reduce((sum, [, value]) => sum + Number(value), 0);
}

function watchUsage({ serverPids, databasePid }) {
  const server = watchCpu(serverPids);
  const database = watchFamilyCpu(databasePid);
  return {
    stop(seconds) {
      const share = (used) => (used === undefined ? undefined : used / seconds);
      return { serverCores: share(server.stop()), databaseCores: share(database.stop()) };
    },
  };
}
