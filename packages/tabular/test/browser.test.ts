import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { expect, test } from 'vitest';

test('it is bundled for browsers, without anything of Node', async () => {
  const { outputFiles, metafile } = await build({
    entryPoints: [fileURLToPath(new URL('../src/index.ts', import.meta.url))],
    ...{
      bundle: true,
      write: false,
      minify: true,
      metafile: true,
      format: 'esm',
      platform: 'browser',
      target: 'es2023',
      outdir: 'out',
    },
  });
  expect(outputFiles).toHaveLength(1);
  expect(Object.keys(metafile.inputs).filter((input) => /node:|browser-external/.test(input))).toEqual([]);
  expect(outputFiles[0]?.text).not.toMatch(/\brequire\(|\bBuffer\b|\bprocess\./);
});
