import fastifySwagger from '@fastify/swagger';
import type { FastifyInstance } from 'fastify';
import { API_TAGS } from './describe-route.js';
import { type JsonObject, tidyDocument } from './tidy-document.js';

const DESCRIPTION = `Customer records over the COUNT Partner API.

Each request is signed and carries an access token:

| Header | Value |
| --- | --- |
| \`x-client-id\` | your client id |
| \`x-timestamp\` | Unix time in seconds, at most 300 off the server's clock |
| \`x-signature\` | HMAC-SHA256 of the text below with your client secret, in lowercase hex |
| \`Authorization\` | \`Bearer\` and your access token |

\`\`\`
METHOD:path:timestamp:bodyHash
\`\`\`

- **METHOD** in upper case.
- **path** as sent, without query string and without \`/partners\`: \`/customers\`.
- **timestamp** the very text of \`x-timestamp\`.
- **bodyHash** for POST, PUT and PATCH the SHA-256 of the body's bytes in lowercase hex; empty for GET and DELETE. The
  three colons are always there.

Requests sent from this page are signed for you, once the credentials are filled in.

Every request under \`/partners\`:

- **Answers** are \`{ "status": "success", "message", "data" }\` or \`{ "status": "error", "message", "code" }\`.
  Programs read \`code\`; validation errors list all fields at fault in \`errors\`; \`requestId\` is for asking.
- **Sending again.** A write that got no answer is safe to send again with the same \`Idempotency-Key\` for 24 hours:
  the first answer comes again. The very same signed request never has a second effect, with a key or without: where it
  changes nothing it is answered like any other, and where it would change something once more it is refused as
  \`replayed_request\`. To do a thing twice, sign it twice, with two timestamps; milliseconds are taken, too.
- **Versions.** Answers with a customer carry an \`ETag\`. \`If-Match\` on a write refuses to overwrite what somebody
  else changed (412); \`If-None-Match\` on a read saves the body of what you have (304).
- **Rate limit.** 100 requests a minute and app unless set otherwise: see \`RateLimit\` and \`RateLimit-Policy\` in
  every answer, and \`Retry-After\` on 429.`;

const header = (name: string, description: string) => ({ type: 'apiKey', in: 'header', name, description }) as const;

/** What {@link registerOpenApi} needs to know. */
export interface OpenApiOptions {
  /** Version of the product. */
  readonly version: string;
}

/** The generator's document types are unions over three specifications; the document is read as plain JSON here. */
const asJson = (document: object): JsonObject => document as JsonObject;

/**
 * Makes `app.swagger()` answer the OpenAPI 3.1 document of all routes that are added afterwards; await it first.
 *
 * Routes describe themselves with `describeRoute`. A route with `hide: true` or without a schema is left out.
 */
export async function registerOpenApi(app: FastifyInstance, { version }: OpenApiOptions): Promise<void> {
  await app.register(fastifySwagger, {
    convertConstToEnum: false,
    hideUntagged: true,
    transformObject: (made) =>
      'openapiObject' in made ? tidyDocument(asJson(made.openapiObject)) : made.swaggerObject,
    openapi: {
      openapi: '3.1.0',
      info: { title: 'Countersign', description: DESCRIPTION, version },
      servers: [{ url: '/', description: 'This server' }],
      tags: Object.entries(API_TAGS).map(([name, description]) => ({ name, description })),
      components: {
        securitySchemes: {
          clientId: header('x-client-id', 'Client id of the app that signs'),
          timestamp: header('x-timestamp', 'Unix time in seconds, at most 300 off the server clock'),
          signature: header('x-signature', 'Lowercase hex HMAC-SHA256 over METHOD:path:timestamp:bodyHash'),
          accessToken: { type: 'http', scheme: 'bearer', description: 'Access token of a user, for one team' },
        },
      },
    },
  });
}
