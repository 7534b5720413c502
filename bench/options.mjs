/** Reads the command line of the benchmark. */
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const DEFAULT_PROGRAM = fileURLToPath(new URL('../packages/server/bin/countersign.js', import.meta.url));

/** Longest measured run in seconds: all requests are signed before it and must stay inside the server's ±300 s. */
const MAX_SECONDS = 60;

/** Where the server of --engine postgres is, unless it is said. */
const DEFAULT_POSTGRES_URL = 'postgres://postgres@127.0.0.1:5432/postgres';

/** Text printed for --help. */
export const USAGE = `Usage: npm run bench -- [options]

Measures the built server over the wire against a bare Node.js HTTP server in the same run.

  --engine NAME       sqlite or postgres (default sqlite)
  --postgres-url URL  a PostgreSQL on which databases may be made and dropped (default: TEST_POSTGRES_URL, else
                      ${DEFAULT_POSTGRES_URL})
  --processes N,…     server processes on the same database, postgres only; several numbers are compared (default 1)
  --preload N,…       measure at 0 and at N preloaded customers; several numbers are compared (default 0: only the
                      empty start)
  --skip-empty        measure only at N preloaded customers
  --keep DIR          keep the largest preloaded database in DIR and start from a copy of it next time
  --rounds N          repetitions, of which the median counts (default 3)
  --seconds S         length of each floor, create and find run, 1 to ${MAX_SECONDS} (default 8)
  --list-seconds S    length of each list, search and bulk run, 1 to ${MAX_SECONDS} (default 4)
  --generator NAME    wrk or autocannon (default: wrk when it is on the PATH)
  --only NAMES        comma-separated parts of create,find,list,search,records,bulk,webhooks (default all)
  --temp DIR          where databases and request files are made (default: the system's temporary folder)
  --program FILE      the program to start (default packages/server/bin/countersign.js)
  --json              print the results as one JSON document on standard output, the table on standard error
  --help              print this text
`;

/** The parts of a stage that can be chosen with --only. */
const PARTS = ['create', 'find', 'list', 'search', 'records', 'bulk', 'webhooks'];

const MAX_PRELOAD = 100_000_000;
const MAX_PROCESSES = 32;

const OPTIONS = {
  engine: { type: 'string', default: 'sqlite' },
  'postgres-url': { type: 'string' },
  processes: { type: 'string', default: '1' },
  preload: { type: 'string', default: '0' },
  'skip-empty': { type: 'boolean', default: false },
  keep: { type: 'string' },
  rounds: { type: 'string', default: '3' },
  seconds: { type: 'string', default: '8' },
  'list-seconds': { type: 'string', default: '4' },
  generator: { type: 'string' },
  only: { type: 'string', default: PARTS.join(',') },
  temp: { type: 'string' },
  program: { type: 'string', default: DEFAULT_PROGRAM },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
};

/** A mistake on the command line; ends the benchmark with exit status 2. */
export class UsageError extends Error {}

/**
 * The benchmark's options, checked.
 *
 * @param {string[]} args the command line after the script's name
 * @throws {UsageError} when an option is unknown or out of range
 */
export function parseOptions(args) {
  const values = parseValues(args);
  const preload = integers(values.preload, '--preload', { min: 0, max: MAX_PRELOAD });
  const isPreloaded = preload.some((level) => level > 0);
  if (values.keep !== undefined && !isPreloaded) throw new UsageError('--keep needs --preload N with N above 0.');
  if (values['skip-empty'] && !isPreloaded) throw new UsageError('--skip-empty needs --preload N with N above 0.');
  const engine = choice(values.engine, '--engine', ['sqlite', 'postgres']);
  const processes = integers(values.processes, '--processes', { min: 1, max: MAX_PROCESSES });
  if (engine === 'sqlite' && processes.some((count) => count > 1)) {
    throw new UsageError('--processes needs --engine postgres: one process serves a SQLite database.');
  }
  return Object.freeze({
    engine,
    postgresUrl: postgresUrl(values['postgres-url'] ?? (process.env.TEST_POSTGRES_URL || DEFAULT_POSTGRES_URL)),
    processes,
    levels: levels(preload, { skipEmpty: values['skip-empty'] }),
    keep: values.keep,
    rounds: integer(values.rounds, '--rounds', { min: 1, max: 100 }),
    seconds: integer(values.seconds, '--seconds', { min: 1, max: MAX_SECONDS }),
    listSeconds: integer(values['list-seconds'], '--list-seconds', { min: 1, max: MAX_SECONDS }),
    generator: choice(values.generator, '--generator', ['wrk', 'autocannon']),
    parts: values.only.split(',').map((part) => choice(part, '--only', PARTS)),
    temp: values.temp,
    program: values.program,
    json: values.json,
    help: values.help,
    preloadConnections: Math.max(4, Math.min(16, 2 * availableParallelism())),
  });
}

function parseValues(args) {
  try {
    return parseArgs({ args, options: OPTIONS, strict: true }).values;
  } catch (error) {
    throw new UsageError(error.message);
  }
}

function integer(text, name, { min, max }) {
  const value = Number(text);
  if (!Number.isInteger(value) || value < min || value > max) {
    throw new UsageError(`${name} must be a whole number from ${min} to ${max}.`);
  }
  return value;
}

function integers(text, name, range) {
  const values = text.split(',').map((part) => integer(part, name, range));
  return [...new Set(values)].sort((a, b) => a - b);
}

function levels(preload, { skipEmpty }) {
  const filled = preload.filter((level) => level > 0);
  return skipEmpty ? filled : [0, ...filled];
}

function postgresUrl(text) {
  if (URL.canParse(text) && /^postgres(ql)?:$/.test(new URL(text).protocol)) return text;
  throw new UsageError('--postgres-url must be postgres:// with a host and a database.');
}

function choice(text, name, allowed) {
  if (text !== undefined && !allowed.includes(text)) throw new UsageError(`${name} must be ${allowed.join(' or ')}.`);
  return text;
}
