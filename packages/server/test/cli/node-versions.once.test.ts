import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { findNodeFault } from '../../src/node-versions.js';
import { expectFailure } from '../harness/expect-failure.js';
import { newMasterKey, runProgram } from '../harness/program.js';

test.each([
  ['18.20.8', /the newest of 20 or 22 or 24/],
  ['20.19.0', /20\.20\.2 or newer/],
  ['20.20.1', /20\.20\.2 or newer/],
  ['20.20.2', undefined],
  ['20.21.0', undefined],
  ['21.7.3', /the newest of 22 or 24/],
  ['22.22.1', /22\.22\.2 or newer/],
  ['22.22.2', undefined],
  ['22.23.0', undefined],
  ['23.11.1', /the newest of 24/],
  ['24.4.1', /24\.14\.1 or newer/],
  ['24.14.0', /24\.14\.1 or newer/],
  ['24.14.1', undefined],
  ['25.8.1', /25\.8\.2 or newer/],
  ['25.8.2', undefined],
  ['26.0.0', undefined],
  ['30.1.0', undefined],
])('Node.js %s', (version, remedy) => {
  if (remedy === undefined) expect(findNodeFault(version)).toBeUndefined();
  else expect(findNodeFault(version)).toMatch(remedy);
});

test('the versions that are served on are those that package.json allows', async () => {
  for (const file of ['../../package.json', '../../../../package.json']) {
    const { engines } = JSON.parse(await readFile(new URL(file, import.meta.url), 'utf8'));
    expect(engines.node).toBe('^20.20.2 || ^22.22.2 || ^24.14.1 || >=25.8.2');
  }
  expect(findNodeFault(process.versions.node)).toBeUndefined();
});

describe('on a version with a known hole', () => {
  const old = 'Object.defineProperty(process,"versions",{value:{...process.versions,node:"20.19.0"}})';
  const environment = {
    NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(old)}`,
    COUNTERSIGN_MASTER_KEY: newMasterKey(),
  };

  test.each(['serve', 'dev', 'deliver'])('%s does not start, and names the one to take', async (command) => {
    expectFailure(await runProgram([command], { environment }), /Node\.js 20\.19\.0 .* take 20\.20\.2 or newer/);
  });
});
