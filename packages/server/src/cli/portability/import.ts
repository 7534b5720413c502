import { createHash } from 'node:crypto';
import type { Encoding } from '@countersign/tabular';
import { type Command, Option } from 'commander';
import { WrongUsage } from '../command-failure.js';
import { cellText, type OutputOptions, printNote, printResult } from '../print.js';
import { clientTarget } from './client-target.js';
import { type ImportCounts, ImportJournal } from './import-journal.js';
import { openImportProgress } from './import-progress.js';
import { checkRows, type ImportWork, importRows, type RejectedRow } from './import-rows.js';
import { ImportSource } from './import-source.js';
import type { ImportRules } from './import-target.js';
import { operatorTarget } from './operator-target.js';
import { REACH_HELP, type ReachOptions, reachTeam, withReachFlags } from './reach-team.js';

interface ImportFlags extends OutputOptions, ReachOptions {
  readonly map?: string;
  readonly saveMap?: string;
  readonly by?: ImportRules['by'];
  readonly onExisting: ImportRules['onExisting'];
  readonly dryRun?: boolean;
  readonly check: boolean;
  readonly encoding?: Encoding;
  readonly delimiter?: string;
  readonly sheet?: string;
  readonly headerRow?: string;
}

/** `countersign import`, contract §8. */
export function importCommand(command: Command): Command {
  return withReachFlags(command)
    .description('import customers from CSV, TSV, XLSX or JSON Lines; run again, it goes on where it was')
    .argument('<file>', 'the file; gzip too')
    .option('--map <file>', 'a mapping of columns to fields, as --save-map writes it')
    .option('--save-map <file>', 'write the mapping that is used')
    .addOption(new Option('--by <field>', 'what a customer is known by').choices(['email', 'externalId']))
    .addOption(
      new Option('--on-existing <what>', 'what becomes of rows about customers that are there')
        .choices(['update', 'skip', 'fail'])
        .default('update'),
    )
    .option('--dry-run', 'tell what would happen, and write nothing')
    .option('--no-check', 'write without having looked at the whole file')
    .option('--encoding <name>', 'of text, such as windows-1252')
    .option('--delimiter <character>', 'of CSV')
    .option('--sheet <name>', 'of a workbook: its name, or its number from 1')
    .option('--header-row <line>', 'line of the header; 0 when there is none')
    .option('--json', 'print one JSON document')
    .addHelpText('after', REACH_HELP + IMPORT_HELP)
    .action(async (file: string, flags: ImportFlags) => {
      const source = await ImportSource.open({ file, ...sourceFlags(flags) });
      const rules = { by: flags.by ?? keyOf(source), onExisting: flags.onExisting };
      tellSource(source);
      await reachTeam(flags, async (reached) => {
        const target = 'client' in reached ? clientTarget(reached, rules) : operatorTarget(reached, rules);
        const progress = openImportProgress(process.stderr, source.bytes);
        try {
          await run({ source, target, rules, progress }, flags);
        } finally {
          progress.stop();
        }
      });
    });
}

const IMPORT_HELP = `
Every row is checked first; then all that are good are written, as one import that can be undone. Rows that are not go to
FILE.rejected.csv with the reason in the last column: mend them there, and import that file. FILE.import keeps how far the import
is until it has ended. Exit status 1 when a row was rejected.
`;

function sourceFlags({ map, saveMap, encoding, delimiter, sheet, headerRow }: ImportFlags) {
  if (headerRow !== undefined && !/^\d{1,6}$/.test(headerRow)) throw new WrongUsage('--header-row must be a number.');
  return {
    map,
    saveMap,
    encoding,
    delimiter,
    sheet: sheet !== undefined && /^\d{1,4}$/.test(sheet) ? Number(sheet) : sheet,
    headerRow: headerRow === undefined ? undefined : Number(headerRow),
  };
}

function keyOf({ mapping }: ImportSource): ImportRules['by'] {
  const has = (name: string) => mapping.columns.some(({ field }) => field === name);
  return !has('email') && !mapping.fill.includes('email') && has('externalId') ? 'externalId' : 'email';
}

/** Faults that are shown of a file; all of them are in the file of rejected rows. */
const SHOWN_FAULTS = 10;

async function run(work: ImportWork, flags: ImportFlags): Promise<void> {
  const { source, target, rules, progress } = work;
  const hash = createHash('sha256')
    .update(JSON.stringify([await source.hash(), rules, target.place]))
    .digest('hex');
  const journal = new ImportJournal(source.file, hash);
  const kept = flags.dryRun === true ? undefined : journal.read();
  const before = kept !== undefined && (await target.isRunning(kept.importUuid)) ? kept : undefined;
  if (before !== undefined) printNote(`Going on behind row ${before.doneRows}, where it was interrupted.`);
  const faults: RejectedRow[] = [];
  const isChecked = flags.dryRun === true || (flags.check && before === undefined);
  const checked = isChecked
    ? await checkRows(work, (fault) => {
        if (faults.length < SHOWN_FAULTS) faults.push(fault);
      })
    : undefined;
  progress.stop();
  if (checked !== undefined) printNote(`Checked: ${sentenceOf(checked)}.`);
  for (const { row, reason } of faults) printNote(`  line ${row.line}: ${cellText(reason)}`);
  if (flags.dryRun === true) return report(source, { dryRun: true, ...checkedCounts(checked) }, flags);
  const total = checked === undefined ? null : Object.values(checked).reduce((sum, count) => sum + count, 0);
  const { importUuid, counts, rejectedFile = null } = await importRows(work, journal, { before, total });
  progress.stop();
  report(source, { import: importUuid, ...counts, rejectedFile }, flags);
  if (counts.failed > 0) printNote(`${counts.failed} rows are in ${rejectedFile}, each with its reason.`);
}

function checkedCounts(checked: ImportCounts | undefined): ImportCounts {
  if (checked === undefined) throw new Error('a dry run has no counts');
  return checked;
}

function report(
  source: ImportSource,
  outcome: ImportCounts & { readonly [field: string]: string | number | boolean | null },
  flags: ImportFlags,
): void {
  if (outcome.failed > 0) process.exitCode = 1;
  const { found, mapping, file } = source;
  printResult({ file, ...(flags.json === true && { found, mapping }), ...outcome }, flags);
}

function tellSource({ file, found, mapping, missing }: ImportSource): void {
  const { format, delimiter, encoding, sheet, headerRow, headerSureness } = found;
  const details = [
    delimiter === undefined ? undefined : `delimiter ${JSON.stringify(delimiter)}`,
    encoding,
    sheet === undefined ? undefined : `sheet ${sheet}`,
    headerRow === 0 ? 'no header' : `header in line ${headerRow} (${headerSureness})`,
  ].filter((detail) => detail !== undefined);
  const system = mapping.system === undefined ? '' : `, as ${mapping.system} exports it`;
  printNote(`${file}: ${format}${system}, ${details.join(', ')}.`);
  for (const { column, field, how } of mapping.columns) {
    printNote(`  ${cellText(column)} → ${field ?? 'passed over'}${how === 'exact' ? '' : ` (by ${how})`}`);
  }
  if (mapping.unmapped.length > 0) printNote(`  not imported: ${mapping.unmapped.map(cellText).join(', ')}`);
  if (missing.length > 0) printNote(`  not in the file: ${missing.map(cellText).join(', ')}`);
}

function sentenceOf({ created, updated, unchanged, skipped, failed }: ImportCounts): string {
  return `${created} would be created, ${updated} updated, ${unchanged} unchanged, ${skipped} skipped, ${failed} rejected`;
}
