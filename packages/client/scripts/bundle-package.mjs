/**
 * Turns `dist` into what is published: one JavaScript file and one declaration file that need no other package.
 *
 * `tsc -b` must have run before. It restores the workspace's own `dist` when run again, since its build record is gone.
 */
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { bundleTypes } from './bundle-types.mjs';

const dist = fileURLToPath(new URL('../dist', import.meta.url));
const fresh = fileURLToPath(new URL('../dist-bundle', import.meta.url));

const { outputFiles, metafile } = await build({
  entryPoints: [`${dist}/index.js`],
  bundle: true,
  format: 'esm',
  platform: 'neutral',
  target: 'es2022',
  metafile: true,
  write: false,
});
const foreign = Object.keys(metafile.inputs).filter((path) => path.includes('node_modules'));
if (foreign.length > 0) throw new Error(`The bundle must hold this workspace's code only, not ${foreign.join(', ')}`);
const types = bundleTypes(`${dist}/index.d.ts`);

await rm(fresh, { recursive: true, force: true });
await mkdir(fresh);
await writeFile(`${fresh}/index.js`, outputFiles[0].contents);
await writeFile(`${fresh}/index.d.ts`, types);
await rm(dist, { recursive: true, force: true });
await rename(fresh, dist);
