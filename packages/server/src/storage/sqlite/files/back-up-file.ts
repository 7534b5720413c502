import { existsSync } from 'node:fs';
import { type CopiedFile, type CopyPaths, FileExists, placeNewFile, withCopiedFile } from './copied-file.js';

/**
 * Backs a database up into one file, while a server may be writing to it: everything answered before this began is in it,
 * and nothing by halves. Only its owner may read the file. The search index is left out; a server makes it anew.
 *
 * @throws StorageUnusable with one sentence for the operator; then there is no file
 */
export function backUpFile(paths: CopyPaths): CopiedFile {
  if (existsSync(paths.to)) throw new FileExists(paths.to);
  return withCopiedFile(paths, (copy, facts) => {
    placeNewFile(copy, paths.to);
    return facts;
  });
}
