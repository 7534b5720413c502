import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const FOLDER = fileURLToPath(new URL('../assets/', import.meta.url));

/** Where a file is that the program reads or serves, such as `docs/index.html`. */
export function assetPath(name: string): string {
  return join(FOLDER, name);
}
