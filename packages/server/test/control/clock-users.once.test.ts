import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

/** What measures the machine and not the server's time: programs for people, connections, leases that are prolonged. */
const MACHINE_TIME = [
  /^cli\//,
  /^clock\.ts$/,
  /^audit\/audit-store\.ts$/,
  /^control\/control-actions\.ts$/,
  /^doctor\//,
  /(?:^|\/)examine-[^/]+\.ts$/,
  /^http\//,
  /^storage\/(?:postgres|transfer)\//,
  /^storage\/sqlite\/files\/migrate-sqlite\.ts$/,
  /^webhooks\/delivery\/(?:delivery-engine|in-flight)\.ts$/,
];

test('whoever asks for the time asks the clock that tests move', () => {
  const root = fileURLToPath(new URL('../../src/', import.meta.url));
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
  expect(files.length).toBeGreaterThan(100);
  const askers = files.filter((file) => /\bDate\.now\(|\bnew Date\(\)/.test(readFileSync(`${root}${file}`, 'utf8')));
  expect(askers.filter((file) => !MACHINE_TIME.some((place) => place.test(file)))).toEqual([]);
});
