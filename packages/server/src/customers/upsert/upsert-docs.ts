import { CustomerInputSchema, UpsertAnswerSchema } from '@countersign/contract/schemas';
import { describeRoute, type RouteDescription } from '../../docs/describe-route.js';
import {
  exampleCustomer,
  exampleCustomerInput,
  exampleCustomerPatch,
  exampleFieldErrors,
  exampleSuccess,
  exampleUpdatedCustomer,
} from '../../docs/examples.js';
import { EmailParamsSchema, ExternalIdParamsSchema } from '../../docs/path-params.js';

/** All fields of a new customer; which of them are needed depends on whether the customer exists. */
const UpsertBodySchema = { type: 'object', properties: CustomerInputSchema.properties };

const upsert = {
  tag: 'Create or update',
  scope: 'customers:write',
  body: UpsertBodySchema,
  success: [
    {
      status: 201,
      description: 'There was none, and it was created',
      schema: UpsertAnswerSchema,
      examples: {
        Created: exampleSuccess('Customer created successfully', { customer: exampleCustomer, outcome: 'created' }),
      },
      hasETag: true,
      hasLocation: true,
    },
    {
      status: 200,
      description: 'It existed, and is as the body says now',
      schema: UpsertAnswerSchema,
      examples: {
        Updated: exampleSuccess('Customer updated successfully', {
          customer: exampleUpdatedCustomer,
          outcome: 'updated',
        }),
        'Nothing to change': exampleSuccess('Customer is up to date', {
          customer: exampleCustomer,
          outcome: 'unchanged',
        }),
      },
      hasETag: true,
    },
  ],
  hasIdempotencyKey: true,
  hasIfMatch: true,
} as const satisfies Partial<RouteDescription>;

const semantics = [
  'One atomic step: two at once make one customer. `outcome` tells what happened.',
  '- Creating takes the fields of [Create customer](#tag/customers/POST/partners/customers), contacts included.',
  '- Updating is partial: what you leave out stays, and `contacts` is not changed.',
  '- Sent again with the same body the outcome is `unchanged`, and no new version is made.',
  '',
  'With `If-Match` only an existing customer at that version is updated; otherwise the answer is 412.',
];

/** What the reference tells about the create-or-update routes, contract §3.2. */
export const upsertDocs = {
  upsertByExternalId: describeRoute({
    ...upsert,
    summary: 'Create or update by external id',
    description: [
      'Brings the customer with this external id, the id in your own system, to what the body says, or makes it.',
      ...semantics,
      '',
      'Creating needs `customer` and `email`. The body may repeat `externalId`, and may not contradict the path.',
    ].join('\n'),
    params: ExternalIdParamsSchema,
    bodyExamples: {
      'Full customer': exampleCustomerInput,
      'Required fields to create': { customer: exampleCustomerInput.customer, email: exampleCustomerInput.email },
      'Some fields to update': exampleCustomerPatch,
    },
    errors: ['validation_error', 'email_already_exists'],
    errorExamples: exampleFieldErrors({
      field: 'externalId',
      code: 'contradicts_path',
      message: 'externalId must be the one in the path, or be left out.',
    }),
  }),

  upsertByEmail: describeRoute({
    ...upsert,
    summary: 'Create or update by email',
    description: [
      'Brings the customer with this email, without regard to case, to what the body says, or makes it.',
      ...semantics,
      '',
      'Creating needs `customer`. The body may repeat `email`, in other upper and lower case too, and may not',
      'contradict the path.',
    ].join('\n'),
    params: EmailParamsSchema,
    bodyExamples: {
      'Full customer': exampleCustomerInput,
      'Required field to create': { customer: exampleCustomerInput.customer },
      'Some fields to update': exampleCustomerPatch,
    },
    errors: ['validation_error', 'external_id_already_exists'],
    errorExamples: exampleFieldErrors({
      field: 'email',
      code: 'contradicts_path',
      message: 'email must be the one in the path, or be left out.',
    }),
  }),
};
