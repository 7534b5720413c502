/**
 * The floor: the least that any Node.js server does with a signed create request.
 *
 * Collects the body, parses it as JSON, hashes it with SHA-256, computes one HMAC-SHA256 and answers 201 with a small
 * JSON document. No routing, no validation, no storage. Ends when its standard input closes.
 */
import { createHash, createHmac } from 'node:crypto';
import { createServer } from 'node:http';

const SECRET = 'floor-secret';

const server = createServer((request, response) => {
  const chunks = [];
  request.on('data', (chunk) => chunks.push(chunk));
  request.on('end', () => answer(request, response, Buffer.concat(chunks)));
});

server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`floor listening on http://127.0.0.1:${server.address().port}\n`);
});
process.stdin.resume();
process.stdin.on('end', () => process.exit(0));

function answer(request, response, body) {
  const customer = JSON.parse(body.toString('utf8'));
  const bodyHash = createHash('sha256').update(body).digest('hex');
  const base = `${request.method}:${request.url}:${request.headers['x-timestamp']}:${bodyHash}`;
  const signature = createHmac('sha256', SECRET).update(base).digest('hex');
  const text = JSON.stringify({ status: 'success', data: { email: customer.email, signature } });
  response.writeHead(201, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) });
  response.end(text);
}
