import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createMember, type Member } from '../harness/authorization.js';
import { uniqueEmail } from '../harness/customers.js';
import { startServer, type TestServer } from '../harness/server.js';
import { hiddenFields, type PageAnswer, webPerson } from '../harness/web-person.js';

// Requests come from addresses of the test's choice, since wrong passwords are counted by address too.
let server: TestServer;
let member: Member;

beforeAll(async () => {
  server = await startServer({ environment: { COUNTERSIGN_TRUSTED_PROXIES: '127.0.0.1' } });
  member = await createMember(server, [await server.createTeam()]);
});
afterAll(() => server.stop());

interface Guess {
  readonly email: string;
  readonly password: string;
  readonly address: string;
}

async function guesser(): Promise<(guess: Guess) => Promise<PageAnswer>> {
  const person = webPerson(server.url);
  const fields = hiddenFields((await person.get('/sign-in')).text, '/sign-in');
  const cookie = [...person.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  return async ({ email, password, address }) => {
    const answer = await fetch(`${server.url}/sign-in`, {
      method: 'POST',
      redirect: 'manual',
      headers: { cookie, 'x-forwarded-for': address },
      body: new URLSearchParams({ ...fields, email, password }),
    });
    const location = answer.headers.get('location') ?? '';
    return { status: answer.status, headers: answer.headers, text: await answer.text(), location };
  };
}

function failures(): Promise<number> {
  const args = ['audit', 'list', '--event', 'user.sign_in_failed', '--limit', '1000'];
  return server.make<{ entries: unknown[] }>(args).then(({ entries }) => entries.length);
}

describe('guessing passwords', () => {
  test('of one account, a thousand at once from as many addresses, looks at ten and no more', async () => {
    const guess = await guesser();
    const victim = await createMember(server, [await server.createTeam()]);
    const before = await failures();
    const answers = await Promise.all(
      Array.from({ length: 1_000 }, (_, index) =>
        guess({ email: victim.email, password: `guess ${index}`, address: `10.0.${index >> 8}.${index & 255}` }),
      ),
    );
    const looked = answers.filter(({ status }) => status === 400).length;
    expect(looked).toBeGreaterThanOrEqual(10);
    // The first one to wait is let through as well.
    expect(looked).toBeLessThanOrEqual(11);
    expect(answers.filter(({ status }) => status === 429).length).toBe(1_000 - looked);
    expect((await failures()) - before).toBe(looked);
    const refused = answers.find(({ status }) => status === 429);
    expect(Number(refused?.headers.get('retry-after'))).toBeGreaterThan(0);
    const other = await guess({ ...member, address: '10.9.9.9' });
    expect(other.status).toBe(303);
  });

  test('of an account that is not there waits as long', async () => {
    const guess = await guesser();
    const email = uniqueEmail();
    const statuses: number[] = [];
    for (let index = 0; index < 13; index++) {
      statuses.push((await guess({ email, password: 'guess', address: `10.1.0.${index}` })).status);
    }
    expect(statuses).toEqual([...Array<number>(11).fill(400), 429, 429]);
  });

  test('in other spellings of the email is the same account', async () => {
    const guess = await guesser();
    const email = uniqueEmail();
    const spellings = [email, email.toUpperCase(), ` ${email}`, `${email} `];
    const statuses: number[] = [];
    for (let index = 0; index < 13; index++) {
      const spelling = spellings[index % spellings.length] ?? email;
      statuses.push((await guess({ email: spelling, password: 'guess', address: `10.2.0.${index}` })).status);
    }
    expect(statuses.slice(-2)).toEqual([429, 429]);
  });

  test('of many accounts from one address, or one network of IPv6, is slowed too', async () => {
    const guess = await guesser();
    for (const addressOf of [() => '10.3.0.1', (index: number) => `2001:db8:1:2::${index.toString(16)}`]) {
      const answers: number[] = [];
      for (let index = 0; index < 32; index++) {
        answers.push((await guess({ email: uniqueEmail(), password: 'guess', address: addressOf(index) })).status);
      }
      expect(answers.filter((status) => status === 400).length).toBe(30);
      expect(answers.at(-1)).toBe(429);
    }
  });

  test('tells nothing about which accounts exist: same answer, same time', async () => {
    const guess = await guesser();
    const times: Record<'known' | 'unknown', number[]> = { known: [], unknown: [] };
    const texts: Record<'known' | 'unknown', Set<string>> = { known: new Set(), unknown: new Set() };
    const members: Member[] = [];
    for (let count = 0; count < 2; count++) members.push(await createMember(server, [await server.createTeam()]));
    for (let index = 0; index < 16; index++) {
      for (const kind of ['known', 'unknown'] as const) {
        const email = kind === 'known' ? (members[index % 2]?.email ?? '') : uniqueEmail();
        const start = performance.now();
        const answer = await guess({ email, password: 'wrong one', address: `10.4.${index}.1` });
        times[kind].push(performance.now() - start);
        texts[kind].add(
          `${answer.status} ${answer.text.replaceAll(email, 'EMAIL').replaceAll(/name="_csrf" value="[^"]*"/g, '')}`,
        );
      }
    }
    const median = (values: number[]) => values.sort((a, b) => a - b)[values.length >> 1] ?? 0;
    expect(texts.known).toEqual(texts.unknown);
    const ratio = median(times.known) / median(times.unknown);
    expect(ratio).toBeGreaterThan(0.5);
    expect(ratio).toBeLessThan(2);
  });
});
