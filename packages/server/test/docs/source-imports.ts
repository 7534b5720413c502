import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const PACKAGES: Readonly<Record<string, string>> = {
  '@countersign/contract': 'packages/contract/src/index.ts',
  '@countersign/contract/schemas': 'packages/contract/src/schemas.ts',
  '@countersign/client': 'packages/client/src/index.ts',
};

/** The source files that a source file imports, by their paths from the root. */
export interface Imports {
  /** Those that it runs. */
  readonly run: ReadonlySet<string>;
  /** Those, and those that it takes nothing but types from. */
  readonly all: ReadonlySet<string>;
}

/** What a source file imports, by its path from the root. */
export function importsOf(root: string, file: string): Imports {
  const text = readFileSync(join(root, file), 'utf8');
  const withoutTypes = text.replace(/^(?:import|export) type [^;]*;/gm, '');
  return { run: named(withoutTypes, file), all: named(text, file) };
}

function named(text: string, file: string): ReadonlySet<string> {
  const names = [...text.matchAll(/(?:\bfrom |\bimport\(|^import )'([^']+)'/gm)].map(([, name = '']) => name);
  const resolved = names.map((name) => (name.startsWith('.') ? join(dirname(file), name) : PACKAGES[name]));
  return new Set(resolved.filter((name) => name !== undefined).flatMap(sourcesOf));
}

/** Whether a source file starts another one as a thread. */
export function startsThread(root: string, file: string, entry: string): boolean {
  const text = readFileSync(join(root, file), 'utf8');
  const started = [...text.matchAll(/'(\.[^']+-thread\.js)'/g)].map(([, name = '']) => join(dirname(file), name));
  return started.flatMap(sourcesOf).includes(entry);
}

function sourcesOf(compiled: string): string[] {
  return [compiled.replace(/\.js$/, '.ts'), compiled.replace(/\.js$/, '.tsx')];
}
