import formbody from '@fastify/formbody';
import type { FastifyInstance } from 'fastify';
import { parseQuery } from '../validation/raw-query.js';

/** Largest form, in bytes. */
const FORM_LIMIT = 65_536;

/** Makes a scope take forms as bodies, and nothing else. */
export async function acceptFormsOnly(app: FastifyInstance): Promise<void> {
  app.removeAllContentTypeParsers();
  await app.register(formbody, { bodyLimit: FORM_LIMIT, parser: parseQuery });
}
