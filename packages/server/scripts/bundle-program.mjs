/**
 * Turns `dist` into `bundle`, which is what runs: the program and its threads in a few files. Loading the modules of the
 * libraries one by one takes longer than everything else at a start.
 *
 * `tsc -b` must have run before.
 */
import { readFile, rename, rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const inPackage = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));

/** Each is a file of its own, beside the others: the threads are started by their names. */
const ENTRIES = [
  'cli/main.js',
  'delivery-thread.js',
  'writer-thread.js',
  'storage/sqlite/checkpoint-thread.js',
  'storage/sqlite/indexer-thread.js',
  'storage/sqlite/reader-thread.js',
];
/** Packages with native code, which they find beside their own files, and one that is never installed. */
const EXTERNAL = ['@photostructure/sqlite', '@node-rs/argon2', 'pg-native'];
/** Libraries in CommonJS ask for Node's own modules by `require`, which a module has not. */
const REQUIRE =
  "import{createRequire as createBundleRequire}from'node:module';const require=createBundleRequire(import.meta.url);";

const bundle = inPackage('bundle');
const fresh = inPackage('bundle-fresh');
const { engines } = JSON.parse(await readFile(inPackage('package.json'), 'utf8'));

await rm(fresh, { recursive: true, force: true });
await build({
  entryPoints: ENTRIES.map((entry) => inPackage(`dist/${entry}`)),
  entryNames: '[name]',
  outdir: fresh,
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: `node${/\d+\.\d+/.exec(engines.node)[0]}`,
  external: EXTERNAL,
  banner: { js: REQUIRE },
  legalComments: 'none',
  logLevel: 'warning',
});
await rm(bundle, { recursive: true, force: true });
await rename(fresh, bundle);
