import { type Static, Type } from 'typebox';
import { ContactSchema, CustomerSchema, DeletedCustomerSchema } from './customer-schema.js';

/** A field that was given and not used, in `data._partnerWarnings`, contract §3.1. */
export const PartnerWarningSchema = Type.Object({
  field: Type.String({ description: 'Path of the field' }),
  reason: Type.Union([
    Type.Literal('unknown_field'),
    Type.Literal('read_only_field'),
    Type.Literal('use_contacts_routes'),
    Type.Literal('answer_too_large'),
  ]),
  message: Type.String(),
});

/** A field that was given and not used. */
export type PartnerWarning = Static<typeof PartnerWarningSchema>;

/** Where a page of a list stands, contract §3.2. */
export const PaginationSchema = Type.Object({
  page: Type.Integer(),
  limit: Type.Integer(),
  total: Type.Integer({ description: 'How many there are; a search counts to 10,000' }),
  totalIsExact: Type.Boolean({ description: 'False where a search has more matches than are counted' }),
  totalPages: Type.Integer({ description: 'Pages of the counted total; a list goes on beyond them' }),
  hasMore: Type.Boolean(),
  nextCursor: Type.Union([Type.String(), Type.Null()]),
  updatedUntil: Type.String({
    format: 'date-time',
    description: 'For the updatedSince of the next round: everything that changed before it has been answered',
  }),
});

/** Where a page of a list stands. */
export type Pagination = Static<typeof PaginationSchema>;

/** Where a list that grows at its head stands: it goes on by cursor alone. */
export const CursorPaginationSchema = Type.Object({
  limit: Type.Integer(),
  hasMore: Type.Boolean(),
  nextCursor: Type.Union([Type.String(), Type.Null()]),
});

/** Where a list that goes on by cursor stands. */
export type CursorPagination = Static<typeof CursorPaginationSchema>;

/** Field error in an answer, contract §2. */
export const FieldErrorSchema = Type.Object({
  field: Type.String(),
  code: Type.String(),
  message: Type.String(),
});

/** Error answer, contract §2. */
export const ErrorEnvelopeSchema = Type.Object({
  status: Type.Literal('error'),
  message: Type.String({ description: 'For a person; it names the first fields at fault' }),
  code: Type.String({ description: 'For programs' }),
  statusCode: Type.Integer({ description: 'The HTTP status' }),
  details: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
  errors: Type.Optional(
    Type.Array(FieldErrorSchema, { description: 'Every field at fault: the first 100, then how many more' }),
  ),
  requestId: Type.String({ description: 'The X-Request-Id of the answer, for a question about it' }),
  error: Type.Optional(Type.String({ description: 'Kept for older clients; read code instead' })),
  error_description: Type.Optional(Type.String({ description: 'Kept for older clients; read code instead' })),
  type: Type.Optional(Type.String({ description: 'Kept for older clients; read code instead' })),
});

/** Error answer as received. */
export type ErrorEnvelope = Static<typeof ErrorEnvelopeSchema>;

/** How a create-or-update ended, contract §3.2. */
const outcome = Type.Union([Type.Literal('created'), Type.Literal('updated'), Type.Literal('unchanged')]);

/** How a create-or-update ended. */
export type UpsertOutcome = Static<typeof outcome>;

/** Result of one row of a bulk call, contract §3.2. */
export const BulkResultSchema = Type.Union([
  Type.Object({
    index: Type.Integer(),
    success: Type.Literal(true),
    outcome: Type.Optional(outcome),
    isShortened: Type.Optional(Type.Literal(false)),
    customer: CustomerSchema,
  }),
  Type.Object(
    {
      index: Type.Integer(),
      success: Type.Literal(true),
      outcome: Type.Optional(outcome),
      isShortened: Type.Literal(true),
      customer: Type.Pick(CustomerSchema, ['uuid', 'id', 'externalId', 'version']),
    },
    { description: 'In an answer of more than about 1 MiB; a warning says from which row on' },
  ),
  Type.Object({
    index: Type.Integer(),
    success: Type.Literal(false),
    error: Type.String(),
    code: Type.String(),
    details: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
    errors: Type.Optional(Type.Array(FieldErrorSchema)),
  }),
]);

/** Result of one row of a bulk call. */
export type BulkResult = Static<typeof BulkResultSchema>;

/** Success answer around some data, contract §2. */
export const successEnvelope = <S extends Type.TSchema>(data: S) =>
  Type.Object({ status: Type.Literal('success'), message: Type.String(), data });

const customer = CustomerSchema;
/** What was given and not used, in the answer of a write. */
export const WarningsSchema = Type.Optional(
  Type.Array(PartnerWarningSchema, { description: 'Fields that were given and not used; absent when there are none' }),
);
const _partnerWarnings = WarningsSchema;

/** Answer with one customer, contract §3.2. */
export const CustomerAnswerSchema = successEnvelope(Type.Object({ customer, _partnerWarnings }));

/** Answer with a page of customers, contract §3.2. */
export const CustomerPageAnswerSchema = successEnvelope(
  Type.Object({
    customers: Type.Array(Type.Union([CustomerSchema, DeletedCustomerSchema]), {
      description: 'Deleted ones only with includeDeleted=true',
    }),
    pagination: PaginationSchema,
  }),
);

/** Answer of a create-or-update, contract §3.2. */
export const UpsertAnswerSchema = successEnvelope(
  Type.Object({
    customer,
    outcome,
    _partnerWarnings,
  }),
);

/** Answer of a bulk call: one result for each row, in the order of the rows, contract §3.2. */
export const BulkAnswerSchema = successEnvelope(
  Type.Object({
    dryRun: Type.Optional(Type.Literal(true, { description: 'There where nothing was written' })),
    successCount: Type.Integer(),
    errorCount: Type.Integer(),
    results: Type.Array(BulkResultSchema),
    _partnerWarnings,
  }),
);

/** Answer with one contact, contract §3.2. */
export const ContactAnswerSchema = successEnvelope(Type.Object({ contact: ContactSchema, _partnerWarnings }));

/** Answer with the contacts of a customer, contract §3.2. */
export const ContactsAnswerSchema = successEnvelope(Type.Object({ contacts: Type.Array(ContactSchema) }));

/** Answer of a deletion, contract §3.2. */
export const DeletedAnswerSchema = successEnvelope(
  Type.Object({
    uuid: Type.String({ format: 'uuid' }),
    id: Type.String({ format: 'uuid', description: 'The same value as uuid' }),
    deleted: Type.Literal(true),
  }),
);
