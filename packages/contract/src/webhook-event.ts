import { type Static, Type } from 'typebox';
import { CustomerSchema } from './customer-schema.js';

const common = {
  id: Type.String({ format: 'uuid', description: 'The delivery; the same over all its retries' }),
  test: Type.Optional(Type.Literal(true, { description: 'Marks an example that was asked for; no customer changed' })),
  apiVersion: Type.Literal('1'),
  occurredAt: Type.String({ format: 'date-time', description: 'When the change was made' }),
  team: Type.Object({ id: Type.String({ format: 'uuid' }), name: Type.String() }),
};

/** Body of a delivery about a new or restored customer, contract §5. */
export const CustomerCreatedEventSchema = Type.Object({
  ...common,
  event: Type.Literal('customer.created'),
  data: CustomerSchema,
});

/** Body of a delivery about a changed customer, contract §5. */
export const CustomerUpdatedEventSchema = Type.Object({
  ...common,
  event: Type.Literal('customer.updated'),
  data: CustomerSchema,
  previousData: Type.Partial(CustomerSchema, { description: 'Former values of the fields that changed, no others' }),
});

/** Body of a delivery about a deleted customer, contract §5. */
export const CustomerDeletedEventSchema = Type.Object({
  ...common,
  event: Type.Literal('customer.deleted'),
  data: Type.Object({
    id: Type.String({ format: 'uuid' }),
    erased: Type.Optional(
      Type.Literal(true, {
        description: 'There where the customer was erased: whoever has a copy should erase it too',
      }),
    ),
    mergedInto: Type.Optional(
      Type.String({ format: 'uuid', description: 'The customer that it was merged into, where it was' }),
    ),
  }),
});

/** A customer was created, or restored. */
export type CustomerCreatedEvent = Static<typeof CustomerCreatedEventSchema>;
/** A customer was changed. */
export type CustomerUpdatedEvent = Static<typeof CustomerUpdatedEventSchema>;
/** A customer was deleted. */
export type CustomerDeletedEvent = Static<typeof CustomerDeletedEventSchema>;
/** Body of a delivery; `event` tells which. */
export type WebhookEvent = CustomerCreatedEvent | CustomerUpdatedEvent | CustomerDeletedEvent;
