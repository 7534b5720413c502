import { type Static, Type } from 'typebox';
import { CUSTOMER_LIMITS } from './customer-limits.js';

const nullable = <S extends Type.TSchema>(schema: S) => Type.Union([schema, Type.Null()]);

const optionalText = (maxLength: number, description: string, example: string) =>
  Type.Optional(Type.Unsafe<string | null>({ type: ['string', 'null'], maxLength, description, examples: [example] }));

/** Postal address as a caller sends it; every part may be left out, contract §3.1. */
export const AddressInputSchema = Type.Unsafe<AddressInput | null>({
  type: ['object', 'null'],
  description: 'Postal address; every part is optional. An address without any part is stored as null.',
  properties: {
    street: optionalText(CUSTOMER_LIMITS.text, 'Street and number', '12 Long Street'),
    city: optionalText(CUSTOMER_LIMITS.text, 'City', 'Cape Town'),
    state: optionalText(CUSTOMER_LIMITS.text, 'State, province or region', 'Western Cape'),
    zipCode: optionalText(CUSTOMER_LIMITS.text, 'Postal code', '8001'),
    country: optionalText(CUSTOMER_LIMITS.text, 'Country', 'South Africa'),
  },
});

/** Parts of an address as sent. */
export interface AddressInput {
  street?: string | null;
  city?: string | null;
  state?: string | null;
  zipCode?: string | null;
  country?: string | null;
}

const contactProperties = {
  firstName: optionalText(CUSTOMER_LIMITS.text, 'Given name', 'Thandi'),
  lastName: optionalText(CUSTOMER_LIMITS.text, 'Family name', 'Nkosi'),
  name: optionalText(CUSTOMER_LIMITS.text, 'Full name; made from the parts when left out', 'Thandi Nkosi'),
  email: Type.Optional(
    Type.Unsafe<string | null>({
      type: ['string', 'null'],
      maxLength: CUSTOMER_LIMITS.text,
      format: 'optional-email',
      description: 'Email address; need not be unique',
      examples: ['thandi@acme.example'],
    }),
  ),
  phone: optionalText(CUSTOMER_LIMITS.phone, 'Phone number, kept as written', '+27 21 555 0100'),
  isPrimary: Type.Optional(
    Type.Boolean({ description: 'At most one contact of a customer is primary', examples: [true] }),
  ),
};

/** Contact person as a caller sends it; needs a name part, an email or a phone, contract §3.1. */
export const ContactInputSchema = Type.Object(contactProperties, {
  description: 'Contact person; needs at least one of firstName, lastName, name, email or phone.',
});

/** Contact person as sent. */
export type ContactInput = Static<typeof ContactInputSchema>;

const requiredFields = {
  customer: Type.String({
    minLength: 1,
    maxLength: CUSTOMER_LIMITS.text,
    description: 'Customer or business name, 1 to 255 characters after trimming',
    examples: ['Acme Trading (Pty) Ltd'],
  }),
  email: Type.String({
    maxLength: CUSTOMER_LIMITS.text,
    format: 'email',
    description: 'Primary email; unique within the team without regard to case, kept as written',
    examples: ['accounts@acme.example'],
  }),
};

const optionalFields = {
  mainPhone: optionalText(CUSTOMER_LIMITS.phone, 'Primary phone number, kept as written', '+27 21 555 0199'),
  website: Type.Optional(
    Type.Unsafe<string | null>({
      type: ['string', 'null'],
      maxLength: CUSTOMER_LIMITS.text,
      format: 'website',
      description: 'Website; with a protocol it must be http or https',
      examples: ['https://acme.example'],
    }),
  ),
  status: Type.Optional(
    Type.Unsafe<'active' | 'inactive'>({
      type: 'string',
      enum: ['active', 'inactive'],
      description: 'Defaults to active',
      examples: ['active'],
    }),
  ),
  billingAddress: Type.Optional(AddressInputSchema),
  shippingAddress: Type.Optional(AddressInputSchema),
  notes: optionalText(CUSTOMER_LIMITS.notes, 'Free text', 'Prefers invoices by email'),
  paymentTerm: optionalText(CUSTOMER_LIMITS.text, 'Payment term', 'Net 30'),
  taxNumber: optionalText(CUSTOMER_LIMITS.text, 'Tax number', '4123456789'),
  taxAutoCalculate: Type.Optional(
    Type.Unsafe<boolean | null>({ type: ['boolean', 'null'], description: 'Tax is calculated', examples: [true] }),
  ),
  taxExcluded: Type.Optional(
    Type.Unsafe<boolean | null>({ type: ['boolean', 'null'], description: 'Prices exclude tax', examples: [false] }),
  ),
  taxes: Type.Optional(
    Type.Unsafe<number[] | null>({
      type: ['array', 'null'],
      items: { type: 'number' },
      maxItems: CUSTOMER_LIMITS.taxes,
      description: 'Tax rates or ids',
      examples: [[15]],
    }),
  ),
  externalId: optionalText(
    CUSTOMER_LIMITS.text,
    "The id in the caller's own system; unique within the team",
    'crm-48213',
  ),
  metadata: Type.Optional(
    Type.Unsafe<Record<string, string> | null>({
      type: ['object', 'null'],
      additionalProperties: { type: 'string', maxLength: CUSTOMER_LIMITS.metadataValueLength },
      propertyNames: { maxLength: CUSTOMER_LIMITS.metadataKeyLength },
      maxProperties: CUSTOMER_LIMITS.metadataKeys,
      description: "The caller's own keys and string values; replaced whole by an update",
      examples: [{ segment: 'retail' }],
    }),
  ),
};

/** Body of `POST /partners/customers`, contract §3.1. */
export const CustomerInputSchema = Type.Object({
  ...requiredFields,
  ...optionalFields,
  contacts: Type.Optional(
    Type.Unsafe<ContactInput[] | null>({
      type: ['array', 'null'],
      items: ContactInputSchema,
      maxItems: CUSTOMER_LIMITS.contacts,
      description: 'Contact persons, stored with the customer or not at all',
    }),
  ),
});

/** A customer to create, as sent. */
export type CustomerInput = Static<typeof CustomerInputSchema>;

/** Body of `PUT` and `PATCH /partners/customers/{uuid}`: only what is given changes, contract §3.2. */
export const CustomerPatchSchema = Type.Object({
  customer: Type.Optional(requiredFields.customer),
  email: Type.Optional(requiredFields.email),
  ...optionalFields,
});

/** A partial update of a customer, as sent. */
export type CustomerPatch = Static<typeof CustomerPatchSchema>;

const text = nullable(Type.String());

/** Postal address in an answer: all five parts, null where unknown, contract §3.1. */
export const AddressSchema = Type.Object({
  street: text,
  city: text,
  state: text,
  zipCode: text,
  country: text,
});

/** Contact person in an answer, contract §3.1. */
export const ContactSchema = Type.Object({
  uuid: Type.String({ format: 'uuid' }),
  firstName: text,
  lastName: text,
  name: text,
  email: text,
  phone: text,
  isPrimary: Type.Boolean(),
});

/** Customer in an answer, contract §3.1. */
export const CustomerSchema = Type.Object({
  uuid: Type.String({ format: 'uuid', description: 'Made by the server; store it for later calls' }),
  id: Type.String({ format: 'uuid', description: 'The same value as uuid' }),
  customer: Type.String(),
  email: Type.String(),
  mainPhone: text,
  website: text,
  status: Type.Union([Type.Literal('active'), Type.Literal('inactive')]),
  billingAddress: nullable(AddressSchema),
  shippingAddress: nullable(AddressSchema),
  contacts: Type.Array(ContactSchema),
  notes: text,
  paymentTerm: text,
  taxNumber: text,
  taxAutoCalculate: nullable(Type.Boolean()),
  taxExcluded: nullable(Type.Boolean()),
  taxes: nullable(Type.Array(Type.Number())),
  externalId: text,
  metadata: Type.Record(Type.String(), Type.String()),
  createdAt: Type.String({ format: 'date-time' }),
  updatedAt: Type.String({ format: 'date-time' }),
  version: Type.Integer({ minimum: 1, description: '1 at creation, one more for each change' }),
});

/** Postal address as answered. */
export type Address = Static<typeof AddressSchema>;
/** Contact person as answered. */
export type Contact = Static<typeof ContactSchema>;
/** Customer as answered. */
export type Customer = Static<typeof CustomerSchema>;
/** `active` or `inactive`. */
export type CustomerStatus = Customer['status'];

/** What a list with `includeDeleted=true` tells of a customer that was deleted, contract §3.2. */
export const DeletedCustomerSchema = Type.Object({
  uuid: Type.String({ format: 'uuid' }),
  id: Type.String({ format: 'uuid', description: 'The same value as uuid' }),
  deleted: Type.Literal(true),
  deletedAt: Type.String({ format: 'date-time' }),
  updatedAt: Type.String({ format: 'date-time' }),
  mergedInto: Type.Union([Type.String({ format: 'uuid' }), Type.Null()], {
    description: 'The customer that it was merged into; null when it was not merged',
  }),
});

/** What a list tells of a customer that was deleted. */
export type DeletedCustomer = Static<typeof DeletedCustomerSchema>;
