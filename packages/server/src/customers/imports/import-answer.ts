import { type Import, PartnerError } from '@countersign/contract';
import { type Answer, successAnswer } from '../../partner-api/write/answer.js';
import { parseAuthorText } from '../../storage/author-text.js';
import type { Reader } from '../../storage/storage.js';
import { ActorReader } from '../history/actor-store.js';
import type { StoredImport } from './import-store.js';

/** Imports as they are answered, contract §8. */
export function importsFrom(reader: Reader, stored: readonly StoredImport[]): Promise<Import[]> {
  const actors = new ActorReader(reader);
  return Promise.all(
    stored.map(async ({ uuid, name, status, total, author, createdAt, ...counts }) => ({
      uuid,
      name,
      status,
      total,
      ...counts,
      createdAt: new Date(createdAt).toISOString(),
      actor: await actors.get(parseAuthorText(author)),
    })),
  );
}

/** The answer with one import. @throws PartnerError `import_not_found` */
export async function importAnswer(
  reader: Reader,
  stored: StoredImport | undefined,
  { status = 200, message }: { readonly status?: number; readonly message: string },
): Promise<Answer> {
  if (stored === undefined) throw new PartnerError('import_not_found');
  const [told] = await importsFrom(reader, [stored]);
  return successAnswer(status, { message, json: JSON.stringify({ import: told }) });
}
