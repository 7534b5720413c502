import fc from 'fast-check';
import type { App } from '../harness/caller.js';
import { hmacHex, sha256 } from '../harness/signed-request.js';

/** How a malformed request proves who sends it. */
type Proof =
  | 'right'
  | 'unsigned'
  | 'wrong signature'
  | 'no timestamp'
  | 'unknown client'
  | 'no token'
  | 'wrong token'
  | 'odd authorization';

/** Whether the body is as long as the headers say. */
type Framing = 'right' | 'chunked' | 'too long' | 'too short';

/** A request as it is generated; texts of target and headers are Latin-1, a byte for each character. */
export interface MalformedRequest {
  readonly proof: Proof;
  readonly method: string;
  readonly target: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** Undefined for a request without a body. */
  readonly body: Uint8Array | undefined;
  readonly framing: Framing;
  /** Replaces the time that is signed and sent. */
  readonly oddTimestamp: string | undefined;
  /** Replaces the signature. */
  readonly oddSignature: string;
}

/** Records that requests may change. */
export interface Targets {
  readonly customers: readonly string[];
  readonly contacts: readonly string[];
}

/** JSON as it is going to be written, so that it may hold what no value can: names twice, 1e999, halves of pairs. */
type Written = { readonly text: string } | { readonly fields: Fields } | { readonly items: readonly Written[] };
type Fields = readonly (readonly [name: string, value: Written])[];

const oneOf = fc.constantFrom;
const text = (value: string) => ({ text: JSON.stringify(value) });

const oddText = fc.oneof(
  { weight: 3, arbitrary: fc.string({ unit: 'binary', maxLength: 20 }) },
  {
    weight: 3,
    arbitrary: oneOf(
      '',
      ' ',
      '\t\n',
      '\0',
      'a\0b',
      '\u{1f600}'.repeat(256),
      'x'.repeat(51),
      'x'.repeat(256),
      'x'.repeat(5_001),
      '%_%',
      '"; drop table customers; --',
      "' or 1=1 --",
      '" OR "a" NEAR(b) *',
      'javascript:alert(1)',
      'http://',
      'https://[::1',
      'a@b',
      'a@b.example@c.example',
      '"quoted local"@mail.example',
      '\u202eevil',
      'é'.normalize('NFD'),
      'ſ',
      'İ',
      'ΑΣ',
      'ﬀ',
      '__proto__',
      '../../etc/passwd',
      '\u0024{7*7}',
      '\r\nSet-Cookie: a=b',
    ),
  },
  { weight: 1, arbitrary: fc.nat(300).map((length) => '.'.repeat(length)) },
);

const oddLeaf: fc.Arbitrary<Written> = fc.oneof(
  { weight: 4, arbitrary: oddText.map(text) },
  {
    weight: 4,
    arbitrary: oneOf(
      'null',
      'true',
      'false',
      '0',
      '-0',
      '-1',
      '1e999',
      '-1e999',
      '1e-400',
      '9007199254740993',
      '12345678901234567890123456789012345678901234567890',
      '1.0000000000000000000000001',
      '"\\ud800"',
      '"\\udfff\\ud800"',
      '"\\u0000"',
      '[]',
      '{}',
      '[null]',
      '[[]]',
      '{"":""}',
      '{"__proto__":{"status":"active"}}',
      '{"constructor":{"prototype":{"x":1}}}',
      '{"toString":1,"valueOf":2,"hasOwnProperty":3,"toJSON":4}',
      '{"then":"x"}',
    ).map((raw) => ({ text: raw })),
  },
  { weight: 1, arbitrary: fc.nat(3_000).map((depth) => ({ text: '['.repeat(depth) + ']'.repeat(depth) })) },
  { weight: 1, arbitrary: fc.nat(2_000).map((depth) => ({ text: `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}` })) },
  { weight: 1, arbitrary: fc.nat(2_000).map((length) => ({ text: JSON.stringify(Array(length).fill(1)) })) },
  { weight: 1, arbitrary: fc.nat(200).map((length) => ({ text: JSON.stringify(Array(length).fill({ name: 'n' })) })) },
);

const name = oneOf('Acme', 'Größe & Söhne', '東京', "O'Brien", ' padded ', 'a'.repeat(255));
const shortText = oneOf('', 'text', 'ß', '\u{1f600}', 'a'.repeat(50));
const email = fc.nat(99_999).map((number) => `fuzz-${number}@mail.example`);

const nullable = (value: fc.Arbitrary<Written>) =>
  fc.oneof({ weight: 5, arbitrary: value }, fc.constant({ text: 'null' }));
const asText = (value: fc.Arbitrary<string>) => nullable(value.map(text));
const flag = nullable(oneOf('true', 'false').map((raw) => ({ text: raw })));

/** An object with some of these fields. */
function someOf(fields: Readonly<Record<string, fc.Arbitrary<Written>>>): fc.Arbitrary<Fields> {
  const entries = Object.entries(fields).map(([field, value]) =>
    fc.option(
      value.map((written) => [field, written] as const),
      { nil: undefined },
    ),
  );
  return fc.tuple(...entries).map((found) => found.filter((entry) => entry !== undefined));
}

const address = nullable(
  someOf({
    street: asText(shortText),
    city: asText(shortText),
    state: asText(shortText),
    zipCode: asText(shortText),
    country: asText(shortText),
  }).map((fields) => ({ fields })),
);

const contactFields = someOf({
  firstName: asText(shortText),
  lastName: asText(shortText),
  name: asText(name),
  email: asText(email),
  phone: asText(shortText),
  isPrimary: oneOf('true', 'false').map((raw) => ({ text: raw })),
});

const customerFields = fc
  .tuple(
    name,
    email,
    someOf({
      mainPhone: asText(shortText),
      website: asText(oneOf('', 'acme.example', 'https://acme.example/a?b#c', 'localhost:80')),
      status: oneOf('"active"', '"inactive"').map((raw) => ({ text: raw })),
      billingAddress: address,
      shippingAddress: address,
      contacts: nullable(
        fc.array(contactFields, { maxLength: 4 }).map((all) => ({ items: all.map((fields) => ({ fields })) })),
      ),
      notes: asText(shortText),
      paymentTerm: asText(shortText),
      taxNumber: asText(shortText),
      taxAutoCalculate: flag,
      taxExcluded: flag,
      taxes: oneOf('[]', '[15, 0.5]', 'null').map((raw) => ({ text: raw })),
      externalId: asText(fc.nat(500).map((number) => `external ${number}`)),
      metadata: oneOf('{}', '{"a":"b"}', '{"__proto__":"x"}', 'null').map((raw) => ({ text: raw })),
    }),
  )
  .map(([customer, mail, others]): Fields => [['customer', text(customer)], ['email', text(mail)], ...others]);

const oddName = fc.oneof(
  oddText,
  oneOf(
    'customer',
    'email',
    'contacts',
    'customers',
    'mode',
    'metadata',
    'taxes',
    'uuid',
    'id',
    'version',
    '__proto__',
  ),
  oneOf('constructor', 'prototype', 'toString', 'hasOwnProperty', 'then', 'toJSON', '_partnerWarnings', 'website'),
);

interface Mutation {
  readonly kind: 'replace' | 'add' | 'remove' | 'twice' | 'wrap';
  readonly place: number;
  readonly name: string;
  readonly value: Written;
}

const mutation: fc.Arbitrary<Mutation> = fc.record({
  kind: oneOf<Mutation['kind']>('replace', 'replace', 'replace', 'add', 'remove', 'twice', 'wrap'),
  place: fc.nat(30),
  name: oddName,
  value: oddLeaf,
});

/** None for every other object: what is wholly valid goes deeper. */
const mutations = fc.oneof(fc.constant([]), fc.array(mutation, { minLength: 1, maxLength: 3 }));

function mutated(fields: Fields, { kind, place, name: newName, value }: Mutation): Fields {
  const index = fields.length === 0 ? 0 : place % fields.length;
  const chosen = fields[index];
  if (kind === 'add' || chosen === undefined) return [...fields, [newName, value]];
  const [chosenName, chosenValue] = chosen;
  switch (kind) {
    case 'replace':
      return fields.with(index, [chosenName, value]);
    case 'remove':
      return fields.toSpliced(index, 1);
    case 'twice':
      return [...fields, [chosenName, value]];
    case 'wrap':
      return fields.with(index, [chosenName, { items: [chosenValue] }]);
  }
}

function mutatedObject(fields: fc.Arbitrary<Fields>): fc.Arbitrary<Written> {
  return fc.tuple(fields, mutations).map(([all, found]) => ({
    fields: found.reduce((done, next) => mutated(done, next), all),
  }));
}

function rendered(value: Written): string {
  if ('text' in value) return value.text;
  if ('items' in value) return `[${value.items.map(rendered).join(',')}]`;
  return `{${value.fields.map(([field, inner]) => `${JSON.stringify(field)}:${rendered(inner)}`).join(', ')}}`;
}

function bulk({ customers }: Targets): fc.Arbitrary<Written> {
  const row = fc
    .tuple(customerFields, mutations, fc.option(oneOf(...customers), { freq: 2 }))
    .map(([fields, found, uuid]): Written => {
      const named: Fields = uuid === null ? fields : [...fields, ['uuid', text(uuid)]];
      return { fields: found.reduce((done, next) => mutated(done, next), named) };
    });
  const rows = fc.oneof(
    { weight: 6, arbitrary: fc.array(fc.oneof({ weight: 8, arbitrary: row }, oddLeaf), { maxLength: 6 }) },
    { weight: 1, arbitrary: row.map((one) => Array<Written>(101).fill(one)) },
  );
  const mode = fc.option(fc.oneof(oneOf(text('atomic'), text('partial')), oddLeaf), { nil: undefined });
  return fc.tuple(rows, mode).map(([items, chosen]) => ({
    fields: [['customers', { items }], ...(chosen === undefined ? [] : [['mode', chosen] as const])],
  }));
}

/** The body's bytes, now and then spoilt. */
function spoilt(json: string): fc.Arbitrary<Uint8Array> {
  const bytes = Buffer.from(json, 'utf8');
  const place = fc.nat(bytes.length);
  return fc.oneof(
    { weight: 24, arbitrary: fc.constant(bytes) },
    place.map((end) => bytes.subarray(0, end)),
    fc
      .tuple(place, oneOf(0xff, 0xc0, 0x80, 0xed, 0x00, 0x22, 0x7b))
      .map(([at, byte]) => Buffer.concat([bytes.subarray(0, at), Buffer.of(byte), bytes.subarray(at)])),
    oneOf('\ufeff', ' \n', ")]}',").map((start) => Buffer.concat([Buffer.from(start), bytes])),
    oneOf(',', '}', 'null', '\0').map((end) => Buffer.concat([bytes, Buffer.from(end)])),
    oneOf('', 'null', '[]', '"text"', '1', 'NaN', '{', '[1', '{"a":}', "{'a':1}", '{}').map((raw) => Buffer.from(raw)),
  );
}

const UNKNOWN_UUID = '4b3f2a10-0000-4000-8000-00000000dead';

const oddSegment = fc.oneof(
  oddText.map((value) => encodeURIComponent(value.toWellFormed())),
  oneOf('', '%', '%zz', '%00', '%2f', '%2e%2e', '..', '.', '%c0%af', '%ed%a0%80', '%ff', '\xff\xfe', '~', ';a=b', '*'),
  oneOf(
    'bulk',
    'restore',
    'contacts',
    'find-by-email',
    'by-email',
    'by-external-id',
    '__proto__',
    'constructor',
    ':uuid',
  ),
  fc.nat(6_000).map((length) => 'a'.repeat(length)),
);

function uuidSegment(uuids: readonly string[]): fc.Arbitrary<string> {
  return fc.oneof(
    { weight: 12, arbitrary: oneOf(...uuids) },
    { weight: 1, arbitrary: oneOf(...uuids).map((uuid) => uuid.toUpperCase()) },
    { weight: 1, arbitrary: oneOf(UNKNOWN_UUID, '00000000-0000-0000-0000-000000000000', 'not-a-uuid', '1') },
    { weight: 1, arbitrary: oddSegment },
    { weight: 1, arbitrary: oneOf(...uuids).map((uuid) => uuid.replace('-', '%2D')) },
  );
}

const queryValue = fc.oneof(
  oddText.map((value) => encodeURIComponent(value.toWellFormed())),
  oneOf('1', '0', '-1', '20', '100', '101', '10000', '10001', '1e3', '0x10', '999999999999', 'ASC', 'desc', 'active'),
  oneOf(
    'customer',
    'email',
    'createdAt',
    'updatedAt',
    '2026-01-31',
    '2026-02-30T00:00:00Z',
    '2026-01-31T12:00:00+14:00',
  ),
  oneOf('9999-12-31T23:59:59Z', '0000-01-01', '%', '%zz', '%00', '%ff', '+', 'a%20b', '%F0%9F%98%80'),
  fc.nat(3_000).map((length) => 'q'.repeat(length)),
);
const listParameter = oneOf(
  ...['search', 'page', 'limit', 'orderBy', 'orderDirection', 'status', 'updatedSince', 'createdSince', 'cursor'],
);
const validParameter = oneOf(
  ...['search=acme', 'search=a', 'search=fu', 'search=%25', 'page=2', 'limit=5', 'orderBy=email', 'orderBy=createdAt'],
  ...['orderDirection=DESC', 'status=active', 'updatedSince=2020-01-01', 'createdSince=2020-01-01T00:00:00Z'],
);
const parameter = fc.oneof(
  { weight: 5, arbitrary: validParameter },
  { weight: 3, arbitrary: fc.tuple(listParameter, queryValue).map(([field, value]) => `${field}=${value}`) },
  {
    weight: 1,
    arbitrary: oneOf('search[]=a', 'search[a]=b', '__proto__=1', 'a', '=', '==&', 'limit', 'page=1;limit=2'),
  },
);
const listQuery = fc.array(parameter, { maxLength: 5 }).map((all) => (all.length === 0 ? '' : `?${all.join('&')}`));
const hugeQuery = fc.nat(700).map((count) => `?${'limit=1&'.repeat(count)}`);

interface Route {
  readonly method: string;
  readonly target: string;
  readonly body: Written | undefined;
}

const route = (method: string, target: fc.Arbitrary<string>, body?: fc.Arbitrary<Written>): fc.Arbitrary<Route> =>
  fc.record({ method: fc.constant(method), target, body: body ?? fc.constant(undefined) });

function knownRoute(targets: Targets): fc.Arbitrary<Route> {
  const customer = uuidSegment(targets.customers).map((uuid) => `/partners/customers/${uuid}`);
  const contact = fc.tuple(customer, uuidSegment(targets.contacts)).map(([path, uuid]) => `${path}/contacts/${uuid}`);
  const fields = mutatedObject(customerFields);
  const patch = mutatedObject(customerFields.map((all) => all.slice(2)));
  const contactBody = mutatedObject(contactFields);
  const segment = fc.oneof(
    fc.nat(500).map((number) => `external%20${number}`),
    oddSegment,
  );
  const mail = fc.oneof(email.map(encodeURIComponent), oddSegment);
  return fc.oneof(
    { weight: 6, arbitrary: route('POST', fc.constant('/partners/customers'), fields) },
    {
      weight: 5,
      arbitrary: route(
        'GET',
        listQuery.map((query) => `/partners/customers${query}`),
      ),
    },
    {
      weight: 1,
      arbitrary: route(
        'GET',
        hugeQuery.map((query) => `/partners/customers${query}`),
      ),
    },
    {
      weight: 2,
      arbitrary: route(
        'GET',
        mail.map((address_) => `/partners/customers/find-by-email?email=${address_}`),
      ),
    },
    { weight: 2, arbitrary: route('GET', customer) },
    { weight: 3, arbitrary: route('PATCH', customer, patch) },
    { weight: 2, arbitrary: route('PUT', customer, patch) },
    { weight: 1, arbitrary: route('DELETE', customer) },
    {
      weight: 2,
      arbitrary: route(
        'POST',
        customer.map((path) => `${path}/restore`),
      ),
    },
    {
      weight: 1,
      arbitrary: route(
        'GET',
        customer.map((path) => `${path}/contacts`),
      ),
    },
    {
      weight: 3,
      arbitrary: route(
        'POST',
        customer.map((path) => `${path}/contacts`),
        contactBody,
      ),
    },
    { weight: 2, arbitrary: route('PATCH', contact, contactBody) },
    { weight: 1, arbitrary: route('DELETE', contact) },
    { weight: 3, arbitrary: route('POST', fc.constant('/partners/customers/bulk'), bulk(targets)) },
    { weight: 2, arbitrary: route('PATCH', fc.constant('/partners/customers/bulk'), bulk(targets)) },
    {
      weight: 2,
      arbitrary: route(
        'PUT',
        segment.map((id) => `/partners/customers/by-external-id/${id}`),
        fields,
      ),
    },
    {
      weight: 2,
      arbitrary: route(
        'PUT',
        mail.map((address_) => `/partners/customers/by-email/${address_}`),
        patch,
      ),
    },
  );
}

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'PROPFIND', 'PURGE', 'LINK'];

const otherPath = fc.oneof(
  oneOf(
    '/',
    '/partners',
    '/partners/',
    '/partners/nothing',
    '/healthz',
    '/readyz',
    '/metrics',
    '/docs',
    '/openapi.json',
  ),
  oneOf('//partners/customers', '/partners//customers', '/partners/customers/', '/PARTNERS/customers', '*'),
  oneOf('/partners/customers/../customers', '/partners/%63ustomers', '/partners%2fcustomers', '/partners/customers%3f'),
  oneOf('/partners/customers;a=b', '/partners/customers#a', 'http://other.example/partners/customers', '/docs/../docs'),
  fc.array(oddSegment, { maxLength: 5 }).map((parts) => `/partners/customers/${parts.join('/')}`),
  fc.array(oddSegment, { maxLength: 4 }).map((parts) => `/${parts.join('/')}`),
);

function anyRoute(targets: Targets): fc.Arbitrary<Route> {
  const known = knownRoute(targets);
  return fc.oneof(
    { weight: 16, arbitrary: known },
    { weight: 2, arbitrary: fc.tuple(known, oneOf(...METHODS)).map(([found, method]) => ({ ...found, method })) },
    {
      weight: 2,
      arbitrary: fc
        .tuple(otherPath, oneOf(...METHODS))
        .map(([target, method]) => ({ target, method, body: undefined })),
    },
  );
}

// What HTTP allows in a header: visible Latin-1 characters, blanks and tabs.
const headerText = fc
  .array(
    fc.oneof({ weight: 5, arbitrary: fc.integer({ min: 0x20, max: 0x7e }) }, fc.integer({ min: 0x80, max: 0xff })),
    {
      maxLength: 30,
    },
  )
  .map((codes) => String.fromCharCode(...codes).trim());

const oddHeader: fc.Arbitrary<readonly [string, string]> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.tuple(
      fc.constant('idempotency-key'),
      fc.oneof(
        fc.nat(200).map((number) => `key-${number}`),
        headerText,
        oneOf('', 'k'.repeat(255), 'k'.repeat(256), 'a b'),
      ),
    ),
  },
  {
    weight: 2,
    arbitrary: fc.tuple(
      oneOf('if-match', 'if-none-match'),
      fc.oneof(oneOf('"1"', 'W/"1"', '*', '"2", "3"', '', '1', '"', ',,,', `${'"9",'.repeat(500)}"1"`), headerText),
    ),
  },
  {
    weight: 2,
    arbitrary: fc.tuple(
      fc.constant('content-type'),
      fc.oneof(
        oneOf(
          'application/json; charset=utf-8',
          'text/plain',
          'application/json; charset=latin1',
          'application/jsonx',
          'multipart/form-data',
          '',
          ';',
          'APPLICATION/JSON',
          'application/x-www-form-urlencoded',
        ),
        headerText,
      ),
    ),
  },
  {
    weight: 1,
    arbitrary: fc.tuple(fc.constant('accept-encoding'), oneOf('gzip, br', 'identity;q=0, *;q=0', '', 'x'.repeat(500))),
  },
  {
    weight: 2,
    arbitrary: fc.tuple(
      fc.constant('x-request-id'),
      fc.oneof(
        oneOf('id-1', '', 'a'.repeat(128), 'a'.repeat(129), '<script>', '{"a":1}', '%0d%0aSet-Cookie:%20a=b'),
        headerText,
      ),
    ),
  },
  {
    weight: 1,
    arbitrary: fc.tuple(
      oneOf('x-client-id', 'authorization', 'x-signature', 'x-timestamp', 'idempotency-key', 'content-type'),
      headerText,
    ),
  },
  {
    weight: 1,
    arbitrary: fc.tuple(
      oneOf(
        'content-encoding',
        'transfer-encoding-x',
        'expect',
        'upgrade',
        'range',
        'cookie',
        'x-forwarded-for',
        'x-http-method-override',
        'accept',
        'te',
        'origin',
      ),
      fc.oneof(oneOf('gzip', '100-continue', 'websocket', 'bytes=0-1', '127.0.0.1', 'DELETE', '*/*'), headerText),
    ),
  },
);

/** Requests that are wrong in one way or another, most of them only inside, so that they get as far as the verbs. */
export function malformedRequest(targets: Targets): fc.Arbitrary<MalformedRequest> {
  return anyRoute(targets).chain(({ method, target, body }) =>
    fc.record<MalformedRequest>({
      proof: fc.oneof(
        { weight: 20, arbitrary: fc.constant<Proof>('right') },
        oneOf<Proof>(
          'unsigned',
          'wrong signature',
          'no timestamp',
          'unknown client',
          'no token',
          'wrong token',
          'odd authorization',
        ),
      ),
      method: fc.constant(method),
      target: fc.constant(target),
      headers: fc.oneof({ weight: 3, arbitrary: fc.constant([]) }, fc.array(oddHeader, { maxLength: 3 })),
      body:
        body === undefined
          ? fc.oneof({ weight: 9, arbitrary: fc.constant(undefined) }, spoilt('{}'))
          : spoilt(rendered(body)),
      framing: fc.oneof(
        { weight: 40, arbitrary: fc.constant<Framing>('right') },
        { weight: 4, arbitrary: fc.constant<Framing>('chunked') },
        oneOf<Framing>('too long', 'too short'),
      ),
      oddTimestamp: fc.oneof(
        { weight: 30, arbitrary: fc.constant(undefined) },
        oneOf(
          '0',
          '-1',
          '1e9',
          'now',
          '0x5f5e100',
          '99999999999999999999',
          '1'.repeat(300),
          ' ',
          '١٢٣',
          '1700000000.5',
        ).map((odd) => Buffer.from(odd).toString('latin1')),
      ),
      oddSignature: fc.oneof(
        oneOf('', '0', 'f'.repeat(64), 'F'.repeat(64), 'g'.repeat(64), 'f'.repeat(63), 'f'.repeat(6_000)),
        headerText,
      ),
    }),
  );
}

/** Who signs, and at what time. */
export interface Signer {
  readonly app: App;
  readonly accessToken: string;
  /** Unix time in milliseconds; each request has its own, since an effect comes once with each. */
  readonly time: number;
}

/** The bytes of a request, and whether its end is where its headers say. */
export function requestBytes(request: MalformedRequest, signer: Signer): Buffer {
  const { method, target, body, framing } = request;
  const headers: (readonly [string, string])[] = [['host', 'countersign.test'], ...proofHeaders(request, signer)];
  const own = new Set(request.headers.map(([header]) => header));
  if (body !== undefined && !own.has('content-type')) headers.push(['content-type', 'application/json']);
  headers.push(...request.headers);
  const bytes = Buffer.from(body ?? []);
  if (framing === 'chunked') headers.push(['transfer-encoding', 'chunked']);
  else if (body !== undefined || framing !== 'right')
    headers.push(['content-length', String(lengthOf(bytes, framing))]);
  const head = headers.map(([header, value]) => `${header}: ${value}\r\n`).join('');
  return Buffer.concat([
    Buffer.from(`${method} ${target} HTTP/1.1\r\n${head}\r\n`, 'latin1'),
    framing === 'chunked' ? chunked(bytes) : bytes,
  ]);
}

function lengthOf(bytes: Buffer, framing: Framing): number {
  if (framing === 'too long') return bytes.length + 7;
  return framing === 'too short' ? Math.max(0, bytes.length - 7) : bytes.length;
}

function chunked(bytes: Buffer): Buffer {
  const middle = Math.floor(bytes.length / 2);
  const pieces = [bytes.subarray(0, middle), bytes.subarray(middle)].filter((piece) => piece.length > 0);
  return Buffer.concat([
    ...pieces.flatMap((piece) => [Buffer.from(`${piece.length.toString(16)}\r\n`), piece, Buffer.from('\r\n')]),
    Buffer.from('0\r\n\r\n'),
  ]);
}

function proofHeaders(request: MalformedRequest, { app, accessToken, time }: Signer): (readonly [string, string])[] {
  const { proof, method, target, body, oddTimestamp, oddSignature } = request;
  if (proof === 'unsigned') return [];
  const timestamp = oddTimestamp ?? String(time);
  const path = (target.split('?')[0] ?? '').replace(/^\/partners(?=\/)/, '');
  const bodyHash = ['POST', 'PUT', 'PATCH'].includes(method) ? sha256(body ?? '') : '';
  const right = hmacHex(app.clientSecret, `${method}:${path}:${timestamp}:${bodyHash}`);
  return [
    ['x-client-id', proof === 'unknown client' ? oddSignature : app.clientId],
    ...(proof === 'no timestamp' ? [] : [['x-timestamp', timestamp] as const]),
    ['x-signature', proof === 'wrong signature' ? oddSignature : right],
    ...authorization(proof, accessToken, oddSignature),
  ];
}

function authorization(proof: Proof, accessToken: string, odd: string): (readonly [string, string])[] {
  if (proof === 'no token') return [];
  if (proof === 'wrong token') return [['authorization', `Bearer ${accessToken.toUpperCase()}`]];
  return [['authorization', proof === 'odd authorization' ? odd : `Bearer ${accessToken}`]];
}
