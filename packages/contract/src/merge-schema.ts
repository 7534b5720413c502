import { type Static, Type } from 'typebox';
import { CUSTOMER_LIMITS } from './customer-limits.js';
import { CustomerSchema } from './customer-schema.js';
import { successEnvelope, WarningsSchema } from './envelope.js';
import { MERGE_FIELDS, type MergeField } from './merge-fields.js';

const uuid = (description: string) => Type.String({ format: 'uuid', description });

/** Body of `POST /partners/customers/{uuid}/merge`, contract §7.3. */
export const MergeInputSchema = Type.Object({
  from: Type.Array(Type.String({ format: 'uuid' }), {
    minItems: 1,
    maxItems: CUSTOMER_LIMITS.merged,
    description: 'The customers that become part of the one in the path, the first first',
  }),
  fields: Type.Optional(
    Type.Unsafe<Partial<Record<MergeField, string>>>({
      type: 'object',
      properties: Object.fromEntries(MERGE_FIELDS.map((field) => [field, Type.String({ format: 'uuid' })])),
      description: 'Exceptions: for a field the customer, in the path or in from, whose value is taken',
    }),
  ),
  dryRun: Type.Optional(Type.Boolean({ description: 'Answers the same and writes nothing' })),
});

/** Body of a merge. */
export type MergeInput = Static<typeof MergeInputSchema>;

/** Answer of a merge, contract §7.3. */
export const MergeAnswerSchema = successEnvelope(
  Type.Object({
    customer: CustomerSchema,
    merged: Type.Array(Type.String({ format: 'uuid' }), { description: 'The customers that are part of it now' }),
    dryRun: Type.Optional(Type.Literal(true, { description: 'Nothing was written' })),
    _partnerWarnings: WarningsSchema,
  }),
);

/** Body of `POST /partners/customers/{uuid}/unmerge`, contract §7.3. */
export const UnmergeInputSchema = Type.Object({ uuid: uuid('The customer to bring back') });

/** What an unmerge left as it is, since it was changed after the merge, contract §7.3. */
export const KeptFieldSchema = Type.Object({
  field: Type.String({ description: 'Such as mainPhone, contacts[1] or metadata.segment' }),
  reason: Type.Literal('changed_since'),
});

/** What an unmerge left as it is. */
export type KeptField = Static<typeof KeptFieldSchema>;

/** Answer of an unmerge, contract §7.3. */
export const UnmergeAnswerSchema = successEnvelope(
  Type.Object({
    customer: CustomerSchema,
    unmerged: CustomerSchema,
    kept: Type.Array(KeptFieldSchema, { description: 'What came from it and was changed since: it stays' }),
    _partnerWarnings: WarningsSchema,
  }),
);
