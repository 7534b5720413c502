import type { FastifyInstance } from 'fastify';
import { verbHandlers } from '../../partner-api/write/verb-handlers.js';
import type { Storage } from '../../storage/storage.js';
import { acknowledgeEvents } from './acknowledge-events.js';
import { createListener } from './create-listener.js';
import { deleteListener } from './delete-listener.js';
import { listEvents } from './list-events.js';
import { watchAttempts } from './watch-attempts.js';
import { watchDocs } from './watch-docs.js';

/** Routes to fetch events without a public address, and to watch deliveries. Mounted behind authentication. */
export function watchRoutes(app: FastifyInstance, storage: Storage): void {
  const closing = new AbortController();
  app.addHook('preClose', async () => closing.abort());
  const { read, write } = verbHandlers({ storage, closing: closing.signal });

  app.post('/listeners', { schema: watchDocs.createListener }, write(createListener));
  app.delete('/listeners/:uuid', { schema: watchDocs.deleteListener }, write(deleteListener));
  app.post('/listeners/:uuid/acknowledge', { schema: watchDocs.acknowledge }, write(acknowledgeEvents));
  app.get('/listeners/:uuid/events', { schema: watchDocs.listEvents }, read(listEvents));
  app.get('/attempts', { schema: watchDocs.watchAttempts }, read(watchAttempts));
}
