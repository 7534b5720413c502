import { readFileSync } from 'node:fs';

/** This program's version, from its package. */
export const VERSION: string = versionOf(JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')));

function versionOf(manifest: { readonly version: string }): string {
  return manifest.version;
}
