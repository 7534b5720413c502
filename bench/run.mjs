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
import { compareStages } from './comparison.mjs';
import { findGenerator } from './load.mjs';
import { describeMachine } from './machine.mjs';
import { parseOptions, USAGE, UsageError } from './options.mjs';
import { postgresEngine } from './postgres-engine.mjs';
import { say } from './progress.mjs';
import { formatReport, summarizeStage } from './report.mjs';
import { closeConnections } from './signed-requests.mjs';
import { sqliteEngine } from './sqlite-engine.mjs';
import { closeStage, measureBulkRound, measureRound, measureWebhookRound, openStage } from './stage.mjs';
import { stageName } from './stage-name.mjs';

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
  const engine = await openEngine(options, temp);
  const stopListening = stopOnSignals(temp, engine);
  try {
    const startedAt = new Date().toISOString();
    const machine = describeMachine(temp);
    const floor = await startFloor();
    const stages = await measureStages({ options, engine, generator, floor, temp });
    const { postgresUrl, ...shown } = options;
    const { name, description, isDurable } = engine;
    const about = { startedAt, machine, generator, options: shown, engine: { name, description, isDurable } };
    writeResult({ ...about, ...summarize(stages) });
  } finally {
    closeConnections();
    await stopAllChildren();
    await engine.close();
    rmSync(temp, { recursive: true, force: true });
    stopListening();
  }
}

async function openEngine({ engine, postgresUrl }, temp) {
  return engine === 'postgres' ? await postgresEngine({ url: postgresUrl }) : sqliteEngine({ temp });
}

/** Every number of customers under every number of processes; their rounds take turns. */
async function measureStages(context) {
  const { levels, processes, rounds, parts } = context.options;
  const places = levels.flatMap((preloaded) => processes.map((count) => ({ preloaded, processes: count })));
  const stages = [];
  for (const place of places) stages.push(await openStage(context, place));
  for (let round = 1; round <= rounds; round++) for (const stage of stages) await measureRound(stage, round);
  if (parts.includes('bulk')) {
    for (let round = 1; round <= rounds; round++) for (const stage of stages) await measureBulkRound(stage, round);
  }
  if (parts.includes('webhooks')) {
    for (let round = 1; round <= rounds; round++) for (const stage of stages) await measureWebhookRound(stage, round);
  }
  const closed = [];
  for (const stage of stages) closed.push(await closeStage(stage));
  return closed;
}

function summarize(stages) {
  const [base, ...others] = stages;
  const comparisons = others.map((stage) => ({
    of: stageName(stage),
    with: stageName(base),
    rows: compareStages(stage, base),
  }));
  return { stages: stages.map(summarizeStage), comparisons };
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

/** On Ctrl-C and the like: no child, no database and no temporary file stays behind. */
function stopOnSignals(temp, engine) {
  const stop = async (signal) => {
    say(`stopped by ${signal}`);
    await killAllChildren();
    await engine.close();
    rmSync(temp, { recursive: true, force: true });
    process.exit(signal === 'SIGINT' ? 130 : 143);
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  for (const signal of signals) process.once(signal, stop);
  return () => {
    for (const signal of signals) process.off(signal, stop);
  };
}
