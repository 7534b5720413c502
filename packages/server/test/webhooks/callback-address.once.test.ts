import { BlockList } from 'node:net';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DeliveryFailure } from '../../src/webhooks/attempt/delivery-fault.js';
import { type CallbackProblem, checkCallbackUrl } from '../../src/webhooks/subscriptions/callback-address.js';
import { INSIDE_ANSWERS, INSIDE_HOSTS, PUBLIC_HOSTS } from './address-tricks.js';
import { watchConnections } from './outside-network.js';

const NAMES: Readonly<Record<string, readonly string[]>> = {
  'hooks.example': ['93.184.216.34', '2606:4700::1'],
  'xn--bcher-kva.example': ['93.184.216.34'],
  localhost: ['127.0.0.1'],
  'localhost.': ['127.0.0.1'],
  'a.b.localhost': ['127.0.0.1'],
};

/** Checks an address with a resolver that knows {@link NAMES}, and some more. */
async function check(text: string, more: { names?: typeof NAMES; allowPrivate?: boolean; asked?: string[] } = {}) {
  const resolve = async (name: string) => {
    more.asked?.push(name);
    return { ...NAMES, ...more.names }[name] ?? [];
  };
  return await checkCallbackUrl(text, { policy: { allowPrivate: more.allowPrivate ?? false }, resolve });
}

describe('a callback address is taken', () => {
  test.each([
    'https://hooks.example/',
    'https://hooks.example',
    'HTTPS://Hooks.Example/Customers?team=7&kind=a%20b',
    'https://bücher.example/ü',
    'https://hooks.example:443/',
    'https://hooks.example:1024/',
    'https://hooks.example:8443/',
    'https://hooks.example:65535/',
    `https://hooks.example/${'x'.repeat(1_978)}`,
  ])('%s', async (text) => {
    expect(await check(text)).toBeUndefined();
  });

  test.each(PUBLIC_HOSTS)('on the public address %s', async (host) => {
    const asked: string[] = [];
    expect(await check(`https://${host}/`, { asked })).toBeUndefined();
    expect(asked).toEqual([]);
  });

  test('in development on any network, any port and over http, and nothing is looked up', async () => {
    const asked: string[] = [];
    const hosts = [...Object.values(INSIDE_HOSTS).flat(), 'localhost:3000', 'not-there.example', 'hooks.example:22'];
    for (const scheme of ['http', 'https']) {
      for (const host of hosts) {
        expect(await check(`${scheme}://${host}/hook`, { allowPrivate: true, asked }), host).toBeUndefined();
      }
    }
    expect(asked).toEqual([]);
  });
});

describe('a callback address is refused', () => {
  test.each(Object.entries(INSIDE_HOSTS))('on a host of these: %s', async (_, hosts) => {
    watchConnections();
    for (const host of hosts) {
      expect(await check(`https://${host}/hook`), host).toMatchObject({ code: 'address_not_allowed' });
    }
  });

  test.each(Object.entries(INSIDE_ANSWERS))('when its name resolves to %s', async (_, addresses) => {
    const problem = await check('https://mine.example/', { names: { 'mine.example': addresses } });
    expect(problem).toEqual({
      code: 'address_not_allowed',
      message:
        'must be on a host with public addresses only, none of them on private, loopback, link-local or otherwise ' +
        'reserved networks.',
    });
  });

  test('when its name has no address, or cannot be looked up, and no sentence tells more', async () => {
    expect(await check('https://nowhere.example/')).toEqual({
      code: 'host_not_found',
      message: 'must be on a host that can be found: the name has no address.',
    });
    const resolve = () =>
      Promise.reject(new DeliveryFailure('lookup_failed', { cause: new Error('10.0.0.53 is down') }));
    expect(await checkCallbackUrl('https://hooks.example/', { policy: { allowPrivate: false }, resolve })).toEqual({
      code: 'host_not_found',
      message: 'must be on a host that can be found: the name could not be looked up; try again later.',
    });
  });

  test.each<[string, string, CallbackProblem['code']]>([
    ['http://hooks.example/', 'must begin with https://.', 'invalid_url'],
    ['ftp://hooks.example/', 'must begin with https://.', 'invalid_url'],
    ['javascript:alert(1)', 'must begin with https://.', 'invalid_url'],
    ['//hooks.example/', 'must begin with https://.', 'invalid_url'],
    ['https:hooks.example', 'must begin with https://.', 'invalid_url'],
    ['hooks.example', 'must begin with https://.', 'invalid_url'],
    ['', 'must begin with https://.', 'invalid_url'],
    [' https://hooks.example/', 'must begin with https://.', 'invalid_url'],
    ['https://hooks.example/ ', 'must not carry spaces, control characters or backslashes.', 'invalid_url'],
    ['https://hooks.exa\tmple/', 'must not carry spaces, control characters or backslashes.', 'invalid_url'],
    ['https://hooks.example/\r\nx: y', 'must not carry spaces, control characters or backslashes.', 'invalid_url'],
    ['https://hooks.example/\u0000', 'must not carry spaces, control characters or backslashes.', 'invalid_url'],
    ['https://hooks.example\\@127.0.0.1', 'must not carry spaces, control characters or backslashes.', 'invalid_url'],
    [
      'https://a:b@hooks.example/',
      'must not carry a user name or password; receivers verify the signature.',
      'invalid_url',
    ],
    [
      'https://@hooks.example/',
      'must not carry a user name or password; receivers verify the signature.',
      'invalid_url',
    ],
    ['https://hooks.example/#part', 'must not carry a fragment.', 'invalid_url'],
    ['https://hooks.example/#', 'must not carry a fragment.', 'invalid_url'],
    ['https://', 'must be an absolute URL with a valid host.', 'invalid_url'],
    ['https:///hooks.example', 'must be an absolute URL with a valid host.', 'invalid_url'],
    ['https://[::1', 'must be an absolute URL with a valid host.', 'invalid_url'],
    ['https://[fe80::1%25eth0]/', 'must be an absolute URL with a valid host.', 'invalid_url'],
    ['https://1.2.3.4.5/', 'must be an absolute URL with a valid host.', 'invalid_url'],
    ['https://256.1.1.1/', 'must be an absolute URL with a valid host.', 'invalid_url'],
    ['https://hooks.example:99999/', 'must be an absolute URL with a valid host.', 'invalid_url'],
    ['https://hooks.example:22/', 'must be on port 443 or on one from 1024 up.', 'invalid_url'],
    ['https://hooks.example:80/', 'must be on port 443 or on one from 1024 up.', 'invalid_url'],
    ['https://hooks.example:0/', 'must be on port 443 or on one from 1024 up.', 'invalid_url'],
    [`https://hooks.example/${'x'.repeat(1_979)}`, 'must be at most 2000 characters.', 'too_long'],
  ])('and the sentence says why: %j', async (text, message, code) => {
    const asked: string[] = [];
    expect(await check(text, { asked })).toEqual({ code, message });
    expect(asked).toEqual([]);
  });
});

/** Networks that are not for everybody, from the registries of IANA, kept apart from the library that is tested. */
const NOT_PUBLIC_IPV4 = blockList('ipv4', [
  '0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24 192.0.2.0/24',
  '192.31.196.0/24 192.52.193.0/24 192.88.99.0/24 192.168.0.0/16 192.175.48.0/24 198.18.0.0/15 198.51.100.0/24',
  '203.0.113.0/24 224.0.0.0/4 240.0.0.0/4 168.63.129.16/32',
]);
const NOT_PUBLIC_IPV6 = blockList('ipv6', [
  '::/3 4000::/2 8000::/1 2001::/23 2001:db8::/32 2002::/16 3fff::/20 2620:4f:8000::/48',
]);

/** A 32-bit number, most often near the edges of networks. */
const ipv4Number = fc.oneof(
  fc.nat(0xffff_ffff),
  fc
    .tuple(fc.constantFrom(0, 10, 100, 127, 168, 169, 172, 192, 198, 203, 224, 240, 255), fc.nat(0xff_ffff))
    .map(([first, rest]) => first * 0x100_0000 + rest),
);

/** How a part of an address can be written, and what is done with the whole. */
const spelling = fc.record({
  parts: fc.integer({ min: 1, max: 4 }),
  bases: fc.array(fc.constantFrom(8, 10, 16), { minLength: 4, maxLength: 4 }),
  zeros: fc.array(fc.nat(3), { minLength: 4, maxLength: 4 }),
  isUpper: fc.boolean(),
  hasDot: fc.boolean(),
  disguise: fc.constantFrom('none', 'full width', 'percent', 'ideographic dots'),
});

describe('any address, in any spelling', () => {
  test('of IPv4 is taken when it is public, and refused when it is not', async () => {
    await fc.assert(
      fc.asyncProperty(ipv4Number, spelling, async (number, how) => {
        const problem = await check(`https://${spellIpv4(number, how)}/`);
        expect(problem?.code).toBe(NOT_PUBLIC_IPV4.check(dotted(number)) ? 'address_not_allowed' : undefined);
      }),
      { numRuns: 2_000 },
    );
  });

  test('of IPv4 is judged alike when a name resolves to it', async () => {
    await fc.assert(
      fc.asyncProperty(ipv4Number, async (number) => {
        const address = dotted(number);
        const problem = await check('https://mine.example/', { names: { 'mine.example': ['1.1.1.1', address] } });
        expect(problem?.code).toBe(NOT_PUBLIC_IPV4.check(address) ? 'address_not_allowed' : undefined);
      }),
      { numRuns: 500 },
    );
  });

  test('of IPv6 is taken when it is public, and refused when it is not', async () => {
    const first = fc.oneof(
      fc.nat(0xffff),
      fc.constantFrom(0, 0x64, 0x2001, 0x2002, 0x2606, 0x2a00, 0x3fff, 0xfe80, 0xfd00),
    );
    const group = fc.oneof(fc.nat(0xffff), fc.constantFrom(0, 0xff9b, 0xdb8));
    const groups = fc.tuple(first, group, group, group, fc.constantFrom(1, 0xabcd), group, group, group);
    await fc.assert(
      fc.asyncProperty(groups, fc.boolean(), async (parts, isUpper) => {
        const text = parts.map((part) => part.toString(16)).join(':');
        const problem = await check(`https://[${isUpper ? text.toUpperCase() : text}]/`);
        expect(problem?.code).toBe(NOT_PUBLIC_IPV6.check(text, 'ipv6') ? 'address_not_allowed' : undefined);
      }),
      { numRuns: 2_000 },
    );
  });

  test('of IPv6 that carries an IPv4 address is refused, whatever that address is', async () => {
    const prefix = fc.constantFrom(
      '::',
      '::ffff:',
      '::ffff:0:',
      '64:ff9b::',
      '64:ff9b:1::',
      '2606:4700::5efe:',
      '2a00::200:5efe:',
    );
    await fc.assert(
      fc.asyncProperty(prefix, ipv4Number, fc.boolean(), async (before, number, isDotted) => {
        fc.pre(before !== '::' || number > 0xffff);
        const [high, low] = [Math.floor(number / 0x1_0000), number % 0x1_0000];
        const tail = isDotted ? dotted(number) : `${high.toString(16)}:${low.toString(16)}`;
        expect((await check(`https://[${before}${tail}]/`))?.code).toBe('address_not_allowed');
        const behind = `https://[2002:${high.toString(16)}:${low.toString(16)}::1]/`;
        expect((await check(behind))?.code).toBe('address_not_allowed');
      }),
      { numRuns: 500 },
    );
  });
});

function dotted(number: number): string {
  return [24, 16, 8, 0].map((shift) => (number >>> shift) & 0xff).join('.');
}

type Spelling = typeof spelling extends fc.Arbitrary<infer T> ? T : never;

function spellIpv4(number: number, { parts, bases, zeros, isUpper, hasDot, disguise }: Spelling): string {
  const values = Array.from({ length: parts - 1 }, (_, index) => (number >>> (24 - 8 * index)) & 0xff);
  const last = number % 2 ** (32 - 8 * (parts - 1));
  const texts = [...values, last].map((value, index) => {
    const base = bases[index] ?? 10;
    const prefix = { 8: '0', 10: '', 16: '0x' }[base] ?? '';
    return prefix + (base === 10 ? '' : '0'.repeat(zeros[index] ?? 0)) + value.toString(base);
  });
  const text = texts.join('.') + (hasDot ? '.' : '');
  return disguised(isUpper ? text.toUpperCase() : text, disguise);
}

function disguised(text: string, disguise: Spelling['disguise']): string {
  if (disguise === 'ideographic dots') return text.replaceAll('.', '。');
  const change = {
    none: (character: string) => character,
    'full width': (character: string) => String.fromCodePoint(0xfee0 + (character.codePointAt(0) ?? 0)),
    percent: (character: string) => `%${character.charCodeAt(0).toString(16)}`,
  }[disguise];
  return [...text].map(change).join('');
}

function blockList(family: 'ipv4' | 'ipv6', networks: readonly string[]): BlockList {
  const list = new BlockList();
  for (const network of networks.join(' ').split(' ')) {
    const [address = '', bits] = network.split('/');
    list.addSubnet(address, Number(bits), family);
  }
  return list;
}
