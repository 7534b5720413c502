import { createServer as createPlainServer } from 'node:http';
import { createServer } from 'node:https';
import type { SecureVersion, TLSSocket } from 'node:tls';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { type TestCertificate, testCertificate } from '../harness/test-certificate.js';
import { type Listener, listen, openOutside } from './outside-network.js';

const NAMES = { 'hooks.example': ['93.184.216.34'], 'hooks.example.': ['93.184.216.34'] };

/** A receiver with a certificate, and what it saw. */
async function openTlsReceiver(certificate: TestCertificate, version: SecureVersion = 'TLSv1.3') {
  const seen: { servername: unknown; host: string | undefined }[] = [];
  const server = createServer({ ...certificate, minVersion: version, maxVersion: version }, (request, response) => {
    const { servername } = request.socket as TLSSocket & { servername?: unknown };
    seen.push({ servername, host: request.headers.host });
    response.end('received');
  });
  return { listener: await listen(server), seen };
}

/** Sends one delivery, in the mode of production, to a receiver that stands for all public addresses. */
async function send(callbackUrl: string, { port }: Listener, ca?: string) {
  const outside = openOutside();
  outside.route('any', port);
  const sender = outside.sender(NAMES, ca === undefined ? {} : { ca });
  const result = await sender.send({ callbackUrl, headers: { 'content-type': 'application/json' }, body: '{}' });
  return { result, reached: outside.reached };
}

describe('a receiver is sent to', () => {
  test.each(['https://hooks.example/', 'https://HOOKS.example:443/', 'https://hooks.example./'])(
    'by its name, whatever address is connected to: %s',
    async (callbackUrl) => {
      const certificate = await testCertificate({ names: ['hooks.example'] });
      const { listener, seen } = await openTlsReceiver(certificate);
      const { result, reached } = await send(callbackUrl, listener, certificate.cert);
      expect(result).toMatchObject({ statusCode: 200, fault: undefined, answerStart: 'received' });
      expect(seen).toEqual([{ servername: 'hooks.example', host: new URL(callbackUrl).host }]);
      expect(reached).toEqual(['93.184.216.34']);
    },
  );

  test.each([
    ['https://93.184.216.34/', '93.184.216.34'],
    ['https://[2606:4700::1]/', '2606:4700::1'],
  ])('by its address: %s', async (callbackUrl, address) => {
    const certificate = await testCertificate({ addresses: [address] });
    const { listener, seen } = await openTlsReceiver(certificate);
    const { result } = await send(callbackUrl, listener, certificate.cert);
    expect(result).toMatchObject({ statusCode: 200, fault: undefined });
    expect(seen).toEqual([{ servername: false, host: new URL(callbackUrl).host }]);
  });
});

describe('nothing is sent to a receiver', () => {
  test('whose certificate nobody vouches for', async () => {
    const { listener, seen } = await openTlsReceiver(await testCertificate({ names: ['hooks.example'] }));
    const { result } = await send('https://hooks.example/', listener);
    expect(result).toMatchObject({ statusCode: undefined, fault: 'tls_failed' });
    expect(seen).toEqual([]);
  });

  test.each([
    ['another name', { names: ['other.example'] }],
    ['a name one level up', { names: ['example'] }],
    ['the address and not the name', { addresses: ['93.184.216.34'] }],
    ['the address of the listener', { addresses: ['127.0.0.1'], names: ['localhost'] }],
  ])('whose certificate is for %s', async (_, subjects) => {
    const certificate = await testCertificate(subjects);
    const { listener, seen } = await openTlsReceiver(certificate);
    const { result } = await send('https://hooks.example/', listener, certificate.cert);
    expect(result).toMatchObject({ statusCode: undefined, fault: 'tls_failed' });
    expect(seen).toEqual([]);
  });

  test.each(['TLSv1.2', 'TLSv1.3'] as const)(
    'of the wrong name, however often it is tried over %s',
    async (version) => {
      const certificate = await testCertificate({ names: ['other.example'] });
      const { listener, seen } = await openTlsReceiver(certificate, version);
      const outside = openOutside();
      outside.route('any', listener.port);
      const sender = outside.sender(NAMES, { ca: certificate.cert });
      for (let attempt = 1; attempt <= 3; attempt++) {
        const result = await sender.send({ callbackUrl: 'https://hooks.example/', headers: {}, body: '{}' });
        expect(result).toMatchObject({ statusCode: undefined, fault: 'tls_failed' });
        expect(listener.connections).toBe(attempt);
      }
      expect(seen).toEqual([]);
    },
  );

  test('whose certificate has expired', async () => {
    const certificate = await testCertificate({ names: ['hooks.example'] }, { isExpired: true });
    const { listener, seen } = await openTlsReceiver(certificate);
    const { result } = await send('https://hooks.example/', listener, certificate.cert);
    expect(result).toMatchObject({ statusCode: undefined, fault: 'tls_failed' });
    expect(seen).toEqual([]);
  });

  test('that is not vouched for, even where the environment turns verifying off', async () => {
    vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0');
    onTestFinished(() => void vi.unstubAllEnvs());
    const { listener, seen } = await openTlsReceiver(await testCertificate({ names: ['hooks.example'] }));
    const { result } = await send('https://hooks.example/', listener);
    expect(result).toMatchObject({ statusCode: undefined, fault: 'tls_failed' });
    expect(seen).toEqual([]);
  });

  test('that knows no TLS', async () => {
    let requests = 0;
    const listener = await listen(createPlainServer(() => void requests++));
    const { result } = await send('https://hooks.example/', listener);
    expect(result).toMatchObject({ statusCode: undefined, fault: 'tls_failed' });
    expect(requests).toBe(0);
  });
});
