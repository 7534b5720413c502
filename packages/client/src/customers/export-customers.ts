import type { CustomerListQuery } from '@countersign/contract';
import { parseJson } from '../answer.js';
import type { CallOptions } from '../call-options.js';
import type { ClientSettings } from '../client-settings.js';
import { CountersignError } from '../countersign-error.js';
import { queryText } from '../query-text.js';
import { readError } from '../sending/read-error.js';
import { sendAndRead } from '../sending/send-once.js';

/** What is exported, and how it is written; all filters must hold. */
export interface ExportQuery extends Pick<CustomerListQuery, 'search' | 'status' | 'createdSince' | 'updatedSince'> {
  /** `csv` by default. */
  readonly format?: 'csv' | 'jsonl' | undefined;
  /** Whether contacts and metadata have columns of their own, in CSV. */
  readonly flat?: boolean | undefined;
}

/**
 * The bytes of an export, contract §8.
 *
 * @throws {CountersignError} of the answer; `network_error` where it is cut off before its end
 */
export async function* exportCustomers(
  settings: ClientSettings,
  query: ExportQuery,
  { headers = {}, signal }: CallOptions,
): AsyncGenerator<Uint8Array, void> {
  const request = {
    method: 'GET',
    target: `/partners/customers/export${queryText({ ...query })}`,
    headers: [['accept', '*/*'], ...Object.entries(headers)] as const,
    signal,
  };
  const { response, text } = await sendAndRead(settings, request, async (answer) => ({
    response: answer,
    text: answer.status === 200 ? undefined : await answer.text(),
  }));
  const { status, headers: received } = response;
  if (text !== undefined) throw readError({ status, headers: received, text, json: parseJson(text) }, settings.now());
  const reader = response.body?.getReader();
  if (reader === undefined) return;
  try {
    for (;;) {
      signal?.throwIfAborted();
      const { done, value } = await readPiece(reader, settings);
      if (done) return;
      yield value;
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

async function readPiece(reader: ReadableStreamDefaultReader<Uint8Array>, { base }: ClientSettings) {
  try {
    return await reader.read();
  } catch (cause) {
    throw new CountersignError('network_error', `The export from ${base} was cut off before its end.`, { cause });
  }
}
