import type { FastifyInstance } from 'fastify';
import { verbHandlers } from '../../partner-api/write/verb-handlers.js';
import type { Storage } from '../../storage/storage.js';
import { createImport } from './create-import.js';
import { finishImport } from './finish-import.js';
import { getImport } from './get-import.js';
import { importDocs } from './import-docs.js';
import { listImports } from './list-imports.js';
import { undoImport } from './undo-import.js';

/** The routes of imports, contract §8. Mounted behind authentication. */
export function importRoutes(app: FastifyInstance, storage: Storage): void {
  const { read, write } = verbHandlers({ storage });

  app.post('', { schema: importDocs.create }, write(createImport));
  app.get('', { schema: importDocs.list }, read(listImports));
  app.get('/:uuid', { schema: importDocs.get }, read(getImport));
  app.post('/:uuid/finish', { schema: importDocs.finish }, write(finishImport));
  app.post('/:uuid/undo', { schema: importDocs.undo }, write(undoImport));
}
