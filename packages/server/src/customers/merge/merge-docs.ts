import type { Contact, Customer } from '@countersign/contract';
import {
  MergeAnswerSchema,
  MergeInputSchema,
  UnmergeAnswerSchema,
  UnmergeInputSchema,
} from '@countersign/contract/schemas';
import { describeRoute } from '../../docs/describe-route.js';
import { exampleCustomer, exampleFieldErrors, exampleSmallCustomer, exampleSuccess } from '../../docs/examples.js';
import { CustomerParamsSchema } from '../../docs/path-params.js';

const { uuid, customer: name, email } = exampleSmallCustomer;

const exampleMainEmail = {
  uuid: '2f9a6f0c-4a57-4b1e-8d3c-6f1f3f6f2f11',
  firstName: null,
  lastName: null,
  name,
  email,
  phone: null,
  isPrimary: false,
} satisfies Contact;

const exampleMerged = {
  ...exampleCustomer,
  contacts: [...exampleCustomer.contacts, exampleMainEmail],
  updatedAt: '2026-03-06T09:30:12.005Z',
  version: 2,
} satisfies Customer;

const exampleUnmergedAt = '2026-03-06T09:41:50.318Z';

/** What the reference tells about merging customers, contract §7.3. */
export const mergeDocs = {
  merge: describeRoute({
    tag: 'Merge',
    summary: 'Merge customers',
    description: [
      'The customer in the path stays and keeps what it has. What it lacks comes from those in `from`, the first first:',
      '- `fields` names exceptions: for a field, whose value is taken.',
      '- Contacts are joined: one per email, else per phone and name. The other main emails become contacts.',
      '- `metadata` is joined, and `notes` are put one after the other, up to the limits of a customer.',
      '',
      'The others leave every read: a GET of one is 404 with `details.mergedInto`. `unmerge` brings one back. With',
      '`dryRun: true` the answer is the same, `ETag` apart, and nothing is written.',
      '',
      'The 404 names in `details.uuids` which of `from` there are not, and in `details.merged` what was merged before.',
    ].join('\n'),
    scope: 'customers:write',
    params: CustomerParamsSchema,
    body: MergeInputSchema,
    bodyExamples: {
      'Two become one': { from: [uuid] },
      'With the phone of the other': { from: [uuid], fields: { mainPhone: uuid } },
      'See what would come of it': { from: [uuid], dryRun: true },
    },
    success: {
      status: 200,
      description: 'The customer that stays, with what it took, and the UUIDs of those that are part of it now',
      schema: MergeAnswerSchema,
      examples: {
        Merged: exampleSuccess('Customers merged successfully', { customer: exampleMerged, merged: [uuid] }),
        'Dry run': exampleSuccess('Customers would be merged', {
          dryRun: true,
          customer: exampleMerged,
          merged: [uuid],
        }),
      },
      hasETag: true,
    },
    errors: ['validation_error', 'invalid_uuid', 'customer_not_found'],
    errorExamples: {
      ...exampleFieldErrors(
        {
          field: 'fields.phone',
          code: 'invalid_value',
          message: 'fields.phone is not a field that can be taken from one of them.',
        },
        { field: 'from[0]', code: 'duplicate', message: 'from[0] names a customer that is part of the merge already.' },
      ),
      customer_not_found: {
        message: `Customer not found: ${uuid}.`,
        details: { uuids: [uuid], merged: [{ uuid, mergedInto: exampleCustomer.uuid }] },
      },
    },
    hasIdempotencyKey: true,
    hasIfMatch: true,
  }),

  unmerge: describeRoute({
    tag: 'Merge',
    summary: 'Unmerge customer',
    description: [
      'Brings a customer back that was merged into the one in the path, as it was, and takes from that one what came from it',
      'and was not changed since. What was changed stays, and `kept` names it. Also after other merges into the same customer:',
      'what came from those stays. 409 where another customer has its email or external id by now.',
      '',
      '`If-Match` and the `ETag` are about the customer in the path.',
    ].join('\n'),
    scope: 'customers:write',
    params: CustomerParamsSchema,
    body: UnmergeInputSchema,
    bodyExamples: { 'Bring it back': { uuid } },
    success: {
      status: 200,
      description: 'The customer in the path, the one that is back, and what was left as it is',
      schema: UnmergeAnswerSchema,
      examples: {
        Unmerged: exampleSuccess('Customer unmerged successfully', {
          customer: { ...exampleCustomer, updatedAt: exampleUnmergedAt, version: 3 },
          unmerged: { ...exampleSmallCustomer, updatedAt: exampleUnmergedAt, version: 3 },
          kept: [],
        }),
        'Its email was changed since': exampleSuccess('Customer unmerged successfully', {
          customer: {
            ...exampleCustomer,
            contacts: [...exampleCustomer.contacts, { ...exampleMainEmail, phone: '+27 21 555 0123' }],
            updatedAt: exampleUnmergedAt,
            version: 4,
          },
          unmerged: { ...exampleSmallCustomer, updatedAt: exampleUnmergedAt, version: 3 },
          kept: [{ field: 'contacts[2]', reason: 'changed_since' }],
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
    errorExamples: {
      ...exampleFieldErrors({ field: 'uuid', code: 'required', message: 'uuid is required.' }),
      customer_not_found: { message: `No customer ${uuid} is merged into this one.`, details: { uuids: [uuid] } },
    },
    hasIdempotencyKey: true,
    hasIfMatch: true,
  }),
};
