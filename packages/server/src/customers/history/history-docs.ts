import type { HistoryEntry } from '@countersign/contract';
import { CustomerAnswerSchema, HistoryAnswerSchema, RevertInputSchema } from '@countersign/contract/schemas';
import { describeRoute } from '../../docs/describe-route.js';
import { exampleCustomer, exampleFieldErrors, exampleSuccess, exampleUpdatedCustomer } from '../../docs/examples.js';
import { pageQuery } from '../../docs/page-query.js';
import { CustomerParamsSchema } from '../../docs/path-params.js';

const exampleEntry = {
  version: 2,
  action: 'updated',
  at: exampleUpdatedCustomer.updatedAt,
  actor: { type: 'app', id: 'app_5f0c1f4e8a2b4d1e9a643b9d', name: 'App' },
  requestId: '0b6f3c52-7a0e-4d6b-9f51-2c7d1f0a8e34',
  importUuid: null,
  changes: [
    { field: 'mainPhone', from: exampleCustomer.mainPhone, to: exampleUpdatedCustomer.mainPhone },
    { field: 'website', from: exampleCustomer.website, to: null },
  ],
} satisfies HistoryEntry;

/** What the reference tells about the routes on a customer's history, contract §7.1. */
export const historyDocs = {
  list: describeRoute({
    tag: 'History',
    summary: 'List history',
    description: [
      'Every version of a customer, newest first: when, what was done, by which app or person, with which request, and what',
      'it changed. Also of a customer that is deleted. A page costs the same however long the history is.',
      '',
      '`changes` has whole fields: over the version before, the values of `to` give this version.',
    ].join('\n'),
    scope: 'customers:read',
    params: CustomerParamsSchema,
    querystring: pageQuery('Versions'),
    success: {
      status: 200,
      description: 'A page of the history',
      schema: HistoryAnswerSchema,
      examples: {
        'One change': exampleSuccess('History retrieved successfully', {
          history: [exampleEntry],
          pagination: { limit: 1, hasMore: true, nextCursor: 'djI' },
        }),
      },
    },
    errors: ['invalid_uuid', 'customer_not_found'],
  }),

  revert: describeRoute({
    tag: 'History',
    summary: 'Revert customer',
    description: [
      'Makes a new version with the contents of an earlier one, contacts included. What happened in between stays in the',
      'history. 409 where another customer has its email or external id by now. A customer that is as it was then is answered',
      'as it is. A deleted customer is restored first.',
    ].join('\n'),
    scope: 'customers:write',
    params: CustomerParamsSchema,
    body: RevertInputSchema,
    bodyExamples: { 'Back to the first version': { version: 1 } },
    success: {
      status: 200,
      description: 'The customer after the change',
      schema: CustomerAnswerSchema,
      examples: {
        Reverted: exampleSuccess('Customer reverted successfully', {
          customer: { ...exampleCustomer, updatedAt: '2026-03-05T10:02:44.120Z', version: 3 },
        }),
      },
      hasETag: true,
    },
    errors: [
      'validation_error',
      'invalid_uuid',
      'customer_not_found',
      'version_not_found',
      'email_already_exists',
      'external_id_already_exists',
    ],
    errorExamples: exampleFieldErrors({ field: 'version', code: 'required', message: 'version is required.' }),
    hasIdempotencyKey: true,
    hasIfMatch: true,
  }),
};
