/**
 * Receives webhooks for the benchmark, and says how many came and how late. `GET` gives what has come since the last `GET`:
 * `count`, `seconds`, and the delays from the change to the arrival in milliseconds. Ends when its standard input closes.
 */
import { createServer } from 'node:http';

const OCCURRED_AT = /"occurredAt":"([^"]+)"/;

let delaysMs = [];
let since = performance.now();

const server = createServer((request, response) => {
  if (request.method === 'GET') return report(response);
  const chunks = [];
  request.on('data', (chunk) => chunks.push(chunk));
  request.on('end', () => {
    const [, occurredAt] = OCCURRED_AT.exec(Buffer.concat(chunks).toString('utf8')) ?? [];
    delaysMs.push(Date.now() - Date.parse(occurredAt));
    response.writeHead(204).end();
  });
});

server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`webhook receiver listening on http://127.0.0.1:${server.address().port}\n`);
});
process.stdin.resume();
process.stdin.on('end', () => process.exit(0));

function report(response) {
  const sorted = Float64Array.from(delaysMs).sort();
  const share = (part) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))];
  const seconds = (performance.now() - since) / 1000;
  response.end(JSON.stringify({ count: sorted.length, seconds, p50Ms: share(0.5), p99Ms: share(0.99) }));
  delaysMs = [];
  since = performance.now();
}
