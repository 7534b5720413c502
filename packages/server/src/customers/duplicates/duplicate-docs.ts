import type { DuplicateCandidate, MatchInput } from '@countersign/contract';
import {
  DuplicateGroupsAnswerSchema,
  DuplicatesAnswerSchema,
  MatchAnswerSchema,
  MatchRequestSchema,
  NotDuplicatesAnswerSchema,
  NotDuplicatesRequestSchema,
} from '@countersign/contract/schemas';
import { describeRoute } from '../../docs/describe-route.js';
import { exampleCustomer, exampleFieldErrors, exampleSmallCustomer, exampleSuccess } from '../../docs/examples.js';
import { pageQuery } from '../../docs/page-query.js';
import { CustomerParamsSchema } from '../../docs/path-params.js';

const found: DuplicateCandidate = {
  uuid: exampleCustomer.uuid,
  customer: exampleCustomer.customer,
  email: exampleCustomer.email,
  score: 0.99,
  reasons: ['phone', 'name', 'website'],
};

const twin: DuplicateCandidate = {
  uuid: '2e6a4b0d-7c19-4f35-a8d2-61f0b9c3e874',
  customer: 'ACME Trading',
  email: 'sales@acme.example',
  score: 0.99,
  reasons: ['phone', 'name', 'website'],
};

const asked: MatchInput[] = [
  { customer: 'ACME Trading', email: 'sales@acme.example', mainPhone: '021 555 0199' },
  { customer: 'Somebody Else' },
];

const reading = 'From a score of 0.9 on the two are the same, as good as surely; below it a person should look.';

/** What the reference tells about the routes on duplicates, contract §7.2. */
export const duplicateDocs = {
  match: describeRoute({
    tag: 'Duplicates',
    summary: 'Match customers',
    description: [
      'For each of up to 100 customers the stored ones that may be the same, best first, at most 5: ask before you create.',
      'Each is like one to create, and nothing is required. Nothing is stored, and the request may be repeated.',
      '',
      `Every candidate has its \`reasons\`. ${reading}`,
      'A name is compared without legal forms such as Ltd or GmbH, a phone as E.164 where the country of the address is known,',
      'a website by its host, which that of a mailbox counts as, but not hosts of mail providers and social networks.',
    ].join('\n'),
    scope: 'customers:read',
    body: MatchRequestSchema,
    bodyExamples: { 'Two customers': { customers: asked } },
    success: {
      status: 200,
      description: 'One result for each customer, in their order',
      schema: MatchAnswerSchema,
      examples: {
        'One of two is known': exampleSuccess('Customers compared successfully', {
          results: [
            { index: 0, candidates: [found] },
            { index: 1, candidates: [] },
          ],
        }),
      },
    },
    errors: ['validation_error'],
    errorExamples: exampleFieldErrors({
      field: 'customers[1].customer',
      code: 'invalid_type',
      message: 'customers[1].customer must be a string.',
    }),
  }),

  list: describeRoute({
    tag: 'Duplicates',
    summary: 'List duplicates of a customer',
    description: `The customers that may be the same as this one, best first, at most 5, but for those that were declared to be different. ${reading}`,
    scope: 'customers:read',
    params: CustomerParamsSchema,
    success: {
      status: 200,
      description: 'What may be the same',
      schema: DuplicatesAnswerSchema,
      examples: {
        'One is the same': exampleSuccess('Duplicates retrieved successfully', { candidates: [twin] }),
        'There is none': exampleSuccess('Duplicates retrieved successfully', { candidates: [] }),
      },
    },
    errors: ['invalid_uuid', 'customer_not_found'],
  }),

  listGroups: describeRoute({
    tag: 'Duplicates',
    summary: 'List duplicates of the team',
    description: [
      'Groups of customers that may be one, the strongest first. They are looked for some seconds after a change; each is compared',
      'anew as its customers are now. Follow `pagination.nextCursor` in `cursor` until it is `null`; a page may have fewer groups',
      'than its `limit`. Of more than 20 that hang together, the others come once these are dealt with.',
    ].join('\n'),
    scope: 'customers:read',
    querystring: pageQuery('Groups'),
    success: {
      status: 200,
      description: 'A page of groups',
      schema: DuplicateGroupsAnswerSchema,
      examples: {
        'One group': exampleSuccess('Duplicates retrieved successfully', {
          groups: [{ score: 0.99, customers: [found, twin] }],
          pagination: { limit: 20, hasMore: false, nextCursor: null },
        }),
      },
    },
    errorExamples: {
      invalid_query: {
        errors: [{ field: 'cursor', code: 'invalid_value', message: 'cursor must be the nextCursor of a page.' }],
      },
    },
  }),

  declare: describeRoute({
    tag: 'Duplicates',
    summary: 'Declare customers different',
    description: [
      'Notes for good that the customer in the path and those in `uuids` are not the same, whatever they change: neither the lists',
      'of duplicates nor the groups say so again. `match` is about customers that are not stored, and still finds both.',
    ].join('\n'),
    scope: 'customers:write',
    params: CustomerParamsSchema,
    body: NotDuplicatesRequestSchema,
    bodyExamples: { 'One other': { uuids: [exampleSmallCustomer.uuid] } },
    success: {
      status: 200,
      description: 'It is noted',
      schema: NotDuplicatesAnswerSchema,
      examples: {
        'One other': exampleSuccess('Customers declared to be different', { uuid: exampleCustomer.uuid, count: 1 }),
      },
    },
    errors: ['validation_error', 'invalid_uuid', 'customer_not_found'],
    errorExamples: {
      ...exampleFieldErrors({ field: 'uuids[0]', code: 'invalid_uuid', message: 'uuids[0] must be a UUID.' }),
      customer_not_found: { details: { uuids: [exampleSmallCustomer.uuid] } },
    },
    hasIdempotencyKey: true,
  }),
};
