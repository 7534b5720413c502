import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { buildSync } from 'esbuild';
import { describe, expect, onTestFinished, test } from 'vitest';
import vectors from '../../../../docs/webhook-vectors.json' with { type: 'json' };
import { deliveryHeaders } from '../../src/webhooks/attempt/delivery-signature.js';
import { createDeliverySender } from '../../src/webhooks/attempt/send-delivery.js';
import { isMissing } from '../harness/is-missing.js';

const ROOT = fileURLToPath(new URL('../../../../', import.meta.url));
const GUIDE = readFileSync(join(ROOT, 'docs/webhooks.md'), 'utf8');

const secret = 'whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD';
const nextSecret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const id = '0d5f2a86-3c1b-4e7a-9a54-6f1f6f2b8c10';
const body = JSON.stringify({ id, event: 'customer.created', data: { customer: 'Zoë 株式会社 🧾' } });

interface Receiver {
  readonly name: string;
  /** The program that it takes beside Node. */
  readonly needs?: string;
  /** Command and arguments that run the guide's code as it stands there. */
  prepare(folder: string): readonly string[];
}

const RECEIVERS: readonly Receiver[] = [
  ...['TypeScript, with the client package', 'TypeScript, by hand'].map((name) => ({
    name,
    prepare(folder: string) {
      const outfile = join(folder, 'receiver.mjs');
      const stdin = { contents: blockUnder(name), resolveDir: ROOT, loader: 'ts' as const };
      buildSync({ stdin, outfile, bundle: true, platform: 'node', format: 'esm', logLevel: 'silent' });
      return [process.execPath, outfile];
    },
  })),
  {
    name: 'Python',
    needs: 'python3',
    prepare: (folder) => ['python3', written(join(folder, 'receiver.py'), blockUnder('Python'))],
  },
  {
    name: 'Go',
    needs: 'go',
    prepare(folder) {
      const binary = join(folder, 'receiver');
      execFileSync('go', ['build', '-o', binary, written(join(folder, 'receiver.go'), blockUnder('Go'))]);
      return [binary];
    },
  },
];

describe.each(RECEIVERS)('the receiver of the guide in $name', ({ prepare, needs }) => {
  test.skipIf(needs !== undefined && isMissing(needs))('takes what is sent to it, and nothing else', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'webhook-receiver-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const { port, lines } = await start(prepare(folder));
    const answer = await openSender(port);
    const nowMs = Date.now();
    const signed = (secrets: readonly string[], sentAtMs = nowMs) =>
      deliveryHeaders({ id, event: 'customer.created', body, sentAtMs, secrets });

    expect(await answer(signed([secret]))).toBe(204);
    expect(await answer(signed([nextSecret, secret]))).toBe(204);
    expect(await answer(signed([secret, 'whsec_AAAAAAAAAAAAAAAAAAAAAAAA']))).toBe(204);
    await expect.poll(() => lines.filter((line) => line.includes('customer.created')).length).toBe(3);

    expect(await answer(signed(['whsec_AAAAAAAAAAAAAAAAAAAAAAAA']))).toBe(400);
    expect(await answer(signed([]))).toBe(400);
    expect(await answer(signed([secret], nowMs - 310_000))).toBe(400);
    expect(await answer(signed([secret], nowMs + 310_000))).toBe(400);
    expect(await answer({ ...signed([secret]), 'webhook-id': 'another' })).toBe(400);
    expect(await answer({ ...signed([secret]), 'webhook-timestamp': '' })).toBe(400);
    expect(await answer({ ...signed([secret]), 'webhook-timestamp': 'now' })).toBe(400);
    expect(await answer({ ...signed([secret]), 'webhook-signature': 'v1,' })).toBe(400);
    expect(await answer(signed([secret]), body.replace('created', 'deleted'))).toBe(400);
    expect(await answer(signed([secret]), JSON.stringify(JSON.parse(body), null, 1))).toBe(400);
    expect(lines.filter((line) => line.includes('customer.')).length).toBe(3);
  });
});

test('the guide has a receiver in each language', () => {
  expect(RECEIVERS.map(({ name }) => blockUnder(name).length > 500)).toEqual([true, true, true, true]);
});

test('the shell of the guide prints what the guide says, which are the first known answers', () => {
  const section = GUIDE.slice(GUIDE.indexOf('### Check your own code'));
  const [, shell = '', printed = ''] = /```sh\n(.*?)```\n\n```\n(.*?)```/s.exec(section) ?? [];
  const [first] = vectors;
  expect(`v1,${printed.split('\n')[0]}`).toBe(first?.webhookSignature);
  expect(`sha256=${printed.split('\n')[1]}`).toBe(first?.xWebhookSignature);
  expect(execFileSync('sh', ['-c', shell], { encoding: 'utf8' })).toBe(printed);
});

/** The first block of code under a heading. */
function blockUnder(heading: string): string {
  const section = GUIDE.slice(GUIDE.indexOf(`### ${heading}\n`));
  return /```\w+\n(.*?)```/s.exec(section)?.[1] ?? '';
}

function written(file: string, text: string): string {
  writeFileSync(file, text);
  return file;
}

/** Starts a receiver that knows two secrets, and waits until it says where. */
async function start([command = '', ...args]: readonly string[]) {
  const environment = { ...process.env, WEBHOOK_SECRET: `${secret} ${nextSecret}`, PORT: '0' };
  const child = spawn(command, args, { env: environment, stdio: ['ignore', 'pipe', 'ignore'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  const lines: string[] = [];
  const port = await new Promise<number>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`the receiver ended with ${code}`)));
    createInterface({ input: child.stdout }).on('line', (line) => {
      lines.push(line);
      const [, found] = /^waiting on.* port:? (\d+)/.exec(line) ?? [];
      if (found !== undefined) resolve(Number(found));
    });
  });
  return { port, lines };
}

/** Sends as the product does; gives the status of the answer. */
async function openSender(port: number) {
  const sender = createDeliverySender({ policy: { allowPrivate: true } });
  onTestFinished(() => sender.close());
  return async (headers: Record<string, string>, sent = body) => {
    const callbackUrl = `http://127.0.0.1:${port}/hook`;
    return (await sender.send({ callbackUrl, headers, body: sent })).statusCode;
  };
}
