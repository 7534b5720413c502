import {
  ContactAnswerSchema,
  ContactInputSchema,
  ContactsAnswerSchema,
  DeletedAnswerSchema,
} from '@countersign/contract/schemas';
import { describeRoute, type RouteDescription } from '../../docs/describe-route.js';
import {
  exampleContact,
  exampleContactInput,
  exampleContactPatch,
  exampleFieldErrors,
  exampleKeyError,
  exampleSecondContact,
  exampleSuccess,
} from '../../docs/examples.js';
import { ContactParamsSchema, CustomerParamsSchema } from '../../docs/path-params.js';

const change = {
  tag: 'Contacts',
  scope: 'customers:write',
  hasIdempotencyKey: true,
  hasIfMatch: true,
} as const satisfies Partial<RouteDescription>;

const nobodyNamed = exampleFieldErrors({
  field: '',
  code: 'empty_contact',
  message: 'The contact needs at least one of firstName, lastName, name, email or phone.',
});

const onVersions =
  'Contacts are part of the customer: its `version` goes up. `If-Match` and the ETag of the answer are those of the ' +
  'customer.';

/** What the reference tells about the routes on a customer's contacts, contract §3.2. */
export const contactDocs = {
  listContacts: describeRoute({
    tag: 'Contacts',
    summary: 'List contacts',
    description: 'All contacts of a customer, in the order they were added: at most 100, so there are no pages.',
    scope: 'customers:read',
    params: CustomerParamsSchema,
    hasIfNoneMatch: true,
    success: {
      status: 200,
      description: 'The contacts',
      schema: ContactsAnswerSchema,
      examples: {
        'Two contacts': exampleSuccess('Contacts retrieved successfully', {
          contacts: [exampleContact, exampleSecondContact],
        }),
      },
      hasETag: true,
    },
    errors: ['invalid_uuid', 'customer_not_found'],
  }),

  createContact: describeRoute({
    ...change,
    summary: 'Create contact',
    description: [
      'Adds a contact; it needs at least one of `firstName`, `lastName`, `name`, `email` or `phone`. Left out, `name`',
      'is made from its parts. A contact with `isPrimary: true` becomes the primary one in place of the one before.',
      '',
      onVersions,
    ].join('\n'),
    params: CustomerParamsSchema,
    body: ContactInputSchema,
    bodyExamples: { 'Primary contact': exampleContactInput, 'Only a phone number': { phone: '+27 21 555 0111' } },
    success: {
      status: 201,
      description: 'The contact as stored',
      schema: ContactAnswerSchema,
      examples: { Contact: exampleSuccess('Contact created successfully', { contact: exampleContact }) },
      hasETag: true,
      hasLocation: true,
    },
    errors: ['validation_error', 'invalid_uuid', 'customer_not_found'],
    errorExamples: nobodyNamed,
  }),

  updateContact: describeRoute({
    ...change,
    summary: 'Update contact',
    description: [
      'A partial update: what you leave out stays, `null` or `""` clears a field. A `name` that was made from its',
      'parts follows them. Making a contact primary unsets the other in the same step.',
      '',
      onVersions,
    ].join('\n'),
    params: ContactParamsSchema,
    body: ContactInputSchema,
    bodyExamples: { 'New phone, now primary': exampleContactPatch },
    success: {
      status: 200,
      description: 'The contact after the change',
      schema: ContactAnswerSchema,
      examples: {
        Contact: exampleSuccess('Contact updated successfully', {
          contact: { ...exampleSecondContact, ...exampleContactPatch },
        }),
      },
      hasETag: true,
    },
    errors: ['validation_error', 'invalid_uuid', 'customer_not_found', 'contact_not_found'],
    errorExamples: nobodyNamed,
  }),

  deleteContact: describeRoute({
    ...change,
    summary: 'Delete contact',
    description: `Removes a contact for good; unlike a customer it cannot be restored.\n\n${onVersions}`,
    params: ContactParamsSchema,
    success: {
      status: 200,
      description: 'The contact is deleted',
      schema: DeletedAnswerSchema,
      examples: {
        Deleted: exampleSuccess('Contact deleted successfully', {
          uuid: exampleContact.uuid,
          id: exampleContact.uuid,
          deleted: true,
        }),
      },
      hasETag: true,
    },
    errors: ['invalid_uuid', 'customer_not_found', 'contact_not_found'],
    errorExamples: exampleKeyError,
  }),
};
