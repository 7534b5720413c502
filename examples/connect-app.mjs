// Connects an app to a team: opens the way to the sign-in page, takes the code that comes back, and uses and refreshes
// the tokens. Only Node's own modules. Needs COUNTERSIGN_CLIENT_ID and COUNTERSIGN_CLIENT_SECRET of an app with the
// redirect URI http://127.0.0.1/callback, such as the demo's:
//
//   node examples/connect-app.mjs

import { createHash, createHmac, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';

const url = process.env.COUNTERSIGN_URL ?? 'http://127.0.0.1:8080';
const clientId = required('COUNTERSIGN_CLIENT_ID');
const clientSecret = required('COUNTERSIGN_CLIENT_SECRET');

const state = randomBytes(16).toString('base64url');
const codeVerifier = randomBytes(32).toString('base64url');

const listener = createServer().listen(0, '127.0.0.1');
await once(listener, 'listening');
const redirectUri = `http://127.0.0.1:${listener.address().port}/callback`;

const query = new URLSearchParams({
  clientId,
  redirectUri,
  state,
  codeChallenge: createHash('sha256').update(codeVerifier).digest('base64url'),
  codeChallengeMethod: 'S256',
});
const { redirectUri: page } = await dataOf(fetch(`${url}/auth2/authorize-initiate?${query}`));
console.log(`Open this address in a browser, sign in, and allow the app:\n\n${page}\n`);

const code = await receiveCode();
const { result: first } = await send('POST', '/grant-access-token', {
  body: { grantType: 'authorization_code', code, codeVerifier },
});
console.log(`Connected to ${first.workspaceName} (${first.workspaceId}).`);

const { pagination } = await send('GET', '/customers', { accessToken: first.accessToken });
console.log(`It has ${pagination.total} customers.`);

const { result: second } = await send('POST', '/refresh-user-access-token', {
  body: { grantType: 'refresh_token', refreshToken: first.refreshToken },
});
await send('GET', '/customers', { accessToken: second.accessToken });
console.log(`Refreshed; the new access token works until ${second.accessTokenExpiresAt}.`);

async function receiveCode() {
  for await (const [request, response] of requests()) {
    const { pathname, searchParams } = new URL(request.url, redirectUri);
    if (pathname !== '/callback') {
      response.writeHead(404).end();
      continue;
    }
    response.writeHead(200, { 'content-type': 'text/plain', connection: 'close' }).end('Go back to the terminal.\n');
    listener.close();
    // Without this check, somebody else's code could be slipped in here.
    if (searchParams.get('state') !== state) stop('What came back does not belong to this request.');
    if (searchParams.has('error')) stop(`Not connected: ${searchParams.get('error')}.`);
    return searchParams.get('code') ?? stop('No code came back.');
  }
}

async function* requests() {
  while (true) yield await once(listener, 'request');
}

async function send(method, path, { body, accessToken } = {}) {
  const text = body === undefined ? undefined : JSON.stringify(body);
  const timestamp = String(Math.floor(Date.now() / 1000));
  const bodyHash = text === undefined ? '' : createHash('sha256').update(text).digest('hex');
  const signature = createHmac('sha256', clientSecret)
    .update(`${method}:${path}:${timestamp}:${bodyHash}`)
    .digest('hex');
  const answer = fetch(`${url}/partners${path}`, {
    method,
    headers: {
      'x-client-id': clientId,
      'x-timestamp': timestamp,
      'x-signature': signature,
      ...(text === undefined ? {} : { 'content-type': 'application/json' }),
      ...(accessToken === undefined ? {} : { authorization: `Bearer ${accessToken}` }),
    },
    ...(text === undefined ? {} : { body: text }),
  });
  return dataOf(answer);
}

async function dataOf(answering) {
  const answer = await answering.catch(() => stop(`Nothing answers at ${url}. Is the server running?`));
  const body = await answer.json().catch(() => stop(`${answer.status} from ${url}, which is no Countersign server.`));
  if (answer.ok) return body.data;
  const faults = (body.errors ?? []).map(({ message }) => `\n  ${message}`);
  stop(`${answer.status} ${body.code}: ${body.message}${faults.join('')}`);
}

function required(name) {
  return process.env[name] || stop(`${name} is not set.`);
}

function stop(message) {
  console.error(message);
  process.exit(1);
}
