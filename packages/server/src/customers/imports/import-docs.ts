import type { Import } from '@countersign/contract';
import {
  ImportAnswerSchema,
  ImportInputSchema,
  ImportsAnswerSchema,
  UndoAnswerSchema,
} from '@countersign/contract/schemas';
import { describeRoute, type RouteDescription } from '../../docs/describe-route.js';
import { exampleCustomer, exampleFieldErrors, exampleKeyError, exampleSuccess } from '../../docs/examples.js';
import { pageQuery } from '../../docs/page-query.js';
import { ImportParamsSchema } from '../../docs/path-params.js';

const exampleImport = {
  uuid: '2f7f0c55-3d0a-4f4b-9c1e-6b1d8a90e7c4',
  name: 'customers.csv',
  status: 'running',
  total: 400,
  created: 0,
  updated: 0,
  unchanged: 0,
  failed: 0,
  createdAt: '2026-03-06T09:00:00.000Z',
  actor: { type: 'app', id: 'app_5f0c1f4e8a2b4d1e9a643b9d', name: 'App' },
} satisfies Import;

const change = {
  tag: 'Imports',
  scope: 'customers:write',
  hasIdempotencyKey: true,
} as const satisfies Partial<RouteDescription>;

/** What the reference tells about imports, contract §8. */
export const importDocs = {
  create: describeRoute({
    ...change,
    summary: 'Create import',
    description: [
      'A name for a batch of writes. Every write that carries `X-Import-Id` with its `uuid` belongs to it: the import counts',
      'them, the history of each customer names it, and it can be undone.',
    ].join('\n'),
    body: ImportInputSchema,
    bodyExamples: { 'A file of 400 rows': { name: exampleImport.name, total: exampleImport.total } },
    success: {
      status: 201,
      description: 'The import',
      schema: ImportAnswerSchema,
      examples: { Created: exampleSuccess('Import created successfully', { import: exampleImport }) },
    },
    errors: ['validation_error'],
    errorExamples: exampleFieldErrors({ field: 'name', code: 'required', message: 'name is required.' }),
  }),

  list: describeRoute({
    tag: 'Imports',
    summary: 'List imports',
    description:
      'The imports of the team, newest first, by whichever app they were made; `nextCursor` leads to the next page.',
    scope: 'customers:write',
    querystring: pageQuery('Imports'),
    success: {
      status: 200,
      description: 'A page of imports',
      schema: ImportsAnswerSchema,
      examples: {
        One: exampleSuccess('Imports retrieved successfully', {
          imports: [exampleImport],
          pagination: { limit: 20, hasMore: false, nextCursor: null },
        }),
      },
    },
  }),

  get: describeRoute({
    tag: 'Imports',
    summary: 'Get import',
    description:
      'What an import came to so far. A write is counted in its own transaction, so the counts are never ahead or behind.',
    scope: 'customers:write',
    params: ImportParamsSchema,
    success: {
      status: 200,
      description: 'The import',
      schema: ImportAnswerSchema,
      examples: { Running: exampleSuccess('Import retrieved successfully', { import: exampleImport }) },
    },
    errors: ['invalid_uuid', 'import_not_found'],
  }),

  finish: describeRoute({
    ...change,
    summary: 'Finish import',
    description:
      'Ends an import: a write that names it is 409 `import_finished` from then on. One that has ended stays as it is.',
    params: ImportParamsSchema,
    success: {
      status: 200,
      description: 'The import',
      schema: ImportAnswerSchema,
      examples: {
        Finished: exampleSuccess('Import finished successfully', { import: { ...exampleImport, status: 'finished' } }),
      },
    },
    errors: ['invalid_uuid', 'import_not_found'],
    errorExamples: exampleKeyError,
  }),

  undo: describeRoute({
    ...change,
    summary: 'Undo import',
    description: [
      'Takes back what the import did and nobody changed since: what it made is deleted, what it changed is as it was before.',
      'The rest stays and is reported in `kept`. One request looks at up to 100 customers: call it again, with a new timestamp,',
      'while `hasMore`. The import takes no more writes.',
    ].join('\n'),
    params: ImportParamsSchema,
    success: {
      status: 200,
      description: 'What this step did',
      schema: UndoAnswerSchema,
      examples: {
        'The only step': exampleSuccess('1 customers are as they were before the import', {
          undone: 1,
          kept: [{ uuid: exampleCustomer.uuid, reason: 'changed_since' }],
          hasMore: false,
        }),
      },
    },
    errors: ['invalid_uuid', 'import_not_found'],
    errorExamples: exampleKeyError,
  }),
};
