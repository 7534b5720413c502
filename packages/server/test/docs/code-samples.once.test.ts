import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { buildSync } from 'esbuild';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Caller } from '../harness/caller.js';
import { isMissing } from '../harness/is-missing.js';
import { startServer, type TestServer } from '../harness/server.js';

const ROOT = fileURLToPath(new URL('../../../../', import.meta.url));
const PROGRAM = join(ROOT, 'packages/server/bin/countersign.js');

/** Runs the program of this build, and fetches none. */
const NPX = `npx() { shift; "${process.execPath}" "${PROGRAM}" "$@"; }`;

interface Sample {
  readonly page: string;
  readonly heading: string;
  readonly language: 'ts' | 'python' | 'sh';
  /** Programs that it takes beside Node. */
  readonly needs: readonly string[];
  /** The email of the customer that it makes. */
  readonly email: string;
}

const SAMPLES: readonly Sample[] = [
  { page: 'README.md', heading: 'From TypeScript', language: 'ts', needs: [], email: 'ts@acme.example' },
  {
    page: 'docs/signing.md',
    heading: 'TypeScript and JavaScript',
    language: 'ts',
    needs: [],
    email: 'by-hand@acme.example',
  },
  { page: 'docs/signing.md', heading: 'Python', language: 'python', needs: ['python3'], email: 'python@acme.example' },
  {
    page: 'docs/signing.md',
    heading: 'Shell',
    language: 'sh',
    needs: ['curl', 'openssl'],
    email: 'shell@acme.example',
  },
];

let server: TestServer;
let caller: Caller;
beforeAll(async () => {
  server = await startServer();
  caller = await server.createCaller();
});
afterAll(() => server.stop());

describe.each(SAMPLES)('the sample under "$heading" of $page', ({ page, heading, language, needs, email }) => {
  test.skipIf(needs.some(isMissing))('makes a customer', async () => {
    const [sample = ''] = samplesUnder(page, heading, language);
    expect(await run(sample, language)).not.toBe('');
    const found = await caller.get(`/customers/find-by-email?email=${encodeURIComponent(email)}`);
    expect(found.data.customer).toMatchObject({ customer: 'Acme', email });
  });
});

test('the first requests of the README print what it says, and read it back', async () => {
  const [, first = '', second = ''] = samplesUnder('README.md', 'Start', 'sh');
  const [told = ''] = samplesUnder('README.md', 'Start', 'json');
  const created = JSON.parse(await run(first, 'sh'));
  const { status, message, data } = JSON.parse(told);
  const { customer, email } = data.customer;
  expect(created).toMatchObject({ status, message, data: { customer: { customer, email } } });
  const printed = await run(second, 'sh');
  expect(printed).toContain(created.data.customer.uuid);
  expect(printed).toContain('Customers retrieved successfully');
});

/** The blocks of code under a heading, in one language. */
function samplesUnder(page: string, heading: string, language: string): readonly string[] {
  const text = readFileSync(join(ROOT, page), 'utf8');
  const section = text.split(/^## /m).find((part) => part.startsWith(`${heading}\n`)) ?? '';
  return [...section.matchAll(/^```(\w+)\n(.*?)^```$/gms)]
    .filter(([, written]) => written === language)
    .map(([, , sample = '']) => sample);
}

/** Runs a sample as it stands there, with the variables that `countersign dev` prints; gives what it prints. */
async function run(sample: string, language: Sample['language']): Promise<string> {
  const environment = {
    PATH: process.env.PATH,
    COUNTERSIGN_URL: server.url,
    COUNTERSIGN_CLIENT_ID: caller.app.clientId,
    COUNTERSIGN_CLIENT_SECRET: caller.app.clientSecret,
    COUNTERSIGN_ACCESS_TOKEN: caller.accessToken,
  };
  const [command, ...args] = commandOf(sample, language);
  const { stdout } = await promisify(execFile)(command, args, { env: environment, cwd: server.folder });
  return stdout;
}

function commandOf(sample: string, language: Sample['language']): readonly [string, ...string[]] {
  if (language === 'sh') return ['sh', '-c', `${NPX}\n${sample}`];
  if (language === 'python') return ['python3', '-c', sample];
  const outfile = join(server.folder, 'sample.mjs');
  const stdin = { contents: sample, resolveDir: ROOT, loader: 'ts' as const };
  const { outputFiles } = buildSync({ stdin, bundle: true, platform: 'node', format: 'esm', write: false });
  writeFileSync(outfile, outputFiles[0]?.text ?? '');
  return [process.execPath, outfile];
}
