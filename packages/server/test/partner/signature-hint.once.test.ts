import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { App, Caller } from '../harness/caller.js';
import { smallCustomer } from '../harness/customers.js';
import { startServer, type TestServer } from '../harness/server.js';
import { type HandMadeRequest, hmacHex, secondsNow, sendByHand, sha256 } from '../harness/signed-request.js';

let server: TestServer;
let caller: Caller;
let otherApp: App;

beforeAll(async () => {
  server = await startServer({ environment: { COUNTERSIGN_DEVELOPMENT: 'true' } });
  [caller, otherApp] = await Promise.all([server.createCaller(), server.createApp()]);
});
afterAll(() => server.stop());

const body = JSON.stringify(smallCustomer({ customer: 'Zoë', taxes: [1, 2] }));
const indented = JSON.stringify(JSON.parse(body), null, 2);
const target = '/partners/customers';

interface Mistake {
  readonly request: (time: string) => Partial<HandMadeRequest>;
  readonly hint: RegExp;
}

const MISTAKES: Readonly<Record<string, Mistake>> = {
  'the prefix was signed': {
    request: (time) => ({ baseString: `POST:/partners/customers:${time}:${sha256(body)}` }),
    hint: /without the \/partners prefix/,
  },
  'the query was signed': {
    request: (time) => ({
      method: 'GET',
      target: `${target}?limit=1`,
      body: '',
      baseString: `GET:/customers?limit=1:${time}:`,
    }),
    hint: /without the query/,
  },
  'prefix and query were signed': {
    request: (time) => ({
      method: 'GET',
      target: `${target}?limit=1`,
      body: '',
      baseString: `GET:${target}?limit=1:${time}:`,
    }),
    hint: /prefix.*query/,
  },
  'the body was re-serialised with white space': {
    request: () => ({ bodyHash: sha256(indented) }),
    hint: /re-serialised/,
  },
  'the body was re-serialised as ASCII': {
    request: () => ({ bodyHash: sha256(body.replace('ë', '\\u00eb')) }),
    hint: /re-serialised/,
  },
  'milliseconds were signed and seconds sent': {
    request: (time) => ({ baseString: `POST:/customers:${time}000:${sha256(body)}` }),
    hint: /seconds and milliseconds/,
  },
  'seconds were signed and milliseconds sent': {
    request: (time) => ({ timestamp: `${time}123`, baseString: `POST:/customers:${time}:${sha256(body)}` }),
    hint: /seconds and milliseconds/,
  },
  'the secret was base64-decoded': {
    request: () => ({ secret: Buffer.from(caller.app.clientSecret, 'base64') }),
    hint: /base64-decoded/,
  },
  'the hex was upper case': {
    request: () => ({ signature: (right) => right.toUpperCase() }),
    hint: /lower case/,
  },
  'the signature was base64': {
    request: () => ({ signature: (right) => Buffer.from(right, 'hex').toString('base64') }),
    hint: /lower-case hex instead of base64/,
  },
  'the body hash was upper case': {
    request: () => ({ bodyHash: sha256(body).toUpperCase() }),
    hint: /body hash was lower-case/,
  },
  'the body itself was signed': {
    request: () => ({ bodyHash: body }),
    hint: /SHA-256 of the body/,
  },
  'the body was left out': {
    request: () => ({ bodyHash: '' }),
    hint: /SHA-256 of the body/,
  },
  'the last colon was left out': {
    request: (time) => ({ method: 'GET', body: '', baseString: `GET:/customers:${time}` }),
    hint: /third colon/,
  },
  'the secret of another app was used': {
    request: () => ({ secret: otherApp.clientSecret }),
    hint: /secret of this x-client-id/,
  },
  'two mistakes at once': {
    request: (time) => ({
      baseString: `POST:/partners/customers:${time}:${sha256(body)}`,
      signature: (right) => right.toUpperCase(),
    }),
    hint: /prefix.*lower case/,
  },
};

function refused(request: Partial<HandMadeRequest>) {
  return sendByHand(server.url, {
    method: 'POST',
    target,
    body,
    app: caller.app,
    accessToken: caller.accessToken,
    ...request,
  });
}

describe('in development, a wrong signature is explained', () => {
  test.each(Object.entries(MISTAKES))('when %s', async (_, { request, hint }) => {
    const time = secondsNow();
    const parts = { timestamp: time, ...request(time) };
    const answer = await refused(parts);
    expect([answer.status, answer.body.code]).toEqual([401, 'invalid_signature']);
    const { method = 'POST', timestamp } = parts;
    const bodyHash = method === 'GET' ? '' : sha256(body);
    const baseString = `${method}:/customers:${timestamp}:${bodyHash}`;
    expect(answer.body.details).toMatchObject({ baseString, bodyHash, hint: expect.stringMatching(hint) });
    expect(answer.text).not.toContain(caller.app.clientSecret);
    expect(answer.text).not.toContain(otherApp.clientSecret);
    expect(answer.text).not.toContain(hmacHex(caller.app.clientSecret, baseString));
  });

  test('without a hint when nothing explains it', async () => {
    const answer = await refused({ secret: 'a secret of nobody' });
    expect(answer.body.details).toEqual({
      baseString: expect.stringMatching(/^POST:\/customers:\d+:[0-9a-f]{64}$/),
      bodyHash: sha256(body),
    });
  });

  test('only when it is wrong', async () => {
    expect((await refused({})).status).toBe(201);
  });

  test('and a hint that one of the mistakes would verify stays a refusal: nothing was stored', async () => {
    const fresh = smallCustomer();
    await refused({ body: JSON.stringify(fresh), signature: (right) => right.toUpperCase() });
    expect((await caller.get('/customers/find-by-email', { query: { email: fresh.email } })).status).toBe(404);
  });
});
