import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const EXAMPLES = fileURLToPath(new URL('../../../examples/testing/', import.meta.url));
const PROGRAM = fileURLToPath(new URL('../../server/bin/countersign.js', import.meta.url));
const run = promisify(execFile);

test("the example for Node's own test runner finds the doubled order, and passes with a key", async () => {
  const { stdout } = await run(process.execPath, ['--test', '--test-reporter=tap', 'node-test.test.mjs'], {
    cwd: EXAMPLES,
  });
  expect(stdout).toMatch(/^# pass 2$/m);
});

test('the example in Python finds the doubled order, and passes with a key', async () => {
  const { stderr } = await run('python3', ['-B', '-m', 'unittest', 'lost_answer_test.py'], {
    cwd: EXAMPLES,
    env: { ...process.env, COUNTERSIGN: `${process.execPath} ${PROGRAM}` },
  });
  expect(stderr).toMatch(/^Ran 2 tests[\s\S]*^OK$/m);
});
