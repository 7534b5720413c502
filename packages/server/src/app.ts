import { PartnerError } from '@countersign/contract';
import Fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify';
import { connectedAppsRoutes } from './authorization/connected-apps/routes.js';
import { consentRoutes } from './authorization/consent/routes.js';
import type { OAuthParts, TokenRules } from './authorization/oauth-parts.js';
import { initiateRoutes, tokenRoutes } from './authorization/partner/routes.js';
import { metadataRoutes, standardRoutes } from './authorization/standard/routes.js';
import { controlRoutes } from './control/control-routes.js';
import type { ControlParts } from './control/open-control.js';
import { importRoutes } from './customers/imports/routes.js';
import { customerRoutes } from './customers/routes.js';
import { docsRoutes } from './docs/docs-routes.js';
import { registerOpenApi } from './docs/openapi.js';
import { boundBodies } from './http/body-room.js';
import { answerCrossOrigin, type CorsOrigins, type CrossOriginRule, crossOriginRule } from './http/cross-origin.js';
import { handleError } from './http/error-handler.js';
import { tidyForwardedFor } from './http/forwarded-for.js';
import { publicUrlOf } from './http/public-url.js';
import { refuseOtherMethods } from './http/refuse-methods.js';
import { requestIdOf } from './http/request-id.js';
import { keepForRest, newHttpServer } from './http/sockets/http-server.js';
import { answerOddRequests } from './http/sockets/odd-requests.js';
import { invitationRoutes } from './identity/invitations/routes.js';
import { passwordRoutes } from './identity/passwords/routes.js';
import { GuessLimits } from './identity/sign-in/guess-limits.js';
import { signInRoutes } from './identity/sign-in/routes.js';
import type { DeliveryMeter } from './operations/delivery-meter.js';
import { healthRoutes } from './operations/health-routes.js';
import { observeRequests } from './operations/observe-requests.js';
import { pageAssetRoutes } from './pages/page-asset-routes.js';
import { openPageScope, type PageParts } from './pages/page-scope.js';
import { requireSignature } from './partner-api/app-request.js';
import type { Gate } from './partner-api/gate.js';
import { boundPages } from './partner-api/page-room.js';
import { requireAuthentication } from './partner-api/partner-request.js';
import { answerUnknownRoutes } from './partner-api/unknown-routes.js';
import type { SharedState } from './shared-state/shared-state.js';
import type { Storage } from './storage/storage.js';
import { parseQuery } from './validation/raw-query.js';
import { VERSION } from './version.js';
import { watchRoutes } from './webhooks/listen/routes.js';
import { webhookRoutes } from './webhooks/routes.js';
import type { WebhookParts } from './webhooks/webhook-parts.js';

/** What the application is made of. */
export interface AppParts {
  readonly storage: Storage;
  readonly gate: Gate;
  readonly webhooks: Pick<WebhookParts, 'box' | 'callbackHosts'>;
  readonly deliveryMeter: DeliveryMeter;
  readonly shared: SharedState;
  readonly log: FastifyBaseLogger;
  /** The metrics of every worker; undefined where this process is the only one. */
  readonly gatherMetrics: (() => Promise<string>) | undefined;
  /** Largest body, in bytes. */
  readonly bodyLimit: number;
  /** How long a connection without a request is kept, in seconds. */
  readonly keepAliveSeconds: number;
  /** Origin that people and apps reach the server at; undefined for where it listens. */
  readonly publicUrl: string | undefined;
  /** Signs the tokens against forged forms. */
  readonly formKey: Buffer;
  readonly tokenRules: TokenRules;
  /** Addresses of proxies whose `X-Forwarded-For` is believed; none by default. */
  readonly trustedProxies: readonly string[];
  /** Origins whose pages may read the API's answers. */
  readonly corsOrigins: CorsOrigins;
  /** What tests have a server do, contract §10; undefined where it is none of theirs. */
  readonly control?: ControlParts | undefined;
}

/** External ids have up to 255 code points of up to 12 bytes when percent-encoded. */
const LONGEST_PATH_PARAMETER = 4_096;

/** The web application, ready to listen. */
export type App = FastifyInstance;

/** The web application: the one list of what is mounted. */
export async function buildApp(parts: AppParts): Promise<App> {
  const mayRead = crossOriginRule(parts.corsOrigins);
  const app = newFastify(parts, mayRead);
  let openApiJson: string | undefined;
  const refuseMethods = refuseOtherMethods(app);
  app.addHook('onRequest', (request, reply, done) => {
    reply.header('x-request-id', request.id).header('x-content-type-options', 'nosniff');
    done();
  });
  if (parts.trustedProxies.length > 0) tidyForwardedFor(app);
  answerCrossOrigin(app, mayRead);
  if (parts.control !== undefined) await controlRoutes(app, parts.control);
  // biome-ignore lint/complexity/useMaxParams: a hook without a promise has all four, and every answer passes here
  app.addHook('onSend', (request, reply, _payload, done) => {
    keepForRest(request.raw, reply.raw);
    // The framework would close the connection after a body that is too large.
    if (!request.raw.complete && reply.raw.shouldKeepAlive) reply.removeHeader('connection');
    done();
  });
  answerOddRequests(app);
  observeRequests(app, parts, parts.deliveryMeter);
  boundBodies(app, parts.bodyLimit);
  boundPages(app);
  await registerOpenApi(app, { version: VERSION });
  healthRoutes(app, parts);
  await app.register(docsRoutes);
  app.get('/openapi.json', { schema: { hide: true } }, async (_request, reply) => {
    openApiJson ??= JSON.stringify(app.swagger());
    return reply.type('application/json; charset=utf-8').send(openApiJson);
  });
  const { storage, gate, shared, formKey, tokenRules } = parts;
  const publicUrl = publicUrlOf(app.server, parts.publicUrl);
  const oauth = { storage, gate, publicUrl, tokenRules };
  await mountPartnerApi(app, oauth, { ...parts.webhooks, storage });
  const isSecure = parts.publicUrl?.startsWith('https:') === true;
  await mountAuthorization(app, oauth, { storage, shared, isSecure, formKey });
  refuseMethods();
  return app;
}

async function mountPartnerApi(app: FastifyInstance, parts: OAuthParts, webhookParts: WebhookParts): Promise<void> {
  await app.register(
    async (partners) => {
      partners.addHook('onRequest', (_request, reply, done) => {
        reply.header('cache-control', 'no-store');
        done();
      });
      await partners.register(
        async (customers) => {
          requireAuthentication(customers, parts.gate);
          customerRoutes(customers, parts.storage);
        },
        { prefix: '/customers' },
      );
      await partners.register(
        async (imports) => {
          requireAuthentication(imports, parts.gate);
          importRoutes(imports, parts.storage);
        },
        { prefix: '/imports' },
      );
      await partners.register(
        async (webhooks) => {
          requireAuthentication(webhooks, parts.gate);
          webhookRoutes(webhooks, webhookParts);
          watchRoutes(webhooks, webhookParts.storage);
        },
        { prefix: '/webhooks' },
      );
      await partners.register(async (unknown) => answerUnknownRoutes(unknown, parts.gate));
      await partners.register(async (tokens) => {
        requireSignature(tokens, parts.gate);
        tokenRoutes(tokens, parts);
      });
    },
    { prefix: '/partners' },
  );
}

async function mountAuthorization(
  app: FastifyInstance,
  oauth: OAuthParts,
  { shared, ...pageParts }: PageParts & Pick<AppParts, 'shared'>,
): Promise<void> {
  const account = { storage: oauth.storage, guesses: new GuessLimits(shared) };
  initiateRoutes(app, oauth);
  metadataRoutes(app, oauth);
  pageAssetRoutes(app);
  await app.register(async (standard) => standardRoutes(standard, oauth));
  await app.register(async (pages) => {
    await openPageScope(pages, pageParts);
    signInRoutes(pages, account);
    passwordRoutes(pages, account);
    invitationRoutes(pages, oauth.storage);
    consentRoutes(pages, oauth);
    connectedAppsRoutes(pages, oauth);
  });
}

function newFastify(parts: AppParts, mayRead: CrossOriginRule): FastifyInstance {
  const { log, bodyLimit, keepAliveSeconds, trustedProxies } = parts;
  const app = Fastify({
    loggerInstance: log,
    childLoggerFactory: (logger) => logger,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit,
    genReqId: (request) => requestIdOf(request),
    trustProxy: trustedProxies.length === 0 ? false : [...trustedProxies],
    serverFactory: (handle) => newHttpServer(handle, { keepAliveMs: keepAliveSeconds * 1_000 }),
    // The server's own does it.
    clientErrorHandler: () => undefined,
    return503OnClosing: false,
    frameworkErrors: (error, request, reply) => {
      reply.header('x-request-id', request.id);
      mayRead(request, reply);
      void handleError(error, request, reply);
    },
    routerOptions: {
      maxParamLength: LONGEST_PATH_PARAMETER,
      ignoreTrailingSlash: true,
      querystringParser: parseQuery,
    },
  });
  // The contract's schemas describe the routes; the verbs check bodies with them, all errors at once.
  app.setValidatorCompiler(() => () => true);
  app.setSerializerCompiler(() => (value) => JSON.stringify(value));
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  app.setErrorHandler(handleError);
  app.setNotFoundHandler(async () => {
    throw new PartnerError('route_not_found');
  });
  return app;
}
