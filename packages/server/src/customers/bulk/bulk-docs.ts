import { type BulkResult, CUSTOMER_LIMITS, ERROR_CODES } from '@countersign/contract';
import { BulkAnswerSchema, CustomerInputSchema, CustomerPatchSchema } from '@countersign/contract/schemas';
import { describeRoute, type RouteDescription } from '../../docs/describe-route.js';
import {
  exampleCustomer,
  exampleCustomerPatch,
  exampleFieldErrors,
  exampleSmallCustomer,
  exampleSmallCustomerInput,
  exampleSuccess,
  exampleUpdatedCustomer,
} from '../../docs/examples.js';

const bulkBody = (row: object, more: object = {}) => ({
  type: 'object',
  required: ['customers', ...Object.keys(more)],
  properties: {
    ...more,
    customers: { type: 'array', minItems: 1, maxItems: CUSTOMER_LIMITS.bulkRows, items: row },
    mode: {
      type: 'string',
      enum: ['partial', 'atomic'],
      default: 'partial',
      description: '`partial`: each row on its own. `atomic`: all rows or none',
    },
    dryRun: {
      type: 'boolean',
      default: false,
      description: 'The same answer, conflicts with what is stored included, and nothing is written',
    },
  },
});

const BulkUpdateRowSchema = {
  type: 'object',
  required: ['uuid'],
  properties: {
    uuid: { type: 'string', format: 'uuid', description: 'The customer to update', examples: [exampleCustomer.uuid] },
    ...CustomerPatchSchema.properties,
  },
};

const UpsertRowSchema = { ...CustomerInputSchema, required: [] };

const semantics = [
  'Rows are independent: one that fails changes nothing in another. The status is 201 however the rows fared, so read',
  '`errorCount`; each entry of `results` carries the `index` of its row, and either `customer` or `error` with `code`.',
  '400 is only for a bad envelope: `customers` absent, empty or too long.',
  '',
  'An answer is at most about 1 MiB. Results behind that are told in short: `isShortened` is true, and `customer` has `uuid`,',
  '`id`, `externalId` and `version` alone.',
  '',
  'With `"mode": "atomic"` it is all or none: one bad row, and the answer is 400 with the errors of every row, such as',
  '`customers[2].email`, and nothing is written.',
  '',
  'With `"dryRun": true` everything is checked and tried, the answer tells what would be, and nothing is written.',
];

const bulk = {
  tag: 'Bulk',
  scope: 'customers:write',
  errors: ['validation_error'],
  hasIdempotencyKey: true,
} as const satisfies Partial<RouteDescription>;

const newRow = { customer: exampleSmallCustomer.customer, email: exampleSmallCustomer.email };
const rowWithTwoPrimaries = {
  customer: 'Two Chiefs CC',
  email: 'office@twochiefs.example',
  contacts: [
    { firstName: 'Lerato', isPrimary: true },
    { firstName: 'Johan', isPrimary: true },
  ],
};

const createResults: BulkResult[] = [
  { index: 0, success: true, customer: exampleSmallCustomer },
  {
    index: 1,
    success: false,
    error: 'contacts[1].isPrimary is the second primary contact; only one contact may be primary.',
    code: 'validation_error',
    errors: [
      {
        field: 'contacts[1].isPrimary',
        code: 'multiple_primary_contacts',
        message: 'contacts[1].isPrimary is the second primary contact; only one contact may be primary.',
      },
    ],
  },
  {
    index: 2,
    success: false,
    error: ERROR_CODES.email_already_exists.message,
    code: 'email_already_exists',
    details: { email: exampleSmallCustomerInput.email, existingCustomerUuid: exampleCustomer.uuid },
  },
];

const updateResults: BulkResult[] = [
  { index: 0, success: true, customer: exampleUpdatedCustomer },
  {
    index: 1,
    success: false,
    error: ERROR_CODES.customer_not_found.message,
    code: 'customer_not_found',
  },
];

const upsertResults: BulkResult[] = [
  { index: 0, success: true, outcome: 'updated', customer: exampleUpdatedCustomer },
  {
    index: 1,
    success: false,
    error: ERROR_CODES.email_already_exists.message,
    code: 'email_already_exists',
    details: { email: exampleSmallCustomerInput.email, existingCustomerUuid: exampleCustomer.uuid },
  },
];

/** What the reference tells about the bulk routes, contract §3.2. */
export const bulkDocs = {
  bulkCreate: describeRoute({
    ...bulk,
    summary: 'Create customers in bulk',
    description: ['Up to 100 new customers in one request, in the order given.', '', ...semantics].join('\n'),
    body: bulkBody(CustomerInputSchema),
    bodyExamples: {
      'Each row on its own': { customers: [newRow, rowWithTwoPrimaries, exampleSmallCustomerInput] },
      'All or none': { mode: 'atomic', customers: [newRow, exampleSmallCustomerInput] },
    },
    success: {
      status: 201,
      description: 'One result for each row',
      schema: BulkAnswerSchema,
      examples: {
        'One of three rows stored': exampleSuccess('1 of 3 customers created', {
          successCount: 1,
          errorCount: 2,
          results: createResults,
        }),
      },
    },
    errorExamples: {
      validation_error: {
        errors: [{ field: 'customers[1].email', code: 'required', message: 'customers[1].email is required.' }],
      },
    },
  }),

  bulkUpsert: describeRoute({
    ...bulk,
    summary: 'Create or update customers in bulk',
    description: [
      'Up to 100 creates or updates in one request, in the order given. `by` says what a row is known by: its `email` or its',
      '`externalId`. Where the team has such a customer, the row is a partial update, and `contacts` are left as they are;',
      'else it is a new customer, with contacts. Each result has its `outcome`.',
      '',
      ...semantics,
    ].join('\n'),
    body: bulkBody(UpsertRowSchema, {
      by: { type: 'string', enum: ['email', 'externalId'], description: 'What a row is known by' },
    }),
    bodyExamples: {
      'By external id': {
        by: 'externalId',
        customers: [
          { externalId: exampleCustomer.externalId, ...exampleCustomerPatch },
          { externalId: 'crm-48300', ...exampleSmallCustomerInput },
        ],
      },
    },
    success: {
      status: 201,
      description: 'One result for each row',
      schema: BulkAnswerSchema,
      examples: {
        'One changed, one refused': exampleSuccess('1 of 2 customers created or updated', {
          successCount: 1,
          errorCount: 1,
          results: upsertResults,
        }),
      },
    },
    errorExamples: exampleFieldErrors({
      field: 'by',
      code: 'required',
      message: 'by must be one of: email, externalId.',
    }),
  }),

  bulkUpdate: describeRoute({
    ...bulk,
    summary: 'Update customers in bulk',
    description: [
      'Up to 100 partial updates in one request, in the order given. Each row names its customer by `uuid`, and',
      'changes it as [Update customer](#tag/customers/PUT/partners/customers/{uuid}) does.',
      '',
      ...semantics,
    ].join('\n'),
    body: bulkBody(BulkUpdateRowSchema),
    bodyExamples: {
      'Each row on its own': {
        customers: [
          { uuid: exampleCustomer.uuid, ...exampleCustomerPatch },
          { uuid: exampleSmallCustomer.uuid, status: 'inactive' },
        ],
      },
      'All or none': { mode: 'atomic', customers: [{ uuid: exampleCustomer.uuid, ...exampleCustomerPatch }] },
    },
    success: {
      status: 201,
      description: 'One result for each row',
      schema: BulkAnswerSchema,
      examples: {
        'One of two rows changed': exampleSuccess('1 of 2 customers updated', {
          successCount: 1,
          errorCount: 1,
          results: updateResults,
        }),
      },
    },
    errorExamples: exampleFieldErrors({
      field: 'customers',
      code: 'empty',
      message: 'customers must not be empty.',
    }),
  }),
};
