import { exampleContact, exampleCustomer } from './examples.js';

const uuid = (description: string, example: string) => ({
  type: 'string',
  format: 'uuid',
  description,
  examples: [example],
});

const customerUuid = uuid('The customer, as answered at its creation', exampleCustomer.uuid);

/** Path of routes on one customer: `{uuid}`. */
export const CustomerParamsSchema = {
  type: 'object',
  required: ['uuid'],
  properties: { uuid: customerUuid },
} as const;

/** Path of routes on one import: `{uuid}`. */
export const ImportParamsSchema = {
  type: 'object',
  required: ['uuid'],
  properties: { uuid: uuid('The import', '2f7f0c55-3d0a-4f4b-9c1e-6b1d8a90e7c4') },
} as const;

/** Path of routes on one contact of a customer: `{uuid}` and `{contactUuid}`. */
export const ContactParamsSchema = {
  type: 'object',
  required: ['uuid', 'contactUuid'],
  properties: { uuid: customerUuid, contactUuid: uuid('The contact', exampleContact.uuid) },
} as const;

/** Path of the create-or-update route by the caller's own id: `{externalId}`. */
export const ExternalIdParamsSchema = {
  type: 'object',
  required: ['externalId'],
  properties: {
    externalId: {
      type: 'string',
      maxLength: 255,
      description: "The id in the caller's own system, percent-encoded",
      examples: [exampleCustomer.externalId],
    },
  },
} as const;

/** Path of the create-or-update route by email: `{email}`. */
export const EmailParamsSchema = {
  type: 'object',
  required: ['email'],
  properties: {
    email: {
      type: 'string',
      maxLength: 255,
      description: 'The email, percent-encoded; found without regard to case',
      examples: [exampleCustomer.email],
    },
  },
} as const;
