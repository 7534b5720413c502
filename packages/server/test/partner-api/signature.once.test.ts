import { createSecretKey } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bodyHashOf, isSignatureGood } from '../../src/partner-api/signature/signature.js';
import { requireTimely } from '../../src/partner-api/signature/timestamp.js';
import type { Caller } from '../harness/caller.js';
import { smallCustomer, uniqueEmail, uniqueText } from '../harness/customers.js';
import { startServer, type TestServer } from '../harness/server.js';
import {
  type HandMadeRequest,
  headersOf,
  secondsNow,
  sendByHand,
  sendBytes,
  sha256,
} from '../harness/signed-request.js';

let server: TestServer;
let caller: Caller;

beforeAll(async () => {
  server = await startServer();
  caller = await server.createCaller();
});
afterAll(() => server.stop());

type Parts = Partial<HandMadeRequest>;

const signed = (parts: Parts = {}): HandMadeRequest => ({
  method: 'POST',
  target: '/partners/customers',
  app: caller.app,
  accessToken: caller.accessToken,
  ...parts,
});
const send = (parts: Parts = {}) => sendByHand(server.url, signed(parts));
const sendBody = (body: string | Uint8Array, parts: Parts = {}) => send({ body, ...parts });
const newBody = () => JSON.stringify(smallCustomer());

async function expectRefused(answer: ReturnType<typeof send>) {
  const { status, body, text } = await answer;
  expect([status, body.code]).toEqual([401, 'invalid_signature']);
  expect(body).toMatchObject({ error: 'Invalid HMAC signature', message: 'Invalid HMAC signature' });
  expect(body).not.toHaveProperty('details');
  expect(text).not.toContain(caller.app.clientSecret);
}

describe('the rule', () => {
  test.each([
    ['POST', '/partners/customers', '25ce1dfd3129dfdf8b2ddc1c4d38884653e829ec2bf0b6ac270197d21df02a94'],
    ['GET', '/partners/customers?page=2', '72ec17185c3194cb169fa3b080ac9c521fe3b62c8a48b491d07dcc0a391eec54'],
  ])('gives the signature that openssl gives, for %s %s', (method, target, signature) => {
    const body = Buffer.from('{"customer":"Acme","email":"a@b.example"}');
    const request = { method, target, timestamp: '1700000000', body };
    const keys = [createSecretKey(Buffer.from('test_secret'))];
    const bodyHash = bodyHashOf(request);
    expect(bodyHash).toBe(method === 'GET' ? '' : '1163312550a0c42d15d3e871d3804da8c0e31e87088dc7e54b30f8df89eaeb65');
    expect(isSignatureGood(request, { signature, bodyHash, keys })).toBe(true);
    const headers = headersOf({ ...request, app: { clientId: 'c', clientSecret: 'test_secret' } });
    expect(headers['x-signature']).toBe(signature);
  });

  test('is enough for every method', async () => {
    const created = await sendBody(newBody());
    expect(created.status).toBe(201);
    const target = `/partners/customers/${created.data.customer.uuid}`;
    expect((await send({ method: 'GET', target })).status).toBe(200);
    expect((await send({ method: 'HEAD', target })).status).toBe(200);
    expect((await send({ method: 'PUT', target, body: '{"notes":"a"}' })).status).toBe(200);
    expect((await send({ method: 'PATCH', target, body: '{"notes":"b"}' })).status).toBe(200);
    expect((await send({ method: 'DELETE', target })).status).toBe(200);
  });

  test('leaves the query unsigned', async () => {
    expect((await send({ method: 'GET', target: '/partners/customers?limit=1&search=%20a' })).status).toBe(200);
  });

  test('signs the path as it is on the wire, percent-encoding and all', async () => {
    const id = uniqueText();
    for (const path of [`%41%2f${id}`, `A%2F${id}`, `%41%2F${id}`]) {
      const target = `/partners/customers/by-external-id/${path}`;
      expect((await send({ method: 'PUT', target, body: newBody() })).status, path).toBeLessThan(300);
      await expectRefused(
        send({
          method: 'PUT',
          target,
          body: newBody(),
          baseString: `PUT:${decodeURIComponent(target).slice(9)}:${secondsNow()}:`,
        }),
      );
    }
  });

  test('leaves bodies of GET and DELETE unsigned', async () => {
    const { uuid } = (await caller.post('/customers', smallCustomer())).data.customer;
    const target = `/partners/customers/${uuid}`;
    expect((await send({ method: 'DELETE', target, body: '{"reason":"x"}' })).status).toBe(200);
  });

  test('holds for any body and path that a client may send', async () => {
    const names = fc
      .string({ unit: 'binary', minLength: 1, maxLength: 40 })
      .filter((text) => text.isWellFormed() && !text.includes('\0') && text.trim() !== '');
    const spaces = fc.constantFrom('', ' ', '\n', '\r\n\t');
    const requests = fc.record({ name: names, id: names, space: spaces, isMilliseconds: fc.boolean() });
    await fc.assert(
      fc.asyncProperty(requests, async ({ name, id, space, isMilliseconds }) => {
        fc.pre(id !== '.' && id !== '..');
        const body = `${space}{${space}"customer":${JSON.stringify(name)},${space}"email":"${uniqueEmail()}"${space}}${space}`;
        const target = `/partners/customers/by-external-id/${encodeURIComponent(id)}${uniqueText()}?x=${encodeURIComponent(name)}`;
        const timestamp = isMilliseconds ? String(Date.now()) : secondsNow();
        const good = await send({ method: 'PUT', target, body, timestamp });
        expect(good.text).toContain('"outcome":"created"');
        expect(good.data.customer.customer).toBe(name.trim());
        await expectRefused(
          send({
            method: 'PUT',
            target,
            body: `${body.slice(0, -1 - space.length)},"a":1}`,
            timestamp,
            bodyHash: sha256(body),
          }),
        );
      }),
      { numRuns: 60 },
    );
  });
});

describe('clients in the field', () => {
  const bodyless = async () => {
    const { uuid } = (await caller.post('/customers', smallCustomer())).data.customer;
    return `/partners/customers/${uuid}/restore`;
  };
  const hashes = { nothing: '', 'the empty object': sha256('{}') };

  for (const [name, bodyHash] of Object.entries(hashes)) {
    test(`may sign a POST without body as ${name}`, async () => {
      const target = await bodyless();
      expect((await send({ target, bodyHash })).status).toBe(200);
      const headers = { 'content-type': 'application/json', 'content-length': '0' };
      expect((await send({ target, bodyHash, headers, timestamp: secondsNow(1) })).status).toBe(200);
    });

    test(`may sign the body {} as ${name}`, async () => {
      const { uuid } = (await caller.post('/customers', smallCustomer())).data.customer;
      const target = `/partners/customers/${uuid}`;
      expect((await send({ method: 'PATCH', target, body: '{}', bodyHash })).status).toBe(200);
    });
  }

  test('may sign a POST without body as the hash of no bytes, as the rule has it', async () => {
    expect((await send({ target: await bodyless() })).status).toBe(200);
  });

  test('may send a body with other white space than they signed', async () => {
    const { customer, email } = smallCustomer();
    const compact = JSON.stringify({ customer, email, taxes: [1, 2] });
    const sent = JSON.stringify({ customer, email, taxes: [1, 2] }, null, 2);
    const answer = await sendBody(sent, { bodyHash: sha256(compact) });
    expect([answer.status, answer.data.customer.email]).toEqual([201, email]);
  });
});

describe('nothing else is tolerated', () => {
  const object = { email: 'a@acme.example', customer: 'Zoë' };

  test.each<[string, string, string]>([
    ['other key order', JSON.stringify(object), JSON.stringify({ customer: object.customer, email: object.email })],
    ['white space that was signed and not sent', JSON.stringify(object), JSON.stringify(object, null, 2)],
    ['escapes that were signed and not sent', JSON.stringify(object), JSON.stringify(object).replace('ë', '\\u00eb')],
    ['another value', JSON.stringify(object), JSON.stringify({ ...object, customer: 'Zoe' })],
    ['a body signed as nothing', JSON.stringify(object), ''],
    ['a body signed as the empty object', JSON.stringify(object), '{}'],
    ['an array signed as nothing', '[]', ''],
    ['an empty object with white space signed as nothing', '{ }', ''],
    ['a text that is no JSON signed as nothing', 'x', ''],
  ])('%s', async (_, sent, signedText) => {
    await expectRefused(sendBody(sent, { bodyHash: signedText === '' ? '' : sha256(signedText) }));
  });

  test.each<[string, (body: string, time: string) => string]>([
    ['the prefix', (body, time) => `POST:/partners/customers:${time}:${sha256(body)}`],
    ['the method in lower case', (body, time) => `post:/customers:${time}:${sha256(body)}`],
    ['another method', (body, time) => `PUT:/customers:${time}:${sha256(body)}`],
    ['another path', (body, time) => `POST:/customers/:${time}:${sha256(body)}`],
    ['the path in another case', (body, time) => `POST:/Customers:${time}:${sha256(body)}`],
    ['another time', (body, time) => `POST:/customers:${Number(time) + 1}:${sha256(body)}`],
    ['the body hash in upper case', (body, time) => `POST:/customers:${time}:${sha256(body).toUpperCase()}`],
    ['the body itself', (body, time) => `POST:/customers:${time}:${body}`],
    ['no body hash', (_, time) => `POST:/customers:${time}:`],
    ['a missing colon', (_, time) => `POST:/customers:${time}`],
    ['a line feed behind', (body, time) => `POST:/customers:${time}:${sha256(body)}\n`],
    ['nothing', () => ''],
  ])('signed: %s', async (_, baseString) => {
    const body = newBody();
    const timestamp = secondsNow();
    await expectRefused(send({ body, timestamp, baseString: baseString(body, timestamp) }));
  });

  test.each<[string, (right: string) => string]>([
    ['upper-case hex', (right) => right.toUpperCase()],
    ['base64', (right) => Buffer.from(right, 'hex').toString('base64')],
    ['half of it', (right) => right.slice(0, 32)],
    ['one digit more', (right) => `${right}0`],
    ['a prefix', (right) => `sha256=${right}`],
    ['one digit changed', (right) => `${right.slice(0, -1)}${right.endsWith('0') ? '1' : '0'}`],
    ['zeros', () => '0'.repeat(64)],
    ['a text', () => 'signature'],
  ])('as the signature: %s', async (_, signature) => {
    await expectRefused(sendBody(newBody(), { signature }));
  });

  test('as the secret: base64-decoded, another, or none', async () => {
    const other = await server.createApp();
    for (const secret of [Buffer.from(caller.app.clientSecret, 'base64'), other.clientSecret, '']) {
      await expectRefused(sendBody(newBody(), { secret }));
    }
  });

  test('a signed query', async () => {
    const timestamp = secondsNow();
    const baseString = `GET:/customers?limit=1:${timestamp}:`;
    await expectRefused(send({ method: 'GET', target: '/partners/customers?limit=1', timestamp, baseString }));
  });

  test('a refused request stores nothing', async () => {
    const body = smallCustomer();
    await expectRefused(sendBody(JSON.stringify(body), { signature: (right) => right.toUpperCase() }));
    expect((await caller.get('/customers/find-by-email', { query: { email: body.email } })).status).toBe(404);
  });
});

describe('signing headers', () => {
  test.each([['x-client-id'], ['x-timestamp'], ['x-signature']])('are missing without %s', async (name) => {
    for (const value of [undefined, '']) {
      const answer = await sendBody(newBody(), { headers: { [name]: value } });
      expect(answer.status).toBe(401);
      expect(answer.body).toMatchObject({
        status: 'error',
        code: 'missing_credentials',
        error: 'missing_credentials',
        details: { missing: [name] },
      });
    }
  });

  test('are all named when all are missing', async () => {
    const answer = await sendBytes(server.url, { method: 'GET', target: '/partners/customers' });
    expect([answer.status, answer.body.code]).toEqual([401, 'missing_credentials']);
    expect(answer.body.details).toEqual({ missing: ['x-client-id', 'x-timestamp', 'x-signature'] });
    expect(answer.headers.get('x-request-id')).toBe(answer.body.requestId);
  });

  test('of an app that does not exist are refused as such', async () => {
    const app = { ...caller.app, clientId: 'app_unknown' };
    const answer = await sendBody(newBody(), { app });
    expect([answer.status, answer.body.code]).toEqual([401, 'invalid_client']);
  });
});

describe('the timestamp', () => {
  test.each(['1700000000', '1700000000000'])('is good to the second, 300 of them to either side of %s', (text) => {
    const nowMs = 1_700_000_000_000;
    for (const offset of [-300_000, 300_000]) expect(requireTimely(text, nowMs + offset)).toBe(1_700_000_000);
    for (const offset of [-300_001, 300_001]) expect(() => requireTimely(text, nowMs + offset)).toThrow(/300 seconds/);
  });

  const at = (timestamp: string) => sendBody(newBody(), { timestamp });

  test.each([0, -270, 270])('may be %d seconds off, in seconds and in milliseconds', async (offset) => {
    expect((await at(secondsNow(offset))).status).toBe(201);
    expect((await at(String(Date.now() + offset * 1000))).status).toBe(201);
  });

  test.each([-330, 330, -86_400])(
    'is refused %d seconds off, with the server’s clock and the difference',
    async (offset) => {
      for (const timestamp of [secondsNow(offset), String(Date.now() + offset * 1000)]) {
        const { status, body } = await at(timestamp);
        expect([status, body.code]).toEqual([401, 'timestamp_out_of_range']);
        const { serverTime, skewSeconds } = body.details ?? {};
        expect(Math.abs(Number(serverTime) - Date.now() / 1000)).toBeLessThan(20);
        expect(Math.abs(Number(skewSeconds) - offset)).toBeLessThan(20);
      }
    },
  );

  test.each(['yesterday', '1.7e9', '-1', '0x65', '17e8', '1700000000.5', ' ', '99999999999999999999', '0'])(
    'that is %j is refused',
    async (timestamp) => {
      const { status, body } = await at(timestamp);
      expect(status).toBe(401);
      expect(['timestamp_out_of_range', 'missing_credentials']).toContain(body.code);
    },
  );
});

describe('what is wrong with a body', () => {
  const notObjects = ['[]', '"text"', '7', 'null', 'true', '', ' '];
  const notJson = ['{', '{"a":1,}', "{'a':1}", 'customer=Acme', '{"a":1} x'];

  test.each([...notObjects, ...notJson])('is told to who signed it: %j', async (body) => {
    const answer = await sendBody(body);
    expect([answer.status, answer.body.code]).toEqual([400, 'invalid_json']);
    expect(answer.body.message).toMatch(/\.$/);
  });

  test.each([...notObjects, ...notJson])('is not told to who did not: %j', async (body) => {
    const headers = headersOf({ ...signed({ body }), secret: 'wrong' });
    const answer = await sendBytes(server.url, { method: 'POST', target: '/partners/customers', headers, body });
    expect([answer.status, answer.body.code]).toEqual([401, 'invalid_signature']);
  });

  test('includes bytes that are not UTF-8', async () => {
    const body = Buffer.from(JSON.stringify(smallCustomer({ customer: 'Zo\u00eb' })), 'latin1');
    const answer = await sendBody(body);
    expect([answer.status, answer.body.code]).toEqual([400, 'invalid_json']);
  });

  test('never repeats the body', async () => {
    const answer = await sendBody('{"customer": SECRETNAME}');
    expect(answer.status).toBe(400);
    expect(answer.text).not.toContain('SECRETNAME');
  });
});
