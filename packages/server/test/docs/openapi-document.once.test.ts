import { Validator } from '@seriousme/openapi-schema-validator';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type AppParts, buildApp } from '../../src/app.js';
import { DeliveryMeter } from '../../src/operations/delivery-meter.js';
import { memoryState } from '../../src/shared-state/shared-state.js';
import { isEmailAddress } from '../../src/validation/formats.js';
import { isUuid } from '../../src/validation/uuid.js';
import { startServer, type TestServer } from '../harness/server.js';
import {
  examplesOf,
  type OpenApiDocument,
  operationsUnder,
  type PlacedOperation,
  readDocument,
} from './open-api-document.js';

let server: TestServer;
let document: OpenApiDocument;
let operations: PlacedOperation[];

beforeAll(async () => {
  server = await startServer();
  document = await readDocument(server.url);
  operations = operationsUnder(document, '/partners/');
});

afterAll(async () => {
  await server.stop();
});

/** The application without what it works with: for asking what is mounted, not for requests. */
async function mountedUrls(): Promise<string[]> {
  const nothing = {} as Pick<AppParts, 'storage' | 'gate' | 'webhooks'>;
  const app = await buildApp({
    ...nothing,
    gatherMetrics: undefined,
    shared: memoryState((text) => text),
    deliveryMeter: new DeliveryMeter(nothing.storage),
    log: pino({ level: 'silent' }),
    bodyLimit: 1,
    keepAliveSeconds: 75,
    trustedProxies: [],
    corsOrigins: [],
    publicUrl: undefined,
    formKey: Buffer.alloc(32),
    tokenRules: { accessTokenSeconds: 1, refreshTokenSeconds: 1, refreshGraceSeconds: 1, refreshReuse: 'refuse' },
  });
  await app.ready();
  return urlsOfTree(app.printRoutes({ commonPrefix: false, method: 'GET' }));
}

/** Whether an operation comes before there is a token, contract §1.2. */
function isAuthorization(tags: readonly string[]): boolean {
  return tags.includes('Authorization');
}

/** The URLs of a tree as the framework prints it: four characters of indentation to a level. */
function urlsOfTree(tree: string): string[] {
  const parents: string[] = [];
  return tree.split('\n').flatMap((line) => {
    const [, indentation = '', part = ''] = /^([│ ]*)[├└]── (\S+)/.exec(line) ?? [];
    if (part === '') return [];
    const depth = indentation.length / 4;
    parents[depth] = `${depth === 0 ? '' : parents[depth - 1]}${part}`;
    return [parents[depth] ?? ''];
  });
}

describe('the OpenAPI document of a real server', () => {
  test('is valid OpenAPI 3.1', async () => {
    const validator = new Validator();
    expect(await validator.validate({ ...document })).toEqual({ valid: true });
    expect(validator.version).toBe('3.1');
  });

  test('describes every URL that is mounted under /partners, but those that only refuse an empty key', async () => {
    const refusing = ['/partners/customers/by-email', '/partners/customers/by-external-id'];
    const urls = await mountedUrls();
    const mounted = urls.filter((url) => url.startsWith('/partners/') && !refusing.includes(url));
    const described = new Set(operations.map(({ path }) => path));
    expect(described.size).toBeGreaterThan(0);
    expect(new Set(mounted.map((url) => url.replace(/:(\w+)/g, '{$1}')))).toEqual(described);
  });

  test('describes every method that a URL allows', async () => {
    for (const path of new Set(operations.map((operation) => operation.path))) {
      const { headers } = await fetch(`${server.url}${path}`, { method: 'OPTIONS' });
      const allowed = (headers.get('allow') ?? '').split(', ').filter((method) => method !== 'HEAD');
      const described = operations.filter((operation) => operation.path === path).map(({ method }) => method);
      expect(described.sort(), path).toEqual(allowed.sort());
    }
  });

  test('describes every operation for a person, and groups it', () => {
    const groups = new Map<string, string[]>();
    for (const { tags, operationId } of operations) {
      groups.set(tags.join(), [...(groups.get(tags.join()) ?? []), operationId]);
    }
    expect(Object.fromEntries(groups)).toEqual({
      Customers: [
        'listCustomers',
        'createCustomer',
        'findCustomerByEmail',
        'exportCustomers',
        'getCustomer',
        'updateCustomer',
        'updateCustomerWithPatch',
        'deleteCustomer',
        'restoreCustomer',
      ],
      History: ['listHistory', 'revertCustomer'],
      Privacy: ['eraseCustomer', 'discloseCustomer'],
      Imports: ['createImport', 'listImports', 'getImport', 'finishImport', 'undoImport'],
      Merge: ['mergeCustomers', 'unmergeCustomer'],
      'Create or update': ['createOrUpdateByExternalId', 'createOrUpdateByEmail'],
      Bulk: ['createCustomersInBulk', 'createOrUpdateCustomersInBulk', 'updateCustomersInBulk'],
      Contacts: ['listContacts', 'createContact', 'updateContact', 'deleteContact'],
      Duplicates: ['matchCustomers', 'listDuplicatesOfTeam', 'listDuplicatesOfCustomer', 'declareCustomersDifferent'],
      Webhooks: [
        'listWebhooks',
        'createWebhook',
        'getWebhook',
        'updateWebhook',
        'deleteWebhook',
        'listDeliveriesOfWebhook',
        'testWebhook',
        'redeliver',
        'redeliverAllSinceTime',
        'createListener',
        'deleteListener',
        'acknowledgeEventsOfListener',
        'listEventsOfListener',
        'watchAttempts',
      ],
      Authorization: ['exchangeCode', 'refreshTokens', 'revokeToken'],
    });
    for (const { operationId, description = '' } of operations) {
      expect(description.length, operationId).toBeGreaterThan(60);
    }
  });

  test('has an example of every request body, success and error', () => {
    for (const { operationId, tags, requestBody, responses } of operations) {
      if (requestBody !== undefined) expect(examplesOf(requestBody), operationId).not.toEqual({});
      for (const [status, response] of Object.entries(responses)) {
        if (status === '304') continue;
        expect(examplesOf(response), `${operationId} ${status}`).not.toEqual({});
      }
      expect(Object.keys(responses), operationId).toEqual(
        expect.arrayContaining(['400', '401', ...(isAuthorization(tags) ? [] : ['403']), '429', '500', '503']),
      );
    }
  });

  test('has examples that its own schemas accept', () => {
    const ajv = new Ajv2020({
      strict: false,
      allErrors: true,
      formats: { uuid: isUuid, email: isEmailAddress, 'date-time': (text) => new Date(text).toISOString() === text },
    });
    ajv.addSchema(document, 'document');
    const pointer = (...names: string[]) =>
      names.map((name) => `/${encodeURIComponent(name.replaceAll('~', '~0').replaceAll('/', '~1'))}`).join('');
    const check = (examples: Record<string, unknown>, at: string) => {
      const isValid = ajv.compile({ $ref: `document#${at}` });
      for (const [name, value] of Object.entries(examples)) {
        isValid(value);
        expect(isValid.errors ?? [], `${at} ${name}`).toEqual([]);
      }
    };
    const mediaOf = ({ content = {} }: { readonly content?: object }) => [
      'content',
      Object.keys(content)[0] ?? '',
      'schema',
    ];
    for (const { path, method, requestBody, responses } of operationsUnder(document, '/')) {
      const operation = ['paths', path, method.toLowerCase()];
      if (requestBody !== undefined)
        check(examplesOf(requestBody), pointer(...operation, 'requestBody', ...mediaOf(requestBody)));
      for (const [status, response] of Object.entries(responses)) {
        if (response.content === undefined) continue;
        check(examplesOf(response), pointer(...operation, 'responses', status, ...mediaOf(response)));
      }
    }
  });

  test('lists the routes that need no credentials as such', () => {
    for (const path of ['/healthz', '/readyz', '/auth2/authorize-initiate'])
      expect(document.paths[path]?.get?.security, path).toEqual([]);
    for (const { security, operationId, tags } of operations) {
      const signature = ['clientId', 'timestamp', 'signature'];
      const needed = isAuthorization(tags) ? signature : [...signature, 'accessToken'];
      expect(Object.keys(security[0] ?? {}), operationId).toEqual(needed);
    }
  });
});
