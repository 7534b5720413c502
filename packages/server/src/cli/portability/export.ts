import { createWriteStream } from 'node:fs';
import { rename, rm, stat } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { PartnerError } from '@countersign/contract';
import type { Command } from 'commander';
import { EXPORT_FORMATS, type ExportQuery, parseExportQuery } from '../../customers/export/export-query.js';
import { renderCustomers } from '../../customers/export/render-customers.js';
import { selectionOfFilters } from '../../customers/list/list-filters.js';
import { withoutUndefined } from '../../without-undefined.js';
import { CommandFailure, WrongUsage } from '../command-failure.js';
import { type OutputOptions, printNote, printResult } from '../print.js';
import { REACH_HELP, type ReachOptions, reachTeam, withReachFlags } from './reach-team.js';

interface ExportOptions extends OutputOptions, ReachOptions {
  readonly format?: string;
  readonly flat?: boolean;
  readonly search?: string;
  readonly status?: string;
  readonly createdSince?: string;
  readonly updatedSince?: string;
}

/** `countersign export`, contract §8. */
export function exportCommand(command: Command): Command {
  return withReachFlags(command)
    .description('write the customers of a team to a file or to standard output, all as they are at one moment')
    .argument('[file]', 'the file to write; standard output when left out')
    .option('--format <format>', `${EXPORT_FORMATS.join(' or ')}; by the name of the file when left out, else csv`)
    .option('--flat', 'contacts and metadata in columns of their own (csv)')
    .option('--search <text>', 'only customers that a search finds')
    .option('--status <status>', 'only active or inactive ones')
    .option('--created-since <time>', 'only those created at or after a time (ISO 8601)')
    .option('--updated-since <time>', 'only those changed at or after a time (ISO 8601)')
    .option('--json', 'print one JSON document on what was written; with a file')
    .addHelpText('after', REACH_HELP)
    .action(async (file: string | undefined, options: ExportOptions) => {
      if (file === undefined && options.json === true) throw new WrongUsage('--json goes with a file to write.');
      const query = rawQueryOf(file, options);
      const parsed = parseQueryFlags(query);
      await reachTeam(options, async (reached) => {
        if ('client' in reached) return write(file, reached.client.customers.export(query as object), options);
        const snapshot = await reached.storage.openSnapshot(selectionOfFilters(reached.team.id, parsed.filters));
        try {
          await write(file, renderCustomers(snapshot, parsed), options);
        } finally {
          await snapshot.close();
        }
      });
    });
}

function rawQueryOf(file: string | undefined, options: ExportOptions): Record<string, string> {
  const { search, status, createdSince, updatedSince, flat } = options;
  const format = options.format ?? (file?.endsWith('.jsonl') ? 'jsonl' : 'csv');
  return withoutUndefined({
    format,
    flat: flat === true ? 'true' : undefined,
    search,
    status,
    createdSince,
    updatedSince,
  });
}

// Told before anything is opened, and in the same words as the server has.
function parseQueryFlags(query: Record<string, string>): ExportQuery {
  try {
    return parseExportQuery(query);
  } catch (cause) {
    if (!(cause instanceof PartnerError)) throw cause;
    throw new WrongUsage((cause.errors ?? []).map(({ message }) => message).join(' '), { cause });
  }
}

async function write(
  file: string | undefined,
  pieces: AsyncGenerator<Uint8Array, void>,
  options: OutputOptions,
): Promise<void> {
  if (file === undefined) {
    await pipeline(Readable.from(pieces), process.stdout, { end: false }).catch(passOverClosedPipe);
    return;
  }
  // Half a file never has the name of a whole one.
  const partial = `${file}.part`;
  try {
    await pipeline(Readable.from(pieces), createWriteStream(partial));
    await rename(partial, file);
  } catch (cause) {
    await rm(partial, { force: true });
    if (cause instanceof Error && 'syscall' in cause) throw new CommandFailure(`Cannot write ${file}.`, { cause });
    throw cause;
  }
  const { size } = await stat(file);
  if (options.json === true) printResult({ file, bytes: size }, options);
  else printNote(`${file} is written: ${size} bytes.`);
}

// Whoever reads the first lines alone, as `head` does, has what was asked for.
function passOverClosedPipe(error: unknown): void {
  if (!(error instanceof Error && 'code' in error && error.code === 'EPIPE')) throw error;
}
