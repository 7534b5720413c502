import { type Static, Type } from 'typebox';
import { CustomerSchema } from './customer-schema.js';

/** A field that was given and not used, in `data._partnerWarnings`, contract §3.1. */
export const PartnerWarningSchema = Type.Object({
  field: Type.String({ description: 'Path of the field' }),
  reason: Type.Union([
    Type.Literal('unknown_field'),
    Type.Literal('read_only_field'),
    Type.Literal('use_contacts_routes'),
  ]),
  message: Type.String(),
});

/** A field that was given and not used. */
export type PartnerWarning = Static<typeof PartnerWarningSchema>;

/** Where a page of a list stands, contract §3.2. */
export const PaginationSchema = Type.Object({
  page: Type.Integer(),
  limit: Type.Integer(),
  total: Type.Integer(),
  totalPages: Type.Integer(),
  hasMore: Type.Boolean(),
  nextCursor: Type.Union([Type.String(), Type.Null()]),
});

/** Where a page of a list stands. */
export type Pagination = Static<typeof PaginationSchema>;

/** Field error in an answer, contract §2. */
export const FieldErrorSchema = Type.Object({
  field: Type.String(),
  code: Type.String(),
  message: Type.String(),
});

/** Error answer, contract §2. */
export const ErrorEnvelopeSchema = Type.Object({
  status: Type.Literal('error'),
  message: Type.String({ description: 'A sentence for a person' }),
  code: Type.String({ description: 'For programs' }),
  details: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
  errors: Type.Optional(Type.Array(FieldErrorSchema)),
  requestId: Type.String(),
});

/** Error answer as received. */
export type ErrorEnvelope = Static<typeof ErrorEnvelopeSchema>;

/** Success answer around some data, contract §2. */
export const successEnvelope = <S extends Type.TSchema>(data: S) =>
  Type.Object({ status: Type.Literal('success'), message: Type.String(), data });

/** How a create-or-update ended, contract §3.2. */
export type UpsertOutcome = 'created' | 'updated' | 'unchanged';

/** Result of one row of a bulk call, contract §3.2. */
export const BulkResultSchema = Type.Union([
  Type.Object({ index: Type.Integer(), success: Type.Literal(true), customer: CustomerSchema }),
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
