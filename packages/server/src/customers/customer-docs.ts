import {
  CustomerAnswerSchema,
  CustomerInputSchema,
  CustomerListQuerySchema,
  CustomerPageAnswerSchema,
  CustomerPatchSchema,
  DeletedAnswerSchema,
} from '@countersign/contract/schemas';
import { describeRoute, type RouteDescription } from '../docs/describe-route.js';
import {
  exampleCustomer,
  exampleCustomerInput,
  exampleCustomerPatch,
  exampleDeletedCustomer,
  exampleFieldErrors,
  exampleKeyError,
  examplePagination,
  exampleRestoredCustomer,
  exampleSmallCustomer,
  exampleSmallCustomerInput,
  exampleSuccess,
  exampleUpdatedCustomer,
} from '../docs/examples.js';
import { CustomerParamsSchema } from '../docs/path-params.js';

const retrieved: RouteDescription['success'] = {
  status: 200,
  description: 'The customer',
  schema: CustomerAnswerSchema,
  examples: { Customer: exampleSuccess('Customer retrieved successfully', { customer: exampleCustomer }) },
  hasETag: true,
};

const update: RouteDescription = {
  tag: 'Customers',
  summary: 'Update customer',
  description: [
    'A partial update: what you leave out stays as it is.',
    '- `null` or `""` clears a text field. Name, email and status cannot be cleared.',
    '- An address is replaced whole; `null` removes it. `metadata` is replaced whole too.',
    '- `contacts` is not changed here, and the answer says so in `_partnerWarnings`: use the routes for contacts.',
    '- An update that changes nothing makes no new version.',
    '',
    'Send `If-Match` with the ETag you read to be sure that nobody changed the customer meanwhile.',
  ].join('\n'),
  scope: 'customers:write',
  params: CustomerParamsSchema,
  body: CustomerPatchSchema,
  bodyExamples: {
    'Change one field, clear another': exampleCustomerPatch,
    'Replace the billing address': { billingAddress: { city: 'Durban', country: 'South Africa' } },
    'Set inactive': { status: 'inactive' },
  },
  success: {
    status: 200,
    description: 'The whole customer after the change',
    schema: CustomerAnswerSchema,
    examples: {
      Updated: exampleSuccess('Customer updated successfully', { customer: exampleUpdatedCustomer }),
      'With a field that was not used': exampleSuccess('Customer updated successfully', {
        customer: exampleUpdatedCustomer,
        _partnerWarnings: [
          {
            field: 'contacts',
            reason: 'use_contacts_routes',
            message: 'contacts is not changed here; use the routes under /partners/customers/{uuid}/contacts.',
          },
        ],
      }),
    },
    hasETag: true,
  },
  errors: [
    'validation_error',
    'invalid_uuid',
    'customer_not_found',
    'email_already_exists',
    'external_id_already_exists',
  ],
  errorExamples: exampleFieldErrors({
    field: 'website',
    code: 'invalid_url',
    message: 'website must be a web address; with a protocol it must be http or https.',
  }),
  hasIdempotencyKey: true,
  hasIfMatch: true,
};

/** What the reference tells about the routes on customers one by one, contract §3.2. */
export const customerDocs = {
  list: describeRoute({
    tag: 'Customers',
    summary: 'List customers',
    description: [
      'All filters must hold. Names and emails sort without regard to case, and the order is total: ties are ordered',
      'by `uuid`. A page past the end is empty. A search counts 10,000 matches at most: beyond that `total` is 10000 and',
      '`totalIsExact` false, and pages and cursors go on.',
      '',
      'To read many records follow `pagination.nextCursor` in `cursor`, with the same filters and `limit`, until it is',
      '`null`. That costs the same at any depth, and neither skips nor repeats a record that did not change meanwhile.',
      'The cursor knows its order; `orderBy` and `orderDirection` may be left out, and may not differ. `page` is for',
      'page numbers in a user interface.',
      '',
      'To keep a copy up to date, ask with `updatedSince` for what changed, in walks one after the other: each is asked with',
      'the `pagination.updatedUntil` that the walk before told, and the first without. So nothing is ever missed; some records',
      'come twice. With `includeDeleted=true` deleted customers come too, each as what is left of it, in the same order, and',
      'whatever the `status` asked for; it does not go with `search`. All pages of a walk tell the same `updatedUntil`; follow',
      'the cursor for it, since pages by number promise nothing. The guide on mirroring has the whole loop.',
    ].join('\n'),
    scope: 'customers:read',
    querystring: CustomerListQuerySchema,
    success: {
      status: 200,
      description: 'A page of customers',
      schema: CustomerPageAnswerSchema,
      examples: {
        'The only page': exampleSuccess('Customers retrieved successfully', {
          customers: [exampleCustomer],
          pagination: examplePagination,
        }),
        'The first of three pages': exampleSuccess('Customers retrieved successfully', {
          customers: [exampleSmallCustomer],
          pagination: {
            page: 1,
            limit: 1,
            total: 3,
            totalIsExact: true,
            totalPages: 3,
            hasMore: true,
            nextCursor: 'bmEyLjE3NzI2MTIwOTAwMDAuYjFjN2Q1YTQ2M2YwNGU4YjhmMGU5MmQ0YTdjM2U1NTEuYmx1ZSBjcmFuZSBib29rcw',
            updatedUntil: examplePagination.updatedUntil,
          },
        }),
        'What changed, with what was deleted': exampleSuccess('Customers retrieved successfully', {
          customers: [exampleUpdatedCustomer, exampleDeletedCustomer],
          pagination: { ...examplePagination, total: 2 },
        }),
        'Nothing found': exampleSuccess('Customers retrieved successfully', {
          customers: [],
          pagination: { ...examplePagination, total: 0, totalPages: 0 },
        }),
      },
    },
  }),

  findByEmail: describeRoute({
    tag: 'Customers',
    summary: 'Find customer by email',
    description: 'The one customer of the team with exactly this email, without regard to case.',
    scope: 'customers:read',
    querystring: {
      type: 'object',
      required: ['email'],
      properties: {
        email: {
          type: 'string',
          maxLength: 255,
          description: 'The whole address, percent-encoded: `+` as `%2B`',
          examples: [exampleCustomer.email],
        },
      },
    },
    success: retrieved,
    errors: ['customer_not_found'],
    errorExamples: {
      invalid_query: { errors: [{ field: 'email', code: 'required', message: 'email is required.' }] },
    },
    hasIfNoneMatch: true,
  }),

  get: describeRoute({
    tag: 'Customers',
    summary: 'Get customer',
    description:
      'Send `If-None-Match` with the ETag you have: the answer is 304 without a body while the customer is the same. ' +
      'A deleted customer and one of another team are 404. With `version` or `at` it is answered as it was, also when it is ' +
      'deleted now; 404 `version_not_found` where it has no such version, or was deleted or not there yet at that time.',
    scope: 'customers:read',
    params: CustomerParamsSchema,
    querystring: {
      type: 'object',
      properties: {
        version: { type: 'integer', minimum: 1, description: 'The customer as it was at this version' },
        at: { type: 'string', format: 'date-time', description: 'The customer as it was at this time (ISO 8601)' },
      },
    },
    success: retrieved,
    errors: ['invalid_uuid', 'customer_not_found', 'version_not_found'],
    hasIfNoneMatch: true,
  }),

  create: describeRoute({
    tag: 'Customers',
    summary: 'Create customer',
    description: [
      'Stores the customer with its addresses and contacts in one atomic write: all or none. Needs `customer` and',
      '`email`; the email is unique in the team without regard to case.',
      '',
      'Keep `uuid`: the other routes take it. Fields that do not exist are ignored and named in `_partnerWarnings`; a',
      'value of a wrong type is an error, and all errors come at once.',
      '',
      'With an `Idempotency-Key` a request that got no answer can be sent again without making a second customer.',
    ].join('\n'),
    scope: 'customers:write',
    body: CustomerInputSchema,
    bodyExamples: { 'Full customer': exampleCustomerInput, 'Required fields only': exampleSmallCustomerInput },
    success: {
      status: 201,
      description: 'The customer as stored',
      schema: CustomerAnswerSchema,
      examples: {
        'Full customer': exampleSuccess('Customer created successfully', { customer: exampleCustomer }),
        'With a field that was not used': exampleSuccess('Customer created successfully', {
          customer: exampleSmallCustomer,
          _partnerWarnings: [
            {
              field: 'fax',
              reason: 'unknown_field',
              message: 'fax is not a field of this object and was ignored.',
            },
          ],
        }),
      },
      hasETag: true,
      hasLocation: true,
    },
    errors: ['validation_error', 'email_already_exists', 'external_id_already_exists'],
    hasIdempotencyKey: true,
  }),

  put: describeRoute(update),

  patch: describeRoute({ ...update, summary: 'Update customer with PATCH' }),

  delete: describeRoute({
    tag: 'Customers',
    summary: 'Delete customer',
    description:
      'Takes the customer out of every read, with its contacts. Its email and external id are free again. ' +
      'It can be brought back with [Restore customer](#tag/customers/POST/partners/customers/{uuid}/restore).',
    scope: 'customers:write',
    params: CustomerParamsSchema,
    success: {
      status: 200,
      description: 'The customer is deleted',
      schema: DeletedAnswerSchema,
      examples: {
        Deleted: exampleSuccess('Customer deleted successfully', {
          uuid: exampleCustomer.uuid,
          id: exampleCustomer.id,
          deleted: true,
        }),
      },
    },
    errors: ['invalid_uuid', 'customer_not_found'],
    errorExamples: exampleKeyError,
    hasIdempotencyKey: true,
    hasIfMatch: true,
  }),

  restore: describeRoute({
    tag: 'Customers',
    summary: 'Restore customer',
    description: [
      'Brings a deleted customer back as it was, with its contacts. Takes no body. 409 when another customer has taken',
      'the email or the external id meanwhile. A customer that is not deleted is answered as it is.',
      'One that was merged is 404 with `details.mergedInto`: `unmerge` brings that back.',
    ].join('\n'),
    scope: 'customers:write',
    params: CustomerParamsSchema,
    success: {
      status: 200,
      description: 'The customer, in every read again',
      schema: CustomerAnswerSchema,
      examples: {
        Restored: exampleSuccess('Customer restored successfully', { customer: exampleRestoredCustomer }),
        'It was not deleted': exampleSuccess('Customer is not deleted', { customer: exampleCustomer }),
      },
      hasETag: true,
    },
    errors: ['invalid_uuid', 'customer_not_found', 'email_already_exists', 'external_id_already_exists'],
    errorExamples: exampleKeyError,
    hasIdempotencyKey: true,
  }),
};
