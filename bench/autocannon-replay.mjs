/**
 * Sends the requests of a file in order with autocannon and prints one line of results, as wrk-replay.lua does.
 *
 * Usage: node autocannon-replay.mjs '{ "urls", "file", "connections", "seconds", "repeat", "expect" }'
 */
import { readFileSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import autocannon from 'autocannon';

const { urls, file, connections, seconds, repeat, expect } = JSON.parse(process.argv[2]);
const requests = readRequests(file);
const latencies = [];
const progress = { next: 0, sent: 0, wraps: 0, exhausted: false };

const started = performance.now();
const instance = autocannon({ url: urls, connections, duration: seconds, setupClient, verifyBody: verifier() }, finish);
// The event carries client, status, bytes and milliseconds; autocannon's own histogram has whole milliseconds only.
instance.on('response', (...event) => latencies.push(event[3]));

/** Puts the file's next request in the place of the one autocannon would build, whichever connection asks. */
function setupClient(client) {
  client.getRequestBuffer = nextRequest;
}

function nextRequest() {
  if (progress.next === requests.length) {
    progress.exhausted ||= !repeat;
    progress.wraps++;
    progress.next = 0;
    if (!repeat) instance.stop();
  }
  progress.sent++;
  return requests[progress.next++];
}

function verifier() {
  if (!expect) return undefined;
  return (body) => body.toString().includes(expect);
}

function finish(error, result) {
  if (error) throw error;
  latencies.sort((a, b) => a - b);
  const line = {
    requests: latencies.length,
    seconds: (performance.now() - started) / 1000,
    p50Ms: percentile(50),
    p99Ms: percentile(99),
    maxMs: percentile(100),
    refused: result.non2xx,
    socketErrors: result.errors - result.timeouts,
    timeouts: result.timeouts,
    sent: progress.sent,
    mismatched: result.mismatches,
    exhausted: progress.exhausted,
    wraps: progress.wraps,
  };
  process.stdout.write(`RESULT ${JSON.stringify(line)}\n`);
}

function percentile(percent) {
  const index = Math.ceil((percent / 100) * latencies.length) - 1;
  return Number((latencies[Math.max(0, index)] ?? 0).toFixed(3));
}

/** Cuts the file at its length marks. */
function readRequests(path) {
  const bytes = readFileSync(path);
  const found = [];
  for (let offset = 0; offset < bytes.length; ) {
    const start = offset + 8;
    offset = start + Number(bytes.toString('latin1', offset, start));
    found.push(bytes.subarray(start, offset));
  }
  return found;
}
