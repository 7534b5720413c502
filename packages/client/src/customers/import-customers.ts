import type { BulkResult, CustomerInput } from '@countersign/contract';
import { callEndpoint } from '../call-endpoint.js';
import type { CallOptions } from '../call-options.js';
import type { ClientSettings } from '../client-settings.js';
import { createImportsApi } from '../imports/imports-api.js';

/** How rows are imported. */
export interface ImportOptions extends CallOptions {
  /** What an existing customer is known by; `email` by default. */
  readonly by?: 'email' | 'externalId' | undefined;
  /** Name of the import, for people. */
  readonly name?: string | undefined;
  /** An import that was begun before, and is still running; then it is not finished here. */
  readonly importUuid?: string | undefined;
}

/** What became of a row. */
export type ImportedRow = BulkResult & {
  /** The row's place among all, from 0; `index` is the one in its request. */
  readonly row: number;
  readonly importUuid: string;
};

/** Most rows of a request. */
const MOST_ROWS = 100;
/** Characters of JSON beyond which a request takes no further row. */
const MOST_CHARACTERS = 250_000;

/**
 * Imports rows as one import, contract §8. Each request has a key of its own by its place, so that one whose answer was lost is
 * not done twice.
 *
 * @throws {CountersignError} of a request that failed as a whole
 */
export async function* importCustomers(
  settings: ClientSettings,
  rows: Iterable<Partial<CustomerInput>> | AsyncIterable<Partial<CustomerInput>>,
  { by = 'email', name = 'Import', importUuid, ...options }: ImportOptions,
): AsyncGenerator<ImportedRow, void> {
  const imports = createImportsApi(settings);
  const uuid = importUuid ?? (await imports.create({ name }, options)).data.uuid;
  let row = 0;
  for await (const customers of chunksOf(rows)) {
    const { data } = await callEndpoint<{ readonly results: BulkResult[] }>(
      settings,
      { method: 'PUT', path: '/customers/bulk', body: { by, customers } },
      { ...options, headers: { ...options.headers, 'x-import-id': uuid }, idempotencyKey: `import-${uuid}-${row}` },
    );
    for (const result of data.results) yield { ...result, row: row + result.index, importUuid: uuid };
    row += customers.length;
  }
  if (importUuid === undefined) await imports.finish(uuid, options);
}

async function* chunksOf<T>(rows: Iterable<T> | AsyncIterable<T>): AsyncGenerator<T[], void> {
  let chunk: T[] = [];
  let characters = 0;
  for await (const row of rows) {
    const length = JSON.stringify(row).length;
    if (chunk.length === MOST_ROWS || (chunk.length > 0 && characters + length > MOST_CHARACTERS)) {
      yield chunk;
      chunk = [];
      characters = 0;
    }
    chunk.push(row);
    characters += length;
  }
  if (chunk.length > 0) yield chunk;
}
