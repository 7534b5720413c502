import {
  type Contact,
  type ContactInput,
  type Customer,
  type CustomerInput,
  type CustomerPatch,
  type DeletedCustomer,
  ERROR_CODES,
  type ErrorCode,
  type ErrorEnvelope,
  type FieldError,
  type Pagination,
  toldFaults,
} from '@countersign/contract';

/** The request id that all example answers carry. */
const REQUEST_ID = '0b6f3c52-7a0e-4d6b-9f51-2c7d1f0a8e34';

/** A contact person as a caller sends it, all fields given. */
export const exampleContactInput = {
  firstName: 'Thandi',
  lastName: 'Nkosi',
  email: 'thandi@acme.example',
  phone: '+27 21 555 0100',
  isPrimary: true,
} as const satisfies ContactInput;

/** A customer as a caller sends it, with two addresses and two contacts. */
export const exampleCustomerInput = {
  customer: 'Acme Trading (Pty) Ltd',
  email: 'accounts@acme.example',
  mainPhone: '+27 21 555 0199',
  website: 'https://acme.example',
  status: 'active',
  billingAddress: {
    street: '12 Long Street',
    city: 'Cape Town',
    state: 'Western Cape',
    zipCode: '8001',
    country: 'South Africa',
  },
  shippingAddress: {
    street: 'Unit 4, 88 Marine Drive',
    city: 'Durban',
    state: 'KwaZulu-Natal',
    zipCode: '4001',
    country: 'South Africa',
  },
  contacts: [
    exampleContactInput,
    { firstName: 'Pieter', lastName: 'Botha', email: 'pieter@acme.example', phone: '+27 31 555 0142' },
  ],
  notes: 'Prefers invoices by email',
  paymentTerm: 'Net 30',
  taxNumber: '4123456789',
  externalId: 'crm-48213',
  metadata: { segment: 'retail', accountManager: 'J. Mokoena' },
} satisfies CustomerInput;

/** The least a customer needs. */
export const exampleSmallCustomerInput = {
  customer: 'Acme Trading (Pty) Ltd',
  email: 'accounts@acme.example',
} as const satisfies CustomerInput;

/** A partial update: one field changes, one is cleared, the others stay. */
export const exampleCustomerPatch = {
  mainPhone: '+27 21 555 0177',
  website: null,
} as const satisfies CustomerPatch;

/** Changes of one contact: a new phone number, and the contact is the primary one. */
export const exampleContactPatch = { phone: '+27 31 555 0180', isPrimary: true } as const satisfies ContactInput;

/** A contact person as answered. */
export const exampleContact = {
  uuid: 'c2b0f8ae-5d5f-4f0c-8a44-7f4b2f1a9d10',
  firstName: 'Thandi',
  lastName: 'Nkosi',
  name: 'Thandi Nkosi',
  email: 'thandi@acme.example',
  phone: '+27 21 555 0100',
  isPrimary: true,
} as const satisfies Contact;

/** The second contact of {@link exampleCustomer}. */
export const exampleSecondContact = {
  uuid: '81d7a6c3-0e39-4c0d-b7f2-64a0c5e8b921',
  firstName: 'Pieter',
  lastName: 'Botha',
  name: 'Pieter Botha',
  email: 'pieter@acme.example',
  phone: '+27 31 555 0142',
  isPrimary: false,
} as const satisfies Contact;

const CREATED_AT = '2026-03-02T08:15:30.412Z';

/** A customer as answered after its creation from the required fields. */
export const exampleSmallCustomer = {
  uuid: 'b1c7d5a4-63f0-4e8b-8f0e-92d4a7c3e551',
  id: 'b1c7d5a4-63f0-4e8b-8f0e-92d4a7c3e551',
  customer: 'Blue Crane Books',
  email: 'hello@bluecrane.example',
  mainPhone: null,
  website: null,
  status: 'active',
  billingAddress: null,
  shippingAddress: null,
  contacts: [],
  notes: null,
  paymentTerm: null,
  taxNumber: null,
  taxAutoCalculate: null,
  taxExcluded: null,
  taxes: null,
  externalId: null,
  metadata: {},
  createdAt: CREATED_AT,
  updatedAt: CREATED_AT,
  version: 1,
} satisfies Customer;

/** A customer as answered after its creation from {@link exampleCustomerInput}. */
export const exampleCustomer = {
  ...exampleSmallCustomer,
  ...exampleCustomerInput,
  uuid: '5f0c1f4e-8a2b-4d1e-9a64-3b9d2c7e6f18',
  id: '5f0c1f4e-8a2b-4d1e-9a64-3b9d2c7e6f18',
  contacts: [exampleContact, exampleSecondContact],
} satisfies Customer;

/** The customer of {@link exampleCustomer} after {@link exampleCustomerPatch}. */
export const exampleUpdatedCustomer = {
  ...exampleCustomer,
  ...exampleCustomerPatch,
  updatedAt: '2026-03-02T09:41:07.038Z',
  version: 2,
} satisfies Customer;

/** The customer of {@link exampleCustomer} after it was deleted and restored. */
export const exampleRestoredCustomer = {
  ...exampleCustomer,
  updatedAt: '2026-03-04T13:20:55.906Z',
  version: 3,
} satisfies Customer;

/** Where the first page of a list stands. */
export const examplePagination = {
  page: 1,
  limit: 20,
  total: 1,
  totalIsExact: true,
  totalPages: 1,
  hasMore: false,
  nextCursor: null,
  updatedUntil: '2026-03-04T08:14:50.000Z',
} as const satisfies Pagination;

/** What is left of a deleted customer. */
export const exampleDeletedCustomer = {
  uuid: exampleSmallCustomer.uuid,
  id: exampleSmallCustomer.id,
  deleted: true,
  deletedAt: '2026-03-04T08:12:31.406Z',
  updatedAt: '2026-03-04T08:12:31.406Z',
  mergedInto: null,
} as const satisfies DeletedCustomer;

/** A success answer around example data, contract §2. */
export function exampleSuccess<D>(message: string, data: D): { status: 'success'; message: string; data: D } {
  return { status: 'success', message, data };
}

/** What example error answers say in place of, or beside, what all answers of their code say. */
export type ErrorExamples = {
  readonly [C in ErrorCode]?: Readonly<Record<string, unknown>> & { readonly errors?: FieldError[] };
};

/** A validation error about these fields. */
export function exampleFieldErrors(...errors: FieldError[]): ErrorExamples {
  return { validation_error: { errors } };
}

/** The refusal of a token without a scope. */
export function missingScope(scope: string): ErrorExamples {
  return {
    insufficient_scope: { message: `The access token lacks the scope ${scope}.`, details: { requiredScope: scope } },
  };
}

/** The validation error of a route without a body: all that can be wrong is the key. */
export const exampleKeyError: ErrorExamples = {
  validation_error: {
    errors: [
      {
        field: 'Idempotency-Key',
        code: 'invalid_value',
        message: 'Idempotency-Key must be 1 to 255 visible ASCII characters.',
      },
    ],
  },
};

const PARTICULARS: ErrorExamples = {
  ...exampleFieldErrors(
    { field: 'customer', code: 'required', message: 'customer is required.' },
    { field: 'contacts[1].email', code: 'invalid_email', message: 'contacts[1].email must be a valid email address.' },
  ),
  invalid_json: { message: 'The request body is not JSON: unexpected character at position 17.' },
  invalid_query: {
    errors: [
      { field: 'limit', code: 'invalid_value', message: 'limit must be a whole number from 1 to 100.' },
      {
        field: 'orderBy',
        code: 'invalid_value',
        message: 'orderBy must be one of: customer, email, createdAt, updatedAt.',
      },
    ],
  },
  invalid_grant: { message: 'The authorization code is invalid.', error: 'invalid_grant' },
  missing_credentials: { error: 'missing_credentials', details: { missing: ['x-timestamp', 'x-signature'] } },
  invalid_signature: { error: 'Invalid HMAC signature' },
  timestamp_out_of_range: { details: { serverTime: 1772439330, skewSeconds: -412 } },
  missing_token: { error: 'invalid_token' },
  invalid_token: { error: 'invalid_token' },
  token_expired: { error: 'invalid_token', error_description: 'The access token expired' },
  email_already_exists: {
    details: { email: exampleCustomer.email, existingCustomerUuid: exampleCustomer.uuid },
  },
  external_id_already_exists: {
    details: { externalId: exampleCustomer.externalId, existingCustomerUuid: exampleCustomer.uuid },
  },
  version_mismatch: { details: { currentVersion: 3 } },
  rate_limit_exceeded: {
    message: 'This app may send 100 requests a minute. Wait 12 s.',
    type: 'RATE_LIMITED',
    details: { limit: 100, windowSeconds: 60, retryAfterSeconds: 12 },
  },
};

/** The answer a caller gets for an error code, contract §2. */
export function exampleError(code: ErrorCode, particulars: ErrorExamples = {}): ErrorEnvelope {
  const own = particulars[code] ?? PARTICULARS[code];
  return {
    status: 'error',
    message: toldFaults(own?.errors)?.message ?? ERROR_CODES[code].message,
    code,
    statusCode: ERROR_CODES[code].status,
    ...own,
    requestId: REQUEST_ID,
  };
}
