import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { examineCertificate } from '../../src/doctor/examine-certificate.js';
import { clockFinding } from '../../src/doctor/finding.js';
import { makeTemporaryFolder, removeFolder } from '../harness/program.js';
import { testCertificate } from '../harness/test-certificate.js';

let folder: string;
beforeAll(() => {
  folder = makeTemporaryFolder();
});
afterAll(() => removeFolder(folder));

test.each([
  [0, 'ok'],
  [1_500, 'ok'],
  [-1_500, 'ok'],
  [10_000, 'warning'],
  [-10_000, 'warning'],
  [200_000, 'problem'],
  [-200_000, 'problem'],
])('a clock that is %d ms ahead', (aheadMs, status) => {
  const now = Date.now();
  expect(clockFinding('the database', { before: now, there: now + aheadMs, after: now + 5 })).toMatchObject({ status });
});

test('certificates are told of before they end, and when they have', async () => {
  const file = join(folder, 'x.pem');
  const statusOf = (text: string) => {
    writeFileSync(file, text);
    return examineCertificate('sslrootcert', file).status;
  };
  const ended = await testCertificate({ names: ['db.example'] }, { isExpired: true });
  const soon = await testCertificate({ names: ['db.example'] });
  expect(statusOf(soon.cert)).toBe('warning');
  expect(statusOf(`${soon.cert}\n${ended.cert}`)).toBe('problem');
  expect(statusOf('nothing')).toBe('problem');
  expect(examineCertificate('sslcert', join(folder, 'none.pem')).status).toBe('problem');
});
