/** Turns measured runs into medians, a table and a JSON document. */
import { stageName } from './stage-name.mjs';

const MEBIBYTE = 1024 * 1024;

/** The middle value; the mean of the two middle ones of an even number. @param {number[]} values */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/**
 * A stage with the median of each of its rows over the rounds, and the rounds themselves.
 *
 * @param {Awaited<ReturnType<import('./stage.mjs').closeStage>>} stage
 */
export function summarizeStage({ runs, ...stage }) {
  return { ...stage, rows: [...runs.values()].map(summarizeRow) };
}

/**
 * The whole result as people read it.
 *
 * @param {{ startedAt: string, machine: object, generator: object, options: object, engine: object, stages: object[],
 *   comparisons: object[] }} result
 */
export function formatReport({ startedAt, machine, generator, options, engine, stages, comparisons }) {
  const { cpu, cores, node, system, memoryBytes } = machine;
  return [
    `Countersign benchmark, ${startedAt}`,
    `${cpu}, ${cores} cores, ${Math.round(memoryBytes / MEBIBYTE / 1024)} GiB, ${system}, Node ${node}`,
    `${engine.description}${engine.isDurable ? '' : ' (NOT DURABLE: its settings promise nothing after a crash)'}`,
    `Load generator ${generator.name} ${generator.version}; medians of ${options.rounds} rounds`,
    `Disk sync ${machine.diskSyncMs.toFixed(2)} ms${machine.isMemoryDisk ? ' (IN MEMORY: nothing here is durable)' : ''}`,
    ...stages.flatMap(formatStage),
    ...comparisons.flatMap(formatComparison),
    '',
  ].join('\n');
}

function summarizeRow(rounds) {
  const [{ name, connections, rowsPerRequest }] = rounds;
  const middle = (read) => {
    const values = rounds.map(read).filter((value) => value !== undefined);
    return values.length === 0 ? undefined : median(values);
  };
  const requestsPerSecond = middle((run) => run.requestsPerSecond);
  return {
    name,
    connections,
    requestsPerSecond,
    rowsPerSecond: rowsPerRequest === undefined ? undefined : requestsPerSecond * rowsPerRequest,
    p50Ms: middle((run) => run.p50Ms),
    p99Ms: middle((run) => run.p99Ms),
    floorShare: middle((run) => run.floorShare),
    pgbenchShare: middle((run) => run.pgbenchShare),
    noneShare: middle((run) => run.noneShare),
    serverCores: middle((run) => run.serverCores),
    databaseCores: middle((run) => run.databaseCores),
    generatorCores: middle((run) => run.generatorCores),
    customers: middle((run) => run.customers),
    rounds,
  };
}

function formatStage(stage) {
  const { preload, rows, peakMemoryBytes, customersAtEnd, databaseBytes, notes } = stage;
  const lines = ['', `## ${stageName(stage)}`, ''];
  if (preload !== undefined) {
    const { seconds, rowsPerSecond, connections } = preload;
    lines.push(`Preload: ${number(preload.rows)} rows in ${Math.round(seconds)} s, ${number(rowsPerSecond)} rows/s`);
    lines.push(`over ${connections} connections, peak memory ${mebibytes(preload.peakMemoryBytes)}`, '');
  }
  lines.push(...formatTable(rows), '');
  lines.push(`Peak memory of the server ${mebibytes(peakMemoryBytes)}; ${number(customersAtEnd)} customers and`);
  lines.push(`${mebibytes(databaseBytes)} of database at the end.`);
  return [...lines, ...notes.map((note) => `Note: ${note}`)];
}

/** Columns of a stage's table; those that no row has anything for are left out. */
const COLUMNS = [
  ['', (row) => row.name],
  ['conn.', (row) => String(row.connections)],
  ['requests/s', (row) => number(row.requestsPerSecond)],
  ['of floor', (row) => row.floorShare.toFixed(3)],
  ['of pgbench', (row) => row.pgbenchShare?.toFixed(3)],
  ['of no webhooks', (row) => row.noneShare?.toFixed(3)],
  ['p50 ms', (row) => row.p50Ms?.toFixed(2)],
  ['p99 ms', (row) => row.p99Ms?.toFixed(2)],
  ['rows/s', (row) => (row.rowsPerSecond === undefined ? undefined : number(row.rowsPerSecond))],
  ['server cores', (row) => row.serverCores?.toFixed(2)],
  ['database cores', (row) => row.databaseCores?.toFixed(2)],
  ['load cores', (row) => row.generatorCores?.toFixed(2)],
];

const COMPARISON_COLUMNS = [
  ['', (row) => row.name],
  ['speed', (row) => `× ${row.speed.toFixed(2)}`],
  ['time', (row) => `× ${row.time.toFixed(2)}`],
];

function formatComparison({ of, with: base, rows }) {
  return ['', `## ${of}, beside ${base}`, '', ...formatTable(rows, COMPARISON_COLUMNS)];
}

function formatTable(rows, columns = COLUMNS) {
  const filled = columns.filter(([, read]) => rows.some((row) => read(row) !== undefined));
  const cells = rows.map((row) => filled.map(([, read]) => read(row) ?? ''));
  const widths = filled.map(([title], column) => Math.max(title.length, ...cells.map((line) => line[column].length)));
  const format = (line) => {
    const padded = line.map((cell, column) => (column === 0 ? cell.padEnd(widths[0]) : cell.padStart(widths[column])));
    return `| ${padded.join(' | ')} |`;
  };
  const rule = widths.map((width, column) => (column === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`));
  return [format(filled.map(([title]) => title)), format(rule), ...cells.map(format)];
}

function number(value) {
  return value < 100 && !Number.isInteger(value) ? value.toFixed(1) : Math.round(value).toLocaleString('en-US');
}

function mebibytes(bytes) {
  return bytes === undefined ? 'unknown' : `${number(Math.round(bytes / MEBIBYTE))} MiB`;
}
