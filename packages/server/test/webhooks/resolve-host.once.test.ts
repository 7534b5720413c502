import { createSocket } from 'node:dgram';
import { type Answer, decode, encode } from 'dns-packet';
import { describe, expect, onTestFinished, test } from 'vitest';
import { DeliveryFailure } from '../../src/webhooks/attempt/delivery-fault.js';
import { hostResolver } from '../../src/webhooks/attempt/resolve-host.js';
import { expectInTime, floorOf, timeOf } from '../harness/in-time.js';

type Reply = { readonly answers?: Answer[]; readonly code?: number } | 'silence';

/** A DNS server on loopback that says of a name and a type what it is told, and that all else isn't there. */
async function openDnsServer(replies: Readonly<Record<string, Reply>>) {
  const asked: string[] = [];
  const socket = createSocket('udp4');
  socket.on('message', (message, { port, address }) => {
    const { id = 0, questions = [] } = decode(message);
    const question = `${questions[0]?.type} ${questions[0]?.name}`;
    asked.push(question);
    const reply = replies[question] ?? { code: 3 };
    if (reply === 'silence') return;
    const { answers = [], code = 0 } = reply;
    socket.send(encode({ type: 'response', id, flags: 0x8180 | code, questions, answers }), port, address);
  });
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  onTestFinished(() => void socket.close());
  const servers = [`127.0.0.1:${socket.address().port}`];
  return { asked, resolve: hostResolver({ allowPrivate: false, servers }) };
}

const a = (name: string, data: string): Answer => ({ type: 'A', name, data, ttl: 60 });
const aaaa = (name: string, data: string): Answer => ({ type: 'AAAA', name, data, ttl: 60 });

describe('a resolver', () => {
  test('gives every address of a name, of both kinds', async () => {
    const name = 'hooks.example';
    const { resolve } = await openDnsServer({
      [`A ${name}`]: { answers: [a(name, '93.184.216.34'), a(name, '10.0.0.5')] },
      [`AAAA ${name}`]: { answers: [aaaa(name, '2606:4700::1'), aaaa(name, 'fd00::1')] },
    });
    const addresses = await resolve(name);
    expect([...addresses].sort()).toEqual(['10.0.0.5', '2606:4700::1', '93.184.216.34', 'fd00::1']);
  });

  test('follows an alias to where it leads', async () => {
    const { resolve } = await openDnsServer({
      'A alias.example': {
        answers: [
          { type: 'CNAME', name: 'alias.example', data: 'inside.example', ttl: 60 },
          a('inside.example', '169.254.169.254'),
        ],
      },
    });
    expect(await resolve('alias.example')).toEqual(['169.254.169.254']);
  });

  test('gives the addresses of one kind where the other is not there, or cannot be asked for', async () => {
    const { resolve } = await openDnsServer({
      'A four.example': { answers: [a('four.example', '93.184.216.34')] },
      'AAAA four.example': { code: 2 },
      'AAAA six.example': { answers: [aaaa('six.example', '2606:4700::1')] },
    });
    expect(await resolve('four.example')).toEqual(['93.184.216.34']);
    expect(await resolve('six.example')).toEqual(['2606:4700::1']);
  });

  test('gives nothing for a name that is not there, or has no address', async () => {
    const { resolve } = await openDnsServer({ 'A bare.example': {}, 'AAAA bare.example': {} });
    expect(await resolve('nowhere.example')).toEqual([]);
    expect(await resolve('bare.example')).toEqual([]);
  });

  test('fails in time when it gets no answer, and at once when the server cannot say', async () => {
    const { resolve } = await openDnsServer({
      'A silent.example': 'silence',
      'AAAA silent.example': 'silence',
      'A broken.example': { code: 2 },
      'AAAA broken.example': { code: 2 },
    });
    const floorMs = await floorOf(() => resolve('nowhere.example'));
    const tookMs = await timeOf(() => expect(resolve('silent.example')).rejects.toThrow(DeliveryFailure));
    expectInTime(tookMs, { limitMs: 8_000, floorMs });
    await expect(resolve('broken.example')).rejects.toMatchObject({ fault: 'lookup_failed' });
  });

  test('asks anew each time', async () => {
    const { asked, resolve } = await openDnsServer({ 'A hooks.example': { answers: [a('hooks.example', '1.1.1.1')] } });
    for (let time = 0; time < 3; time++) expect(await resolve('hooks.example')).toEqual(['1.1.1.1']);
    expect(asked.filter((question) => question === 'A hooks.example').length).toBe(3);
  });

  test.each(['localhost', 'localhost.', 'a.b.localhost'])('asks nobody for %s', async (name) => {
    const { asked, resolve } = await openDnsServer({});
    const outcomes = [resolve(name), hostResolver({ allowPrivate: true })(name)];
    expect(await Promise.all(outcomes)).toEqual([
      ['127.0.0.1', '::1'],
      ['127.0.0.1', '::1'],
    ]);
    expect(asked).toEqual([]);
  });
});
