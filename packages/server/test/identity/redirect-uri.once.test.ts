import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { findRedirectUriFault, isRegisteredRedirectUri } from '../../src/identity/apps/redirect-uri.js';

const GOOD = [
  'https://app.example',
  'https://app.example/',
  'https://app.example/callback',
  'https://App.Example/Callback',
  'https://app.example:8443/callback',
  'https://app.example:443/callback',
  'https://app.example:65535/callback',
  'https://a_b.app.example/callback',
  'https://xn--bcher-kva.example/callback',
  'https://203.0.113.7/callback',
  'https://[2001:db8::1]:8443/callback',
  'https://app.example//callback//',
  'https://app.example/a.b/..c/d../...',
  "https://app.example/~me/(a)/!$&'+,;=:@/",
  'https://app.example/%C3%BC/%20x',
  'http://127.0.0.1',
  'http://127.0.0.1/callback',
  'http://127.0.0.1:49152/callback',
  'http://127.0.0.1:80/callback',
  'http://localhost/callback',
  'http://localhost:3000/',
  'http://[::1]/callback',
  'http://[::1]:1/callback',
  `https://app.example/${'a'.repeat(1_980)}`,
];

const SCHEME = /begin with https/;
const LOOPBACK = /loopback host/;
const CHARACTERS = /spaces, control characters/;
const USER = /user name/;
const HOST = /name a host/;
const PORT = /port from 1 to 65535/;
const PATH = /spell its path/;
const SPELLING = /spell its host/;

const BAD: readonly (readonly [string, RegExp])[] = [
  ['', SCHEME],
  ['/callback', SCHEME],
  ['//app.example/callback', SCHEME],
  ['app.example/callback', SCHEME],
  ['https', SCHEME],
  ['https:', SCHEME],
  ['https:app.example', SCHEME],
  ['https:/app.example', SCHEME],
  ['HTTPS://app.example/callback', SCHEME],
  ['Http://127.0.0.1/callback', SCHEME],
  ['javascript:alert(1)', SCHEME],
  ['javascript://app.example/%0Aalert(1)', SCHEME],
  ['JavaScript:alert(1)', SCHEME],
  ['data:text/html,x', SCHEME],
  ['vbscript:x', SCHEME],
  ['blob:https://app.example/x', SCHEME],
  ['file:///etc/passwd', SCHEME],
  ['ftp://app.example/callback', SCHEME],
  ['ws://app.example/callback', SCHEME],
  ['com.example.app:/callback', SCHEME],
  ['com.example.app://callback', SCHEME],
  ['myapp://callback', SCHEME],
  ['urn:ietf:wg:oauth:2.0:oob', SCHEME],
  ['view-source:https://app.example/', SCHEME],

  ['https://', HOST],
  ['https:///', HOST],
  ['https:///app.example/callback', HOST],
  ['https:////app.example', HOST],
  ['https://:443/callback', HOST],
  ['https://.', HOST],
  ['https://.app.example/', HOST],
  ['https://app.example./', HOST],
  ['https://-app.example/', HOST],
  ['https://[]/callback', HOST],
  ['https://[::1/callback', HOST],
  ['https://::1/callback', HOST],
  ['https://app%2eexample/callback', HOST],
  ['https://app.example%2f@evil.example/', USER],
  ['https://a,b/callback', HOST],
  ['https://a;b/callback', HOST],
  ['https://[::g]/callback', HOST],
  ['https://[1]/callback', /absolute URL/],
  ['https://xn--a/callback', /absolute URL/],
  ['https://256.1.1.1/callback', /absolute URL/],
  ['https://127.1/callback', SPELLING],
  ['https://0x7f000001/callback', SPELLING],
  ['https://2130706433/callback', SPELLING],
  ['https://[0:0:0:0:0:0:0:1]/callback', SPELLING],

  ['http://app.example/callback', LOOPBACK],
  ['http://127.0.0.1.evil.example/callback', LOOPBACK],
  ['http://localhost.evil.example/callback', LOOPBACK],
  ['http://evil.localhost/callback', LOOPBACK],
  ['http://localhost.localdomain/callback', LOOPBACK],
  ['http://localhost-evil.example/callback', LOOPBACK],
  ['http://localhost./callback', HOST],
  ['http://127.0.0.1./callback', HOST],
  ['http://LOCALHOST/callback', LOOPBACK],
  ['http://Localhost/callback', LOOPBACK],
  ['http://127.1/callback', LOOPBACK],
  ['http://127.0.1/callback', LOOPBACK],
  ['http://127.0.0.01/callback', LOOPBACK],
  ['http://127.00.00.01/callback', LOOPBACK],
  ['http://0177.0.0.1/callback', LOOPBACK],
  ['http://0x7f.0.0.1/callback', LOOPBACK],
  ['http://0x7f000001/callback', LOOPBACK],
  ['http://2130706433/callback', LOOPBACK],
  ['http://017700000001/callback', LOOPBACK],
  ['http://127.0.0.2/callback', LOOPBACK],
  ['http://0.0.0.0/callback', LOOPBACK],
  ['http://0/callback', LOOPBACK],
  ['http://[::]/callback', LOOPBACK],
  ['http://[0:0:0:0:0:0:0:1]/callback', LOOPBACK],
  ['http://[::0001]/callback', LOOPBACK],
  ['http://[::ffff:127.0.0.1]/callback', LOOPBACK],
  ['http://[::1%25lo]/callback', HOST],
  ['http://%6cocalhost/callback', HOST],
  ['http://10.0.0.1/callback', LOOPBACK],

  ['https://user@app.example/callback', USER],
  ['https://user:pass@app.example/callback', USER],
  ['https://@app.example/callback', USER],
  ['https://:@app.example/callback', USER],
  ['https://:pass@app.example/callback', USER],
  ['https://a@b@app.example/callback', USER],
  ['https://app.example:443@evil.example/', USER],
  ['http://127.0.0.1@evil.example/callback', USER],
  ['http://127.0.0.1:80@evil.example/callback', USER],
  ['http://evil.example@127.0.0.1/callback', USER],

  ['https://app.example:/callback', PORT],
  ['https://app.example:0/callback', PORT],
  ['https://app.example:65536/callback', PORT],
  ['https://app.example:99999/callback', PORT],
  ['https://app.example:123456/callback', PORT],
  ['https://app.example:0443/callback', PORT],
  ['https://app.example:-1/callback', PORT],
  ['https://app.example:8a/callback', PORT],
  ['https://app.example:80:80/callback', PORT],
  ['http://localhost:/callback', PORT],
  ['http://127.0.0.1:0/callback', PORT],
  ['http://[::1]:65536/callback', PORT],

  ['https://app.example?', /query/],
  ['https://app.example/callback?', /query/],
  ['https://app.example/callback?a=b', /query/],
  ['https://evil.example?.app.example/', /query/],
  ['https://app.example/callback#', /fragment/],
  ['https://app.example/callback#a', /fragment/],
  ['https://evil.example#.app.example/', /fragment/],

  ['https://*/callback', /wildcard/],
  ['https://*.app.example/callback', /wildcard/],
  ['https://app.example/*', /wildcard/],
  ['http://127.0.0.1:*/callback', /wildcard/],
  ['*', /wildcard/],

  ['https://app.example/./callback', PATH],
  ['https://app.example/.', PATH],
  ['https://app.example/..', PATH],
  ['https://app.example/a/../callback', PATH],
  ['https://app.example/%2e%2e/callback', PATH],
  ['https://app.example/a/.%2E/callback', PATH],
  ['https://app.example/a/%2e', PATH],

  ['https://app.example/%', /percent sign/],
  ['https://app.example/%2', /percent sign/],
  ['https://app.example/%zz', /percent sign/],

  [' https://app.example/callback', CHARACTERS],
  ['https://app.example/callback ', CHARACTERS],
  ['https://app.example/call back', CHARACTERS],
  ['https://app.example/callback\n', CHARACTERS],
  ['https://app.example/call\r\nback', CHARACTERS],
  ['https://app.example/call\tback', CHARACTERS],
  ['ht\ntps://app.example/callback', CHARACTERS],
  ['java\tscript:alert(1)', CHARACTERS],
  ['https://app.example/\0', CHARACTERS],
  ['https://app.example/\u007f', CHARACTERS],
  ['\u0001https://app.example/', CHARACTERS],
  ['https://bücher.example/callback', CHARACTERS],
  ['https://app.example/ü', CHARACTERS],
  ['https://app.example/\u00a0', CHARACTERS],
  ['https://app.example/\u2028', CHARACTERS],
  ['https://app.example/\u202e', CHARACTERS],
  ['https://аpp.example/callback', CHARACTERS],
  ['http://①②⑦.0.0.1/callback', CHARACTERS],
  ['http://localhos\u017f/callback', CHARACTERS],
  ['https://app.example\uff0fcallback', CHARACTERS],
  ['https://app.example/\ud800', CHARACTERS],
  ['https:\\\\app.example\\callback', CHARACTERS],
  ['https://app.example\\callback', CHARACTERS],
  ['https://app.example\\@evil.example/', CHARACTERS],
  ['http://127.0.0.1\\.evil.example/', CHARACTERS],
  ['https://app.example/"onload=x', CHARACTERS],
  ['https://app.example/<script>', CHARACTERS],
  ['https://app.example/{a}', CHARACTERS],
  ['https://app.example/a|b', CHARACTERS],
  ['https://app.example/a^b', CHARACTERS],
  ['https://app.example/`', CHARACTERS],

  [`https://app.example/${'a'.repeat(1_981)}`, /2000 characters/],
];

/** A change of one character: any put anywhere, or one taken away. */
const edit = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  text: fc.oneof(
    fc.string({ maxLength: 3 }),
    fc.string({ unit: 'binary', maxLength: 2 }),
    fc.constantFrom('@', '\\', '.', '..', '/', '//', ':', '?', '#', '*', '%2e', '%00', '\t', '\n', ' ', '。', '\u200b'),
  ),
  removed: fc.nat(2),
});

const edited = fc
  .tuple(fc.constantFrom(...GOOD, ...BAD.map(([uri]) => uri)), fc.array(edit, { maxLength: 3 }))
  .map(([uri, edits]) =>
    edits.reduce((text, { at, text: inserted, removed }) => {
      const index = Math.floor(at * text.length);
      return text.slice(0, index) + inserted + text.slice(index + removed);
    }, uri),
  );

const anyUri = fc.oneof(
  edited,
  fc.webUrl(),
  fc.webUrl({ withFragments: true, withQueryParameters: true }),
  fc.string(),
);

const loopbackHost = fc.constantFrom('127.0.0.1', '[::1]', 'localhost');
const port = fc.integer({ min: 1, max: 65_535 });
const path = fc
  .array(fc.stringMatching(/^[A-Za-z0-9_~-]{1,8}$/), { maxLength: 4 })
  .map((segments) => segments.map((segment) => `/${segment}`).join(''));
const loopbacks = fc.record({ host: loopbackHost, other: loopbackHost, one: port, two: port, here: path, there: path });

describe('a redirect URI', () => {
  test.each(GOOD)('may be %s', (uri) => {
    expect(findRedirectUriFault(uri)).toBeUndefined();
  });

  test.each(BAD)('may not be %j', (uri, fault) => {
    expect(findRedirectUriFault(uri)).toMatch(fault);
    expect(isRegisteredRedirectUri([uri], uri)).toBe(false);
  });

  test('that is taken leads a browser exactly where its text says', () => {
    fc.assert(
      fc.property(anyUri, (text) => {
        if (findRedirectUriFault(text) !== undefined) return;
        expect(text).toMatch(/^[\x21-\x7e]{1,2000}$/);
        const { protocol, username, password, hostname, pathname, search, hash } = new URL(text);
        const [, host] = /^https?:\/\/(\[[^\]]*\]|[^:/]+)(?::\d+)?(?:\/|$)/.exec(text) ?? [];
        expect([username, password, search, hash]).toEqual(['', '', '', '']);
        expect(hostname).toBe(host?.toLowerCase());
        expect(text.endsWith(pathname) || pathname === '/').toBe(true);
        expect(text).not.toContain('*');
        if (protocol === 'http:') expect(['127.0.0.1', '[::1]', 'localhost']).toContain(host);
        else expect(protocol).toBe('https:');
      }),
      { numRuns: 5_000 },
    );
  });

  test('that a browser reads otherwise than plain http or https is never taken', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[A-Za-z][A-Za-z0-9+.-]{0,12}$/), fc.string(), (scheme, rest) => {
        fc.pre(!['https', 'http'].includes(scheme));
        expect(findRedirectUriFault(`${scheme}:${rest}`)).toBeDefined();
        expect(findRedirectUriFault(`${scheme}://app.example/`)).toBeDefined();
      }),
    );
  });

  test('of any text at all gets an answer', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(['string', 'undefined']).toContain(typeof findRedirectUriFault(text));
      }),
    );
  });
});

describe('people are sent back to', () => {
  test.each([
    ['https://app.example/callback', 'https://app.example/callback'],
    ['https://app.example', 'https://app.example'],
    ['http://127.0.0.1/callback', 'http://127.0.0.1/callback'],
    ['http://127.0.0.1/callback', 'http://127.0.0.1:49152/callback'],
    ['http://127.0.0.1:3000/callback', 'http://127.0.0.1:49152/callback'],
    ['http://127.0.0.1:3000/callback', 'http://127.0.0.1/callback'],
    ['http://[::1]/callback', 'http://[::1]:49152/callback'],
    ['http://localhost:3000/', 'http://localhost:3001/'],
    ['http://localhost', 'http://localhost:3001'],
  ])('with %s registered, %s', (registered, given) => {
    expect(isRegisteredRedirectUri([registered], given)).toBe(true);
    expect(isRegisteredRedirectUri(['https://other.example/', registered], given)).toBe(true);
    expect(isRegisteredRedirectUri([], given)).toBe(false);
  });

  test.each([
    ['https://app.example/callback', 'https://app.example/callback/'],
    ['https://app.example/callback', 'https://app.example/callback/more'],
    ['https://app.example/callback', 'https://app.example/'],
    ['https://app.example/callback', 'https://app.example/Callback'],
    ['https://app.example/callback', 'https://App.example/callback'],
    ['https://app.example/callback', 'https://app.example:443/callback'],
    ['https://app.example/callback', 'https://app.example:8443/callback'],
    ['https://app.example/callback', 'http://app.example/callback'],
    ['https://app.example/callback', 'https://app.example.evil.example/callback'],
    ['https://app.example/callback', 'https://evil.app.example/callback'],
    ['https://app.example/callback', 'https://app.example/callback?a=b'],
    ['https://app.example/callback', 'https://app.example/callback#a'],
    ['https://app.example/callback', 'https://app.example/%63allback'],
    ['https://app.example/callback', 'https://app.example/x/../callback'],
    ['https://app.example/callback', 'https://user@app.example/callback'],
    ['https://app.example/callback', ' https://app.example/callback'],
    ['https://app.example/callback', ''],
    ['https://app.example', 'https://app.example/'],
    ['https://127.0.0.1/callback', 'https://127.0.0.1:8443/callback'],
    ['https://localhost/callback', 'http://localhost/callback'],
    ['http://127.0.0.1/callback', 'https://127.0.0.1/callback'],
    ['http://127.0.0.1/callback', 'http://localhost/callback'],
    ['http://127.0.0.1/callback', 'http://[::1]/callback'],
    ['http://127.0.0.1/callback', 'http://127.0.0.1:49152/other'],
    ['http://127.0.0.1/callback', 'http://127.0.0.1:49152/callback/'],
    ['http://127.0.0.1', 'http://127.0.0.1:49152/'],
    ['http://127.0.0.1/callback', 'http://127.0.0.1:0/callback'],
    ['http://127.0.0.1/callback', 'http://127.0.0.1:65536/callback'],
    ['http://127.0.0.1/callback', 'http://127.0.0.1:/callback'],
    ['http://127.0.0.1/callback', 'http://127.1/callback'],
    ['http://127.0.0.1/callback', 'http://127.0.0.1:80@evil.example/callback'],
    ['http://127.0.0.1/callback', 'http://127.0.0.1:49152/callback?a=b'],
    ['http://localhost/callback', 'http://LOCALHOST/callback'],
    ['http://localhost/callback', 'http://localhost.evil.example/callback'],
  ])('with %s registered, never %s', (registered, given) => {
    expect(isRegisteredRedirectUri([registered], given)).toBe(false);
  });

  test('the very text that was registered, where that is a good one', () => {
    fc.assert(
      fc.property(anyUri, (uri) => {
        expect(isRegisteredRedirectUri([uri], uri)).toBe(findRedirectUriFault(uri) === undefined);
      }),
    );
  });

  test('any port of a loopback host under the same path, and no other host', () => {
    fc.assert(
      fc.property(loopbacks, ({ host, other, one, two, here, there }) => {
        const registered = [`http://${host}:${one}${here}`];
        const isSame = host === other && here === there;
        expect(isRegisteredRedirectUri(registered, `http://${host}:${two}${here}`)).toBe(true);
        expect(isRegisteredRedirectUri(registered, `http://${host}${here}`)).toBe(true);
        expect(isRegisteredRedirectUri(registered, `http://${other}:${two}${there}`)).toBe(isSame);
        expect(isRegisteredRedirectUri(registered, `https://${host}:${two}${here}`)).toBe(false);
      }),
    );
  });

  test('nothing that is neither a registered text nor on a loopback host', () => {
    fc.assert(
      fc.property(fc.array(anyUri, { maxLength: 4 }), anyUri, (registered, given) => {
        if (registered.includes(given) || !isRegisteredRedirectUri(registered, given)) return;
        expect(given).toMatch(/^http:\/\/(127\.0\.0\.1|\[::1\]|localhost)(:\d+)?(\/|$)/);
      }),
      { numRuns: 2_000 },
    );
  });
});
