import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Caller } from '../harness/caller.js';
import { smallCustomer, uniqueText } from '../harness/customers.js';
import { runCommand } from '../harness/run-command.js';
import { startServer, type TestServer } from '../harness/server.js';

let server: TestServer;
let caller: Caller;

beforeAll(async () => {
  server = await startServer();
  caller = await server.createCaller();
});
afterAll(() => server.stop());

const create = (email: string) => caller.post('/customers', smallCustomer({ email }));

/** Spellings of one mailbox, each with a mark of its own before the @. */
const SPELLINGS: readonly (readonly [what: string, one: (mark: string) => string, other: (mark: string) => string])[] =
  [
    ['case', (mark) => `Zoe.${mark}@Acme.Example`, (mark) => `zOE.${mark}@aCME.eXAMPLE`],
    ['composition', (mark) => `zo\u00eb.${mark}@acme.example`, (mark) => `ZOE\u0308.${mark}@acme.example`],
    [
      'a small letter without a capital',
      (mark) => `\u01f0${mark}@acme.example`,
      (mark) => `J\u030c${mark}@acme.example`,
    ],
    ['ß and SS', (mark) => `stra\u00dfe.${mark}@acme.example`, (mark) => `STRASSE.${mark}@acme.example`],
    ['final sigma', (mark) => `${mark}.οδος@acme.example`, (mark) => `${mark}.ΟΔΟΣ@acme.example`],
    ['dotted I', (mark) => `\u0130${mark}@acme.example`, (mark) => `i\u0307${mark}@acme.example`],
    ['the ASCII form of a domain', (mark) => `${mark}@b\u00fccher.example`, (mark) => `${mark}@xn--bcher-kva.example`],
    ['case in the ASCII form', (mark) => `${mark}@BU\u0308CHER.example`, (mark) => `${mark}@XN--BCHER-KVA.example`],
    ['ß in a domain', (mark) => `${mark}@stra\u00dfe.example`, (mark) => `${mark}@xn--strae-oqa.example`],
    ['another script', (mark) => `${mark}@пример.example`, (mark) => `${mark}@ПРИМЕР.example`],
  ];

describe('an email spelt in two ways is one customer: ', () => {
  test.each(SPELLINGS)('%s', async (_, one, other) => {
    const mark = uniqueText();
    const [first, second] = [one(mark), other(mark)];
    const stored = await create(first);
    expect(stored.status).toBe(201);
    const { uuid } = stored.data.customer;
    const taken = { code: 'email_already_exists', details: { email: second, existingCustomerUuid: uuid } };

    const again = await create(second);
    expect([again.status, again.body]).toEqual([409, expect.objectContaining(taken)]);
    const { results } = (await caller.post('/customers/bulk', { customers: [smallCustomer({ email: second })] })).data;
    expect(results[0]).toMatchObject({ success: false, code: 'email_already_exists' });
    const upserted = await caller.put(`/customers/by-email/${encodeURIComponent(second)}`, { notes: 'seen' });
    expect([upserted.status, upserted.data?.customer.uuid]).toEqual([200, uuid]);
    const inBody = await caller.put(`/customers/by-email/${encodeURIComponent(first)}`, { email: second });
    expect([inBody.status, inBody.data?.customer]).toMatchObject([200, { uuid, email: second }]);
    for (const email of [first, second]) {
      const found = await caller.get('/customers/find-by-email', { query: { email } });
      expect([found.status, found.data?.customer.uuid]).toEqual([200, uuid]);
    }

    const another = (await create(`${uniqueText()}@acme.example`)).data.customer;
    const moved = await caller.patch(`/customers/${another.uuid}`, { email: first });
    expect([moved.status, moved.body.code]).toEqual([409, 'email_already_exists']);

    await caller.delete(`/customers/${uuid}`);
    const successor = await create(first);
    expect(successor.status).toBe(201);
    const restored = await caller.post(`/customers/${uuid}/restore`, {});
    expect([restored.status, restored.body.details]).toMatchObject([
      409,
      { existingCustomerUuid: successor.data.customer.uuid },
    ]);
  });

  test('and addresses that are two stay two', async () => {
    const mark = uniqueText();
    const emails = [
      `${mark}@acme.example`,
      `${mark}\u0301@acme.example`,
      `\u0131${mark}@acme.example`,
      `i${mark}@acme.example`,
      `${mark}@strasse.example`,
      `${mark}@stra\u00dfe.example`,
    ];
    for (const email of emails) expect([email, (await create(email)).status]).toEqual([email, 201]);
  });

  test('whatever letters it has, and however each of its parts is written', async () => {
    const letter = fc.constantFrom('a', 'ß', 'ǰ', 'é', 'İ', 'Σ', 'ς', 'ñ', 'Å', 'ж', 'ô', 'ﬁ', 'ố', '漢');
    const label = fc.constantFrom(
      ['bücher', 'BU\u0308CHER', 'xn--bcher-kva'],
      ['пример', 'Пример', 'xn--e1afmkfd'],
      ['acme', 'ACME', 'Acme'],
    );
    const respelt = (text: string) =>
      fc
        .tuple(
          fc.constantFrom('NFC' as const, 'NFD' as const),
          fc.constantFrom(
            (part: string) => part,
            (part: string) => part.toUpperCase(),
          ),
        )
        .map(([form, turn]) => turn(text).normalize(form));
    const mailbox = fc.tuple(fc.array(letter, { minLength: 1, maxLength: 5 }), label).chain(([letters, forms]) =>
      fc.record({
        local: fc.constant(letters.join('')),
        forms: fc.constant(forms),
        other: respelt(letters.join('')),
      }),
    );
    await fc.assert(
      fc.asyncProperty(mailbox, fc.nat(2), fc.nat(2), async ({ local, forms, other }, from, to) => {
        const mark = uniqueText();
        const first = await create(`${mark}${local}@${forms[from]}.example`);
        const second = await create(`${mark}${other}@${forms[to]}.EXAMPLE`);
        expect([first.status, second.status]).toEqual([201, 409]);
        expect(second.body.details?.existingCustomerUuid).toBe(first.data.customer.uuid);
      }),
      { numRuns: 40 },
    );
  });
});

describe('a character that nobody sees', () => {
  const UNSEEN = [
    '\u200b',
    '\ufeff',
    '\u00ad',
    '\u202e',
    '\u3000',
    ' ',
    '\u2060',
    '\ufe0f',
    '\u0007',
    '\u2028',
    '\u{e0041}',
  ];

  test('makes no customer: of the spellings of one address, one is stored and each other is an error of the email', async () => {
    const mark = uniqueText();
    const plain = `zw${mark}@acme.example`;
    expect((await create(plain)).status).toBe(201);
    for (const unseen of UNSEEN) {
      for (const email of [`z${unseen}w${mark}@acme.example`, `zw${mark}@ac${unseen}me.example`, `${plain}${unseen}`]) {
        const answer = await create(email);
        expect([answer.status, answer.body.errors]).toEqual([
          400,
          [
            {
              field: 'email',
              code: 'invalid_email',
              message: 'email must be a valid email address, without spaces and characters that cannot be seen.',
            },
          ],
        ]);
      }
    }
  });

  test('is refused on every way in, of customers and of contacts', async () => {
    const bad = `z\u200bw.${uniqueText()}@acme.example`;
    const { uuid } = (await create(`${uniqueText()}@acme.example`)).data.customer;
    const contact = (await caller.post(`/customers/${uuid}/contacts`, { name: 'Ann' })).data.contact;
    const faults = async (answer: ReturnType<Caller['post']>) =>
      (await answer).body.errors?.map(({ field, code }) => `${field} ${code}`);
    expect(await faults(caller.patch(`/customers/${uuid}`, { email: bad }))).toEqual(['email invalid_email']);
    expect(
      await faults(caller.put(`/customers/by-external-id/${uniqueText()}`, smallCustomer({ email: bad }))),
    ).toEqual(['email invalid_email']);
    expect(await faults(caller.put(`/customers/by-email/${encodeURIComponent(bad)}`, { customer: 'A' }))).toEqual([
      'email invalid_value',
    ]);
    expect(await faults(caller.post(`/customers/${uuid}/contacts`, { email: bad }))).toEqual(['email invalid_email']);
    expect(await faults(caller.patch(`/customers/${uuid}/contacts/${contact?.uuid}`, { email: bad }))).toEqual([
      'email invalid_email',
    ]);
    const withContact = smallCustomer({ contacts: [{ name: 'A' }, { email: bad }] });
    expect(await faults(caller.post('/customers', withContact))).toEqual(['contacts[1].email invalid_email']);
    const { results } = (await caller.post('/customers/bulk', { customers: [smallCustomer({ email: bad })] })).data;
    expect(results[0]).toMatchObject({ success: false, errors: [{ field: 'email', code: 'invalid_email' }] });
  });
});

test('a person is one user by each spelling of an address', async () => {
  const mark = uniqueText();
  const team = await server.createTeam();
  const make = (email: string) =>
    runCommand(['user', 'create', '--email', email, '--team', team.uuid, '--password-stdin'], {
      environment: server.environment,
      input: 'correct horse battery staple',
    });
  const made = await make(`${mark}@b\u00fccher.example`);
  expect([made.exitCode, made.stderr]).toEqual([0, '']);
  const again = await make(`${mark}@xn--bcher-kva.example`);
  expect([again.exitCode, again.stderr]).toEqual([1, expect.stringContaining('There is a user with the email')]);
});
