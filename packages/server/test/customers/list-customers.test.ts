import type { Customer, CustomerInput } from '@countersign/contract';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Caller } from '../harness/caller.js';
import { smallCustomer, uniqueEmail, uniqueText } from '../harness/customers.js';
import { startServer, type TestServer } from '../harness/server.js';
import { foldedLikePeople, isFoundBy } from './search-model.js';

type Query = Readonly<Record<string, string | number>>;

const ORDERS = ['customer', 'email', 'createdAt', 'updatedAt'] as const;
const DIRECTIONS = ['ASC', 'DESC'] as const;

let server: TestServer;
/** Its team has whatever searches made; tests look for names of their own in it. */
let caller: Caller;
/** Its team has the 45 customers of `many` and nothing else. */
let reader: Caller;
let many: readonly Customer[];

beforeAll(async () => {
  server = await startServer();
  const app = await server.createApp();
  [caller, reader] = await Promise.all([server.createCaller({ app }), server.createCaller({ app })]);
  many = await storeAll(reader, manyInputs());
});
afterAll(() => server.stop());

/** Names with ties, mixed case and scripts; every third is inactive. */
function manyInputs(): CustomerInput[] {
  const names = [
    'beta',
    'Beta',
    'BETA',
    'alpha',
    'Ärger',
    'zeta',
    'Żółw',
    '株式会社',
    'a b',
    'Émile',
    '🧾 receipts',
    '10',
    '9',
  ];
  return Array.from({ length: 45 }, (_, index) =>
    smallCustomer({
      customer: names[index % names.length] ?? '',
      status: index % 3 === 0 ? ('inactive' as const) : ('active' as const),
      mainPhone: `+27 21 555 ${index}`,
    }),
  );
}

async function storeAll(by: Caller, inputs: readonly CustomerInput[]): Promise<Customer[]> {
  const { results } = (await by.post('/customers/bulk', { customers: inputs })).data;
  return results.map((result) => {
    if (!result.success) throw new Error(`a row was not stored: ${result.error}`);
    return result.customer;
  });
}

const list = async (by: Caller, query: Query = {}) => {
  const answer = await by.get('/customers', { query });
  expect(answer.status).toBe(200);
  return answer.data;
};

/** Every record that following `nextCursor` meets, page by page. */
async function walk(by: Caller, query: Query, between: () => Promise<unknown> = async () => undefined) {
  const pages = [await list(by, query)];
  for (let next = pages[0]?.pagination.nextCursor; next; next = pages.at(-1)?.pagination.nextCursor) {
    await between();
    pages.push(await list(by, { ...query, cursor: next }));
  }
  return { pages, records: pages.flatMap(({ customers }) => customers) };
}

/** The order of the contract, made here: names folded, emails without regard to case, by code point; ties by UUID. */
function sorted(customers: readonly Customer[], orderBy: (typeof ORDERS)[number], direction: string): Customer[] {
  const sortedBy = (customer: Customer) =>
    orderBy === 'customer' ? foldedLikePeople(customer.customer) : customer[orderBy].toLowerCase();
  const bytesOf = (customer: Customer) =>
    Buffer.concat([Buffer.from(sortedBy(customer)), Buffer.from([0]), Buffer.from(customer.uuid)]);
  const ascending = [...customers].sort((a, b) => Buffer.compare(bytesOf(a), bytesOf(b)));
  return direction === 'ASC' ? ascending : ascending.reverse();
}

describe('a search', () => {
  const found = async (search: string, query: Query = {}) => {
    const { customers, pagination } = await list(caller, { search, limit: 100, ...query });
    expect(pagination.total).toBe(customers.length);
    return customers.map(({ uuid }) => uuid);
  };
  const created = async (fields: object) => (await caller.post('/customers', smallCustomer(fields))).data.customer;

  test('finds any part of the name, whatever its case, at once', async () => {
    const mark = uniqueText();
    const { uuid } = await created({ customer: `Blue ${mark} Ocean` });
    const parts = [
      mark,
      mark.toUpperCase(),
      `lue ${mark}`,
      `${mark.slice(3)} o`,
      `BLUE ${mark} OCEAN`,
      mark.slice(0, 12),
    ];
    for (const part of parts) expect(await found(part)).toEqual([uuid]);
    expect(await found(`${mark}x`)).toEqual([]);
    expect(await found(`${mark}  Ocean`)).toEqual([]);
  });

  test('finds any part of email and phone', async () => {
    const mark = uniqueText();
    const phone = `+27 (21) ${mark}-0199`;
    const { uuid } = await created({ email: `Zoe.${mark}@Acme.Example`, mainPhone: phone });
    for (const part of [`zoe.${mark}`, `${mark}@ACME`, `(21) ${mark}`, `${mark}-01`])
      expect(await found(part)).toEqual([uuid]);
  });

  test('does not find across fields, or in other fields', async () => {
    const mark = uniqueText();
    const { email } = await created({
      customer: 'Ends',
      notes: mark,
      taxNumber: mark,
      billingAddress: { city: mark },
      metadata: { mark },
    });
    expect(await found(mark)).toEqual([]);
    for (const between of ['', ' ', '\u001f', '\u0001']) expect(await found(`Ends${between}${email}`)).toEqual([]);
  });

  test.each([
    '100% cotton',
    'a_b',
    "O'Brien & Sons",
    '"quoted"',
    'back\\slash',
    'a*b',
    '(x) OR (y)',
    'NEAR/2',
    'ümläut',
    '株式会社',
    'Ελληνικός',
    '🧾🧾🧾',
    'a-b^c',
    "x' or 1=1 --",
    '[a]{b}',
  ])('takes %j as it is written', async (text) => {
    const mark = uniqueText();
    const { uuid } = await created({ customer: `${mark} ${text} end` });
    await created({ customer: `${mark} ${[...text].join('~')} end` });
    expect(await found(`${mark} ${text}`)).toEqual([uuid]);
    expect(await found(`${text} end`)).toContain(uuid);
  });

  test('takes % and _ as plain characters', async () => {
    const mark = uniqueText();
    const percent = await created({ customer: `${mark}%x` });
    const underscore = await created({ customer: `${mark}_x` });
    const plain = await created({ customer: `${mark}ax` });
    expect(await found(`${mark}%`)).toEqual([percent.uuid]);
    expect(await found(`${mark}_`)).toEqual([underscore.uuid]);
    expect(await found(`${mark}%%`)).toEqual([]);
    expect((await found(mark)).sort()).toEqual([percent.uuid, underscore.uuid, plain.uuid].sort());
  });

  test.each(['Ж', 'ЖЯ', '株', '会社', 'ő', '€', '🧾', '§¶'])(
    'of one or two characters finds %j anywhere',
    async (text) => {
      const mark = uniqueText();
      const stored = [
        await created({ customer: `${text}${mark}` }),
        await created({ customer: `${mark}${text}${mark}` }),
        await created({ customer: `${mark} ${text}` }),
        await created({ customer: text.toUpperCase() }),
      ];
      await created({ customer: mark });
      const uuids = await found(text.toLowerCase());
      for (const { uuid } of stored) expect(uuids).toContain(uuid);
      for (const { customer, email } of (await list(caller, { search: text, limit: 100 })).customers) {
        expect(foldedLikePeople(`${customer} ${email}`)).toContain(foldedLikePeople(text));
      }
    },
  );

  test.each([
    ['Caf\u00e9', ['cafe', 'CAFE', 'caf\u00c9', 'cafe\u0301', 'CAFE\u0301', 'f\u00e9', 'e\u0301']],
    ['Cafe\u0301', ['cafe', 'caf\u00e9', 'CAF\u00c9']],
    ['Cafe', ['caf\u00e9', 'cafe\u0301']],
    ['Hauptstra\u00dfe', ['strasse', 'STRASSE', 'stra\u00dfe', 'stra\u1e9ee', 'rass', 'ras\u017f']],
    ['HAUPTSTRASSE', ['stra\u00dfe']],
    ['\u0130stanbul', ['istanbul', 'ISTANBUL', '\u0130STANBUL', 'i\u0307stanbul']],
    ['istanbul', ['\u0130stanbul']],
    ['ΟΔΟΣ', ['οδος', 'οδοσ', 'ΔΟΣ', 'δος', 'οδός']],
    ['\ufb01nance \u01f0', ['finance j', 'FINANCE J\u030c']],
    ['Đặng Ñandú', ['đang nandu', 'ĐẶNG']],
    ['\u1100\u1161\u11a8', ['\uac01']],
    ['カ\u3099ス', ['ガス']],
    ['กำ', ['กำ']],
  ])('finds %j by each of %j', async (name, searches) => {
    const mark = uniqueText();
    const { uuid } = await created({ customer: `${mark} ${name}` });
    for (const search of searches) {
      const uuids = (await walk(caller, { search, limit: 100 })).records.map((record) => record.uuid);
      expect([search, uuids.includes(uuid)]).toEqual([search, true]);
    }
  });

  test.each([
    ['ガス', 'カス'],
    ['नमक', 'नमकी'],
    ['ก\u0e49', 'ก\u0e48'],
    ['ı', 'i'],
    ['a%c', 'abc'],
    ['a_c', 'abc'],
  ])('tells %j from %j', async (name, other) => {
    const mark = uniqueText();
    const { uuid } = await created({ customer: `${mark} ${name}` });
    expect(await found(`${mark} ${other}`)).toEqual([]);
    expect(await found(`${mark} ${name}`)).toEqual([uuid]);
  });

  test('finds external ids, and what contacts are called and reached by', async () => {
    const [id, first, last, email, phone] = Array.from({ length: 5 }, () => uniqueText());
    const { uuid } = await created({
      externalId: `ID-${id}`,
      contacts: [
        { firstName: `Ann ${first}` },
        { firstName: 'Zoë', lastName: last, email: `Zoë.${email}@acme.example`, phone },
      ],
    });
    for (const search of [`id-${id}`, `ANN ${first}`, `zoe ${last}`, `zoe.${email}@ACME`, phone ?? '']) {
      expect(await found(search)).toEqual([uuid]);
    }
    expect(await found(`${last} zoe.${email}`)).toEqual([]);
    const [contact] = (await caller.get(`/customers/${uuid}`)).data.customer.contacts;
    const next = uniqueText();
    await caller.patch(`/customers/${uuid}/contacts/${contact?.uuid}`, { firstName: next });
    expect([await found(`ann ${first}`), await found(next)]).toEqual([[], [uuid]]);
  });

  test('finds a phone by its digits, however they are written', async () => {
    const digits = Array.from({ length: 9 }, () => Math.floor(Math.random() * 10)).join('');
    const { uuid } = await created({
      mainPhone: `+49 (${digits.slice(0, 4)}) ${digits.slice(4, 7)}/${digits.slice(7)}`,
    });
    const ofContact = await created({ contacts: [{ phone: `0${digits.slice(0, 5)}.${digits.slice(5)}` }] });
    for (const search of [`+49 ${digits}`, `49-${digits}`, `(49)\u00a0${digits.slice(0, 2)} ${digits.slice(2)}`]) {
      expect(await found(search)).toEqual([uuid]);
    }
    const both = [uuid, ofContact.uuid].sort();
    for (const search of [digits, `${digits.slice(0, 3)} ${digits.slice(3)}`, `(${digits})`]) {
      expect((await found(search)).sort()).toEqual(both);
    }
    expect(await found(`${digits} x`)).toEqual([]);
    expect(await found(`${digits}${digits}`)).toEqual([]);
  });

  test('takes control characters for spaces, in what is stored as in what is asked', async () => {
    const mark = uniqueText();
    const { uuid } = await created({ customer: `${mark}\u001fblue\tocean` });
    for (const search of [`${mark} blue ocean`, `${mark}\u001fblue`, `blue\u0007ocean`]) {
      expect((await found(search)).includes(uuid)).toBe(true);
    }
    for (const anchor of [`\u001f${mark}`, `ocean\u001f`, `\u001f\u001f`]) {
      expect((await found(anchor)).includes(uuid)).toBe(false);
    }
  });

  test('of nothing but a mark finds all, as each text has it or might', async () => {
    expect((await list(reader, { search: '\u0301' })).pagination.total).toBe(45);
  });

  test('after a change finds the new text and no more the old', async () => {
    const [old, next] = [uniqueText(), uniqueText()];
    const { uuid, email } = await created({ customer: old, mainPhone: `1${old}` });
    expect(await found(old)).toEqual([uuid]);
    const newEmail = uniqueEmail();
    await caller.patch(`/customers/${uuid}`, { customer: next, mainPhone: null, email: newEmail });
    expect([await found(old), await found(email), await found(next), await found(newEmail)]).toEqual([
      [],
      [],
      [uuid],
      [uuid],
    ]);
  });

  test('finds no deleted record, and a restored one again', async () => {
    const mark = uniqueText();
    const { uuid } = await created({ customer: mark });
    await caller.delete(`/customers/${uuid}`);
    expect(await found(mark)).toEqual([]);
    await caller.post(`/customers/${uuid}/restore`, undefined);
    expect(await found(mark)).toEqual([uuid]);
  });

  test('finds the same while the index catches up', async () => {
    const mark = uniqueText();
    const stored = await storeAll(
      caller,
      Array.from({ length: 100 }, (_, index) => smallCustomer({ customer: `${mark} ${index}` })),
    );
    for (const { uuid } of stored.slice(0, 10))
      await caller.patch(`/customers/${uuid}`, { customer: `gone ${mark.slice(9)}` });
    for (const { uuid } of stored.slice(10, 20)) await caller.delete(`/customers/${uuid}`);
    for (let round = 0; round < 20; round++) expect((await found(mark)).length).toBe(80);
  });

  test('of nothing lists all', async () => {
    const { pagination } = await list(reader, { search: '' });
    expect(pagination.total).toBe(45);
  });

  test('of any text finds exactly the records that contain it', async () => {
    const alphabet = [...'abAéı%_"\' 株🧾ΣßİSs1(+カ\\*-', '\u0301', '\u3099', '\u001f', '\u0307'];
    const text = (minLength: number, maxLength: number) =>
      fc.string({ unit: fc.constantFrom(...alphabet), minLength, maxLength }).filter((name) => name.trim() !== '');
    const mark = uniqueText();
    const inputs = fc.sample(fc.tuple(text(1, 8), text(1, 8)), 60).map(([name, other]) =>
      smallCustomer({
        customer: `${name.trim()}${mark}${name.trim()}`,
        mainPhone: `${other}1-23`,
        contacts: [{ name: `${mark}${other}`, phone: `(1)${name}` }],
      }),
    );
    const stored = await storeAll(caller, inputs);
    await fc.assert(
      fc.asyncProperty(text(1, 4), async (piece) => {
        const search = piece.length > 2 ? `${mark}${piece}` : piece;
        const expected = stored.filter((customer) => isFoundBy(customer, search));
        const uuids = new Set((await walk(caller, { search, limit: 100 })).records.map(({ uuid }) => uuid));
        expect(stored.filter(({ uuid }) => uuids.has(uuid))).toEqual(expected);
      }),
      { numRuns: 60 },
    );
  });
});

describe('the order', () => {
  test.each(ORDERS.flatMap((orderBy) => DIRECTIONS.map((direction) => [orderBy, direction] as const)))(
    'by %s %s is total, with names and emails without regard to case',
    async (orderBy, orderDirection) => {
      const { customers } = await list(reader, { orderBy, orderDirection, limit: 100 });
      expect(customers.map(({ uuid }) => uuid)).toEqual(sorted(many, orderBy, orderDirection).map(({ uuid }) => uuid));
    },
  );

  test('is by name and ascending unless something else was asked for', async () => {
    const { customers, pagination } = await list(reader);
    expect(customers).toEqual(sorted(many, 'customer', 'ASC').slice(0, 20));
    expect(pagination).toEqual({
      page: 1,
      limit: 20,
      total: 45,
      totalIsExact: true,
      totalPages: 3,
      hasMore: true,
      nextCursor: expect.any(String),
      updatedUntil: expect.any(String),
    });
  });

  test('by the time of change puts a changed record last', async () => {
    const mark = uniqueText();
    const [first, second] = await storeAll(caller, [
      smallCustomer({ customer: mark }),
      smallCustomer({ customer: mark }),
    ]);
    const last = async () =>
      (await list(caller, { search: mark, orderBy: 'updatedAt', orderDirection: 'DESC' })).customers[0];
    for (const uuid of [first?.uuid, second?.uuid, first?.uuid]) {
      await caller.patch(`/customers/${uuid}`, { notes: uniqueText() });
      const times = (await list(caller, { search: mark })).customers.map(({ updatedAt }) => updatedAt);
      if (new Set(times).size === 2) expect((await last())?.uuid).toBe(uuid);
    }
  });
});

describe('pages', () => {
  test('cut the list without gap or repeat', async () => {
    const pages = [];
    for (const page of [1, 2, 3]) pages.push(await list(reader, { page, limit: 20 }));
    expect(
      pages.map(({ pagination }) => [pagination.page, pagination.hasMore, pagination.nextCursor !== null]),
    ).toEqual([
      [1, true, true],
      [2, true, true],
      [3, false, false],
    ]);
    expect(pages.flatMap(({ customers }) => customers)).toEqual(sorted(many, 'customer', 'ASC'));
  });

  test.each([4, 10_000])('past the end are empty and still tell the total: page %d', async (page) => {
    const { customers, pagination } = await list(reader, { page, limit: 20 });
    expect(customers).toEqual([]);
    const updatedUntil = '1970-01-01T00:00:00.000Z';
    const rest = { totalIsExact: true, totalPages: 3, hasMore: false, nextCursor: null, updatedUntil };
    expect(pagination).toEqual({ page, limit: 20, total: 45, ...rest });
  });

  test('past the end of a search are empty and still tell its total', async () => {
    const { customers, pagination } = await list(reader, { search: 'beta', page: 5, limit: 10 });
    const total = many.filter(({ customer }) => customer.toLowerCase() === 'beta').length;
    expect([customers.length, pagination.total, pagination.totalPages]).toEqual([0, total, Math.ceil(total / 10)]);
  });

  test('end exactly where the records do', async () => {
    const { pagination } = await list(reader, { limit: 45 });
    expect(pagination).toMatchObject({ total: 45, totalPages: 1, hasMore: false, nextCursor: null });
  });

  test('of a list without records are none', async () => {
    const { customers, pagination } = await list(reader, { search: uniqueText() });
    expect(customers).toEqual([]);
    const { updatedUntil, ...rest } = pagination;
    const none = { total: 0, totalIsExact: true, totalPages: 0, hasMore: false, nextCursor: null };
    expect(rest).toEqual({ page: 1, limit: 20, ...none });
    expect(new Date(updatedUntil).toISOString()).toBe(updatedUntil);
  });

  test('of any size, in any order, under any filter, by page and by cursor, are the same whole', async () => {
    const queries = fc.record(
      {
        orderBy: fc.constantFrom(...ORDERS),
        orderDirection: fc.constantFrom(...DIRECTIONS),
        limit: fc.integer({ min: 3, max: 50 }),
        status: fc.constantFrom('active', 'inactive'),
        search: fc.constantFrom('a', 'be', 'beta', 'acme', '27 21', 'É'),
      },
      { requiredKeys: ['limit'] },
    );
    await fc.assert(
      fc.asyncProperty(queries, async (query) => {
        const { orderBy = 'customer', orderDirection = 'ASC', status, search = '' } = query;
        const expected = sorted(many, orderBy, orderDirection).filter(
          (customer) => (status === undefined || customer.status === status) && isFoundBy(customer, search),
        );
        const { pages, records } = await walk(reader, query);
        expect(records).toEqual(expected);
        for (const [index, { pagination }] of pages.entries()) {
          expect(pagination).toMatchObject({ page: index + 1, limit: query.limit, total: expected.length });
          const numbered = await list(reader, { ...query, page: index + 1 });
          expect(numbered.customers).toEqual(pages[index]?.customers);
        }
      }),
      { numRuns: 25 },
    );
  });
});

describe('a cursor', () => {
  test.each(ORDERS.flatMap((orderBy) => DIRECTIONS.map((direction) => [orderBy, direction] as const)))(
    'by %s %s meets every record once while others are inserted and removed',
    async (orderBy, orderDirection) => {
      const mark = uniqueText();
      const stored = await storeAll(
        caller,
        Array.from({ length: 30 }, (_, index) => smallCustomer({ customer: `${mark} ${index % 7}` })),
      );
      const passing = new Set<string>();
      const { records } = await walk(caller, { search: mark, orderBy, orderDirection, limit: 4 }, async () => {
        const [early, late] = await storeAll(caller, [
          smallCustomer({ customer: `${mark} !` }),
          smallCustomer({ customer: `${mark} ~` }),
        ]);
        passing.add(early?.uuid ?? '').add(late?.uuid ?? '');
        await caller.delete(`/customers/${early?.uuid}`);
      });
      const met = records.filter(({ uuid }) => !passing.has(uuid));
      expect(met.map(({ uuid }) => uuid)).toEqual(sorted(stored, orderBy, orderDirection).map(({ uuid }) => uuid));
      expect(new Set(records.map(({ uuid }) => uuid)).size).toBe(records.length);
    },
  );

  test('brings its order with it', async () => {
    const first = await list(reader, { orderBy: 'email', orderDirection: 'DESC', limit: 20 });
    const second = await list(reader, { cursor: first.pagination.nextCursor ?? '', limit: 20 });
    expect([...first.customers, ...second.customers]).toEqual(sorted(many, 'email', 'DESC').slice(0, 40));
    expect(second.pagination).toMatchObject({ page: 2, total: 45 });
  });

  test('works behind the longest and oddest names', async () => {
    const mark = uniqueText();
    const names = ['\u0001', '"', '\\', 'İ', '🧾', '\u2028', 'Ⱥ'].map((letter) => mark + letter.repeat(238));
    const stored = await storeAll(
      caller,
      names.map((customer) => smallCustomer({ customer })),
    );
    const { records } = await walk(caller, { search: mark, limit: 1 });
    expect(records.map(({ uuid }) => uuid).sort()).toEqual(stored.map(({ uuid }) => uuid).sort());
  });

  test('that was tampered with, or made for another order, is refused', async () => {
    const { nextCursor } = (await list(reader, { limit: 5 })).pagination;
    const cursor = nextCursor ?? '';
    const inner = Buffer.from(cursor, 'base64url').toString();
    const encoded = (text: string) => Buffer.from(text).toString('base64url');
    const bad: Query[] = [
      '',
      'x',
      'null',
      '%00',
      cursor.slice(1),
      cursor.slice(0, 20),
      `${cursor.slice(0, 4)}!${cursor.slice(4)}`.split('').reverse().join(''),
      encoded(`x${inner}`),
      encoded(inner.slice(1)),
      encoded(inner.replace(/[0-9a-f]{32}/, '0')),
      encoded(inner.replace(/^..(.*)\..*$/, 'ca$1.yesterday')),
      encoded('[]'),
      encoded('{"id":1}'),
      'x'.repeat(3000),
    ].map((text) => ({ cursor: text }));
    for (const query of [...bad, { cursor, orderBy: 'email' }, { cursor, orderDirection: 'DESC' }]) {
      const answer = await reader.get('/customers', { query });
      expect([answer.status, answer.body.code, answer.body.errors?.map(({ field }) => field)]).toEqual([
        400,
        'invalid_query',
        ['cursor'],
      ]);
    }
    expect((await list(reader, { cursor, orderBy: 'customer', orderDirection: 'ASC' })).pagination.page).toBe(2);
  });

  test('of one team shows another team only its own records', async () => {
    const { nextCursor } = (await list(reader, { limit: 5 })).pagination;
    const { customers } = await list(caller, { cursor: nextCursor ?? '', limit: 100 });
    const mine = new Set(many.map(({ uuid }) => uuid));
    expect(customers.filter(({ uuid }) => mine.has(uuid))).toEqual([]);
  });
});

describe('filters', () => {
  test.each([
    ['active', 30],
    ['inactive', 15],
  ])('by status %s keep those records and their total', async (status, total) => {
    const { customers, pagination } = await list(reader, { status, limit: 100 });
    expect(customers).toEqual(sorted(many, 'customer', 'ASC').filter((customer) => customer.status === status));
    expect([customers.length, pagination.total]).toEqual([total, total]);
    expect((await list(reader, { status, limit: 7 })).pagination).toMatchObject({
      total,
      totalPages: Math.ceil(total / 7),
    });
  });

  test('by time keep what was created or changed since, inclusive', async () => {
    const mark = uniqueText();
    const old = (await caller.post('/customers', smallCustomer({ customer: mark }))).data.customer;
    let young = old;
    while (young.createdAt === old.createdAt) {
      young = (await caller.post('/customers', smallCustomer({ customer: mark }))).data.customer;
      if (young.createdAt === old.createdAt) await caller.delete(`/customers/${young.uuid}`);
    }
    const found = async (query: Query) => {
      const { customers, pagination } = await list(caller, { search: mark, ...query });
      expect(pagination.total).toBe(customers.length);
      return customers.map(({ uuid }) => uuid).sort();
    };
    const both = [old.uuid, young.uuid].sort();
    expect(await found({ createdSince: young.createdAt })).toEqual([young.uuid]);
    expect(await found({ createdSince: old.createdAt })).toEqual(both);
    expect(await found({ updatedSince: young.createdAt })).toEqual([young.uuid]);
    let changed = old;
    while (changed.updatedAt <= young.createdAt) {
      changed = (await caller.patch(`/customers/${old.uuid}`, { notes: uniqueText() })).data.customer;
    }
    expect(await found({ updatedSince: changed.updatedAt })).toEqual([old.uuid]);
    expect(await found({ updatedSince: young.updatedAt })).toEqual(both);
    expect(await found({ updatedSince: old.createdAt, createdSince: young.createdAt })).toEqual([young.uuid]);
    expect(await found({ createdSince: new Date(Date.now() + 60_000).toISOString() })).toEqual([]);
  });

  test('by time alone count the whole team', async () => {
    const { createdAt } = many[0] ?? { createdAt: '' };
    expect((await list(reader, { createdSince: createdAt, limit: 10 })).pagination.total).toBe(45);
    expect((await list(reader, { updatedSince: createdAt, status: 'inactive', limit: 10 })).pagination.total).toBe(15);
    expect((await list(reader, { createdSince: '2999-01-01' })).pagination.total).toBe(0);
  });

  test.each(['2020-01-31', '2020-01-31T12:00Z', '2020-01-31T12:00:00.123456Z', '2020-01-31T12:00:00+02:00'])(
    'take the time %s',
    async (updatedSince) => {
      expect((await list(reader, { updatedSince })).pagination.total).toBe(45);
    },
  );

  test('follow changes of status and deletions in their totals', async () => {
    const mark = uniqueText();
    const [a, b, c] = await storeAll(
      caller,
      Array.from({ length: 3 }, () => smallCustomer({ customer: mark })),
    );
    const totals = async () => {
      const total = async (query: Query) => (await list(caller, query)).pagination.total;
      return [await total({ search: mark, status: 'active' }), await total({ search: mark, status: 'inactive' })];
    };
    const whole = async (status: string) => (await list(caller, { status })).pagination.total;
    const [active, inactive] = [await whole('active'), await whole('inactive')];
    await caller.patch(`/customers/${a?.uuid}`, { status: 'inactive' });
    await caller.delete(`/customers/${b?.uuid}`);
    expect(await totals()).toEqual([1, 1]);
    expect([await whole('active'), await whole('inactive')]).toEqual([active - 2, inactive + 1]);
    await caller.post(`/customers/${b?.uuid}/restore`, undefined);
    await caller.delete(`/customers/${a?.uuid}`);
    await caller.delete(`/customers/${c?.uuid}`);
    expect(await totals()).toEqual([1, 0]);
    expect([await whole('active'), await whole('inactive')]).toEqual([active - 2, inactive]);
  });
});

describe('a bad query', () => {
  test.each([
    ['page', '0'],
    ['page', '10001'],
    ['page', '-1'],
    ['page', '1.5'],
    ['page', ''],
    ['page', '1e1'],
    ['limit', '0'],
    ['limit', '101'],
    ['limit', 'ten'],
    ['orderBy', 'name'],
    ['orderBy', 'Customer'],
    ['orderDirection', 'up'],
    ['status', 'deleted'],
    ['status', ''],
    ['updatedSince', 'yesterday'],
    ['updatedSince', '2020-13-01'],
    ['updatedSince', '2020-02-30T00:00:00Z'],
    ['createdSince', '1700000000'],
    ['createdSince', '2020-01-31T12:00:00'],
    ['search', 'x'.repeat(256)],
    ['search', 'a\u0000b'],
  ])('is refused for %s=%j', async (name, value) => {
    const answer = await reader.get('/customers', { query: { [name]: value } });
    expect([answer.status, answer.body.code]).toEqual([400, 'invalid_query']);
    expect(answer.body.errors?.map(({ field }) => field)).toEqual([name]);
  });

  test('names all parameters at fault together', async () => {
    const answer = await reader.get(
      '/customers?page=0&limit=x&orderBy=1&orderDirection=up&status=x&updatedSince=x&createdSince=x&cursor=x&search=a&search=b',
    );
    expect(answer.status).toBe(400);
    expect(answer.body.errors?.map(({ field }) => field).sort()).toEqual([
      'createdSince',
      'cursor',
      'limit',
      'orderBy',
      'orderDirection',
      'page',
      'search',
      'status',
      'updatedSince',
    ]);
  });

  test('is none at the limits', async () => {
    expect((await list(reader, { page: 10_000, limit: 1 })).customers).toEqual([]);
    expect((await list(reader, { limit: 100 })).customers.length).toBe(45);
    expect((await list(reader, { search: '🧾'.repeat(255) })).customers).toEqual([]);
  });
});

test('an email that was written decomposed is found by searching for it as it is shown', async () => {
  const email = `zoe\u0308-${uniqueText()}@acme.example`;
  const { uuid } = (await caller.post('/customers', smallCustomer({ email }))).data.customer;
  const found = await caller.get('/customers', { query: { search: email } });
  expect(found.data.customers.map((customer) => [customer.uuid, customer.email])).toEqual([[uuid, email]]);
});
