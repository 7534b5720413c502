#!/usr/bin/env node
import { existsSync } from 'node:fs';

const program = new URL('../bundle/main.js', import.meta.url);
if (existsSync(program)) {
  const { run } = await import(program.href);
  await run(process.argv);
} else {
  process.stderr.write('countersign is not built yet: run "npm run build" first.\n');
  process.exitCode = 1;
}
