import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import Fastify, { type FastifyInstance, type FastifyRequest } from 'fastify';
import { bulkDocs } from '../../src/customers/bulk/bulk-docs.js';
import { contactDocs } from '../../src/customers/contacts/contact-docs.js';
import { customerDocs } from '../../src/customers/customer-docs.js';
import { upsertDocs } from '../../src/customers/upsert/upsert-docs.js';
import { describeRoute } from '../../src/docs/describe-route.js';
import { docsRoutes } from '../../src/docs/docs-routes.js';
import { exampleCustomer, exampleSuccess } from '../../src/docs/examples.js';
import { registerOpenApi } from '../../src/docs/openapi.js';

/** Credentials that the test server knows. */
export const CREDENTIALS = {
  clientId: 'demo-client',
  clientSecret: 'a secret with ümlauts / and = signs',
  accessToken: 'token-of-the-demo-team',
};

/** A request under /partners as it arrived. */
export interface ReceivedRequest {
  readonly method: string;
  readonly url: string;
  readonly body: string;
  readonly headers: FastifyRequest['headers'];
  /** Whether the signature is right by the contract's rule, computed here from the bytes that arrived. */
  readonly isSigned: boolean;
}

function isSignedRight(request: FastifyRequest, body: string): boolean {
  const path = (request.raw.url ?? '').split('?')[0]?.slice('/partners'.length);
  const timestamp = String(request.headers['x-timestamp']);
  const hasBody = ['POST', 'PUT', 'PATCH'].includes(request.method);
  const bodyHash = hasBody ? createHash('sha256').update(body).digest('hex') : '';
  const text = `${request.method}:${path}:${timestamp}:${bodyHash}`;
  const expected = createHmac('sha256', CREDENTIALS.clientSecret).update(text).digest('hex');
  const given = String(request.headers['x-signature']);
  const isInTime = /^\d{13}$/.test(timestamp) && Math.abs(Number(timestamp) - Date.now()) < 300_000;
  return isInTime && given.length === 64 && timingSafeEqual(Buffer.from(given), Buffer.from(expected));
}

const created = exampleSuccess('Customer created successfully', { customer: exampleCustomer });

/** Routes with the descriptions of the real ones, and answers without a database. */
function addRoutes(app: FastifyInstance): void {
  const customers = '/partners/customers';
  const answer = async () => created;
  app.get(customers, { schema: customerDocs.list }, answer);
  app.post(customers, { schema: customerDocs.create }, async (_request, reply) => reply.code(201).send(created));
  app.get(`${customers}/:uuid`, { schema: customerDocs.get }, answer);
  app.put(`${customers}/:uuid`, { schema: customerDocs.put }, answer);
  app.put(`${customers}/by-external-id/:externalId`, { schema: upsertDocs.upsertByExternalId }, answer);
  app.post(`${customers}/bulk`, { schema: bulkDocs.bulkCreate }, answer);
  app.patch(`${customers}/:uuid/contacts/:contactUuid`, { schema: contactDocs.updateContact }, answer);
  const health = { tag: 'Health', summary: 'Is the server alive', access: 'open' } as const;
  const success = { status: 200, description: 'It is', schema: { type: 'object' } };
  app.get('/healthz', { schema: describeRoute({ ...health, success }) }, answer);
}

/** A running server of this file. */
export interface DocsTestServer {
  readonly app: FastifyInstance;
  readonly origin: string;
  /** Requests under /partners, in the order they arrived. */
  readonly received: readonly ReceivedRequest[];
  close(): Promise<void>;
}

/** A server with the page, a few described routes and a record of what arrived under /partners, on a free port. */
export async function startDocsTestServer(): Promise<DocsTestServer> {
  const app = Fastify();
  const received: ReceivedRequest[] = [];
  app.setValidatorCompiler(() => () => true);
  app.setSerializerCompiler(() => (data) => JSON.stringify(data));
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(
    'application/json',
    { parseAs: 'string' },
    async (_request: FastifyRequest, body: string) => body,
  );
  await registerOpenApi(app, { version: '0.1.0' });
  app.addHook('preHandler', async (request) => {
    if (!request.url.startsWith('/partners/')) return;
    const body = typeof request.body === 'string' ? request.body : '';
    const { method, url, headers } = request;
    received.push({ method, url, headers, body, isSigned: isSignedRight(request, body) });
  });
  await app.register(docsRoutes);
  addRoutes(app);
  app.get('/openapi.json', { schema: { hide: true } }, async () => app.swagger());
  await app.listen({ host: '127.0.0.1', port: 0 });
  const { port } = app.server.address() as AddressInfo;
  return { app, origin: `http://127.0.0.1:${port}`, received, close: () => app.close() };
}
