/**
 * Measures the built server over the wire, beside the least that a Node.js server can do, in the same run.
 *
 * Usage: npm run bench -- [options]; see --help and docs/bench.md.
 */
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { killAllChildren, startChild, stopAllChildren, waitForAddress } from './children.mjs';
import { findGenerator } from './load.mjs';
import { describeMachine } from './machine.mjs';
import { parseOptions, USAGE, UsageError } from './options.mjs';
import { say } from './progress.mjs';
import { formatReport, summarizeStage } from './report.mjs';
import { closeConnections } from './signed-requests.mjs';
import { measureStage } from './stage.mjs';

const FLOOR_SERVER = fileURLToPath(new URL('./floor-server.mjs', import.meta.url));
const RESULTS = fileURLToPath(new URL('./results/', import.meta.url));

process.exitCode = await main(process.argv.slice(2));

async function main(args) {
  try {
    const options = parseOptions(args);
    if (options.help) {
      process.stdout.write(USAGE);
      return 0;
    }
    await runBenchmark(options);
    return 0;
  } catch (error) {
    say(error instanceof UsageError ? `${error.message}\n\n${USAGE}` : `The benchmark failed. ${error.message}`);
    return error instanceof UsageError ? 2 : 1;
  }
}

async function runBenchmark(options) {
  if (!existsSync(options.program)) throw new Error(`There is no ${options.program}; run npm run build first.`);
  const generator = findGenerator(options.generator);
  const temp = mkdtempSync(join(options.temp ?? tmpdir(), 'countersign-bench-'));
  const stopListening = stopOnSignals(temp);
  try {
    const startedAt = new Date().toISOString();
    const machine = describeMachine(temp);
    const floor = await startFloor();
    const stages = [];
    for (const level of options.levels) {
      stages.push(summarizeStage(await measureStage({ options, generator, floor, temp }, level)));
    }
    writeResult({ startedAt, machine, generator, options, stages });
  } finally {
    closeConnections();
    await stopAllChildren();
    rmSync(temp, { recursive: true, force: true });
    stopListening();
  }
}

async function startFloor() {
  const child = startChild(process.execPath, [FLOOR_SERVER], { name: 'floor server' });
  return { url: await waitForAddress(child), pid: child.process.pid };
}

function writeResult(result) {
  mkdirSync(RESULTS, { recursive: true });
  const file = join(RESULTS, `${result.startedAt.replaceAll(/[:.]/g, '-')}.json`);
  const document = `${JSON.stringify(result, undefined, 2)}\n`;
  writeFileSync(file, document);
  if (result.options.json) {
    process.stdout.write(document);
    say(formatReport(result));
  } else {
    process.stdout.write(`${formatReport(result)}\n`);
  }
  say(`results: ${relative(process.cwd(), file)}`);
}

/** On Ctrl-C and the like: no child and no temporary file stays behind. */
function stopOnSignals(temp) {
  const stop = async (signal) => {
    say(`stopped by ${signal}`);
    await killAllChildren();
    rmSync(temp, { recursive: true, force: true });
    process.exit(signal === 'SIGINT' ? 130 : 143);
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  for (const signal of signals) process.once(signal, stop);
  return () => {
    for (const signal of signals) process.off(signal, stop);
  };
}
