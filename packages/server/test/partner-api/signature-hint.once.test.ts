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
  'the body was hashed with the newline of echo': {
    request: () => ({ bodyHash: sha256(`${body}\n`) }),
    hint: /body was hashed without a newline/,
  },
  'the base string was signed with the newline of echo': {
    request: (time) => ({ baseString: `POST:/customers:${time}:${sha256(body)}\n` }),
    hint: /base string had no newline/,
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

/** What libraries make of a body, by their own hand: SHA-256 of what Go 1.19, PHP 8.2 and Python 3.11 wrote. */
const SENT =
  '{"customer":"Zoë & Söhne <GmbH>","email":"a@b.example","website":"https://acme.example/a","taxes":[15,0.5],"billingAddress":{"city":"Łódź","zipCode":"00-001"}}';
const WRITTEN: readonly (readonly [by: string, bodyHash: string, hint: RegExp])[] = [
  ["Go's json.Marshal", '6e6d61a197aaf88ec6ff263d52b6ef81bdadc924ffb811955a14dfd150026eb9', /Go's.*u003c/],
  ["Go's json.Encoder", 'e77496c848be8373ac03168df47d17019bdb25da35fb6bf66180c0770a7e7556', /Go's.*newline/],
  ["Go's json.MarshalIndent", '425eced7de95ff0913542b7fb22bff2feee4f0f832d2edacea1a9c83039a40ba', /Go's/],
  ['Go, from a map', '6fe4e8c2d29b8312564d8755b6cdf5d992dba87ed9a82127052128106bb81cee', /Go's.*sorts/],
  ["PHP's json_encode", '9e030f6cbd9fd543836a3681a65cde8238a44b3fdd39c0bc5ee784918a028827', /PHP's/],
  [
    'PHP, without escaped slashes',
    '822d28c02cb4c3ffaafff42faf8a3baaebb556a6cf5941cceb021ba76b929289',
    /Python's.*PHP's/,
  ],
  ['PHP, with Unicode as it is', '4c039db1863d9a712663c66971b6c1aa984f889e7d0819a8b7d1288d4cf1e659', /PHP's/],
  ['PHP, pretty', '1e2917f2a0eb9c8fa3bff3c7e055b8871b191e64ff88ad09c6fb7eeffa4cd0bf', /PHP's/],
  ["Python's json.dumps", 'df1cf0823c5e0f3ae07966fcab97e28b1318929ec3ca2782e456936479727ffb', /Python's/],
  ['Python, with Unicode as it is', '51ff8f61475a8f6549e531b72d20dae7b92a0a20a46aa759aaadef3f707c94b6', /Python's/],
  ['Python, indented', 'e8826151bff61b160fd4ab99826aa83217bd3edd440e899934237676f4d5ea6f', /Python's/],
  ['Python, sorted', 'f4560a7bd95a68bb8a34d0adf5a793a3cace029e8ff2726dece50e429d56683e', /Python's/],
  ['Python, with floats', 'f4600e6deb6c0d674336d2613ae703f5e5e3ceca61b80a8066da191254bf72af', /Python's.*15\.0/],
  ['floats alone', '6b94978a2c6c09a731e72c4424b827f02c664484e2874a3ba451ff466bf8a2aa', /JavaScript's.*15\.0/],
];

/** Paths as they arrived, and as they were signed before something wrote them anew. */
const REWRITTEN: readonly (readonly [arrived: string, signed: string])[] = [
  ['by-email/z%C3%B6e%40b.example', 'by-email/z%c3%b6e%40b.example'],
  ['by-email/z%c3%b6e%40b.example', 'by-email/z%C3%B6e%40b.example'],
  ['by-email/a@b.example', 'by-email/a%40b.example'],
  ['by-email/a%40b.example', 'by-email/a@b.example'],
  ['by-email/a+c@b.example', 'by-email/a%2Bc%40b.example'],
  ['by-email/a%2Bc%40b.example', 'by-email/a+c@b.example'],
  ['by-external-id/a%7Eb', 'by-external-id/a~b'],
  ['by-external-id/a~b', 'by-external-id/a%7Eb'],
  ['by-external-id/a/b', 'by-external-id/a%2Fb'],
  ['by-external-id/a%20b', 'by-external-id/a+b'],
  ['by-external-id/a%20b', 'by-external-id/a b'],
  ['by-external-id/a(1)', 'by-external-id/a%281%29'],
  ['by-external-id/a%2Fb', 'by-external-id/a/b'],
  ['by-external-id/a/', 'by-external-id/a'],
  ['by-external-id/a', 'by-external-id/a/'],
];

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

  test.each(WRITTEN)('when the body was written anew by %s', async (_by, bodyHash, hint) => {
    const answer = await refused({ body: SENT, bodyHash });
    expect([answer.status, answer.body.code]).toEqual([401, 'invalid_signature']);
    expect(answer.body.details).toMatchObject({ bodyHash: sha256(SENT), hint: expect.stringMatching(hint) });
    expect(answer.body.details?.hint).toMatch(/re-serialised as/);
  });

  test.each(REWRITTEN)('when %s was signed as %s', async (arrived, signed) => {
    const time = secondsNow();
    const answer = await refused({
      method: 'PUT',
      target: `${target}/${arrived}`,
      timestamp: time,
      baseString: `PUT:/customers/${signed}:${time}:${sha256(body)}`,
    });
    expect([answer.status, answer.body.code]).toEqual([401, 'invalid_signature']);
    expect(answer.body.details?.hint).toContain(`/customers/${signed} `);
    expect(answer.body.details?.hint).toMatch(/proxy/);
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
