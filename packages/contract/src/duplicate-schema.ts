import { type Static, Type } from 'typebox';
import { CUSTOMER_LIMITS, DUPLICATE_LIMITS, DUPLICATE_REASONS, type DuplicateReason } from './customer-limits.js';
import { CustomerInputSchema } from './customer-schema.js';
import { CursorPaginationSchema, PartnerWarningSchema, successEnvelope } from './envelope.js';

/** A customer that stored ones are looked for: like one to create, and nothing is required, contract §7.2. */
export const MatchInputSchema = Type.Partial(CustomerInputSchema);

/** A customer that stored ones are looked for, as sent. */
export type MatchInput = Static<typeof MatchInputSchema>;

/** Body of `POST /partners/customers/match`, contract §7.2. */
export const MatchRequestSchema = Type.Object({
  customers: Type.Array(MatchInputSchema, { minItems: 1, maxItems: CUSTOMER_LIMITS.bulkRows }),
});

/** Body of `POST /partners/customers/{uuid}/not-duplicates`, contract §7.2. */
export const NotDuplicatesRequestSchema = Type.Object({
  uuids: Type.Array(Type.String({ format: 'uuid' }), {
    minItems: 1,
    maxItems: DUPLICATE_LIMITS.declared,
    description: 'Customers of the team that are not the one in the path',
  }),
});

const score = Type.Number({
  minimum: 0,
  maximum: 1,
  description: '0 to 1; from 0.9 on they are the same, as good as surely',
});

/** A stored customer that may be the same as another, contract §7.2. */
export const DuplicateCandidateSchema = Type.Object({
  uuid: Type.String({ format: 'uuid' }),
  customer: Type.String(),
  email: Type.String(),
  score,
  reasons: Type.Array(Type.Unsafe<DuplicateReason>({ type: 'string', enum: [...DUPLICATE_REASONS] }), {
    description: 'What the two have in common',
  }),
});

/** A stored customer that may be the same as another. */
export type DuplicateCandidate = Static<typeof DuplicateCandidateSchema>;

/** Customers of a team that may be one, contract §7.2. */
export const DuplicateGroupSchema = Type.Object({
  score,
  customers: Type.Array(DuplicateCandidateSchema, {
    description: 'At most 20, each with what it has in common with the one of them that is most like it',
  }),
});

/** Customers of a team that may be one. */
export type DuplicateGroup = Static<typeof DuplicateGroupSchema>;

const candidates = Type.Array(DuplicateCandidateSchema, { description: 'Best first, at most 5' });

/** Answer of `POST /partners/customers/match`, contract §7.2. */
export const MatchAnswerSchema = successEnvelope(
  Type.Object({
    results: Type.Array(Type.Object({ index: Type.Integer(), candidates })),
    _partnerWarnings: Type.Optional(Type.Array(PartnerWarningSchema)),
  }),
);

/** Answer with what may be the same as one customer, contract §7.2. */
export const DuplicatesAnswerSchema = successEnvelope(Type.Object({ candidates }));

/** Answer with a page of groups, contract §7.2. */
export const DuplicateGroupsAnswerSchema = successEnvelope(
  Type.Object({
    groups: Type.Array(DuplicateGroupSchema),
    pagination: CursorPaginationSchema,
  }),
);

/** Answer of a declaration that customers are not the same, contract §7.2. */
export const NotDuplicatesAnswerSchema = successEnvelope(
  Type.Object({
    uuid: Type.String({ format: 'uuid', description: 'The customer in the path' }),
    count: Type.Integer({ description: 'How many others it is said to be different from by this request' }),
  }),
);
