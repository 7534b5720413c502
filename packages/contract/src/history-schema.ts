import { type Static, Type } from 'typebox';
import { CursorPaginationSchema, successEnvelope } from './envelope.js';

/** Who made a version of a customer, contract §7.1. */
export const HistoryActorSchema = Type.Object({
  type: Type.Union([Type.Literal('app'), Type.Literal('user'), Type.Literal('server')], {
    description: 'An app; a person in the console; the server, for what was there before it kept a history',
  }),
  id: Type.Union([Type.String(), Type.Null()], { description: "An app's clientId, or a person's uuid" }),
  name: Type.Union([Type.String(), Type.Null()]),
});

/** Who made a version of a customer. */
export type HistoryActor = Static<typeof HistoryActorSchema>;

/** One version of a customer, as its history tells it, contract §7.1. */
export const HistoryEntrySchema = Type.Object({
  version: Type.Integer({ minimum: 1 }),
  action: Type.Union([
    Type.Literal('created'),
    Type.Literal('updated'),
    Type.Literal('deleted'),
    Type.Literal('restored'),
    Type.Literal('reverted'),
    Type.Literal('merged'),
    Type.Literal('unmerged'),
    Type.Literal('imported'),
  ]),
  at: Type.String({ format: 'date-time' }),
  actor: HistoryActorSchema,
  requestId: Type.Union([Type.String(), Type.Null()], { description: 'The X-Request-Id of the request that made it' }),
  importUuid: Type.Union([Type.String({ format: 'uuid' }), Type.Null()]),
  changes: Type.Array(
    Type.Object({
      field: Type.String({ description: 'A field of the customer, such as mainPhone or billingAddress' }),
      from: Type.Unknown({ description: 'Its whole value before; null where there was none' }),
      to: Type.Unknown({ description: 'Its whole value in this version' }),
    }),
    { description: 'What is otherwise than in the version before; of the oldest known version all that is not null' },
  ),
});

/** One version of a customer, as its history tells it. */
export type HistoryEntry = Static<typeof HistoryEntrySchema>;

/** Answer with a page of a customer's history, newest first, contract §7.1. */
export const HistoryAnswerSchema = successEnvelope(
  Type.Object({
    history: Type.Array(HistoryEntrySchema),
    pagination: CursorPaginationSchema,
  }),
);

/** Body of `POST /partners/customers/{uuid}/revert`, contract §7.1. */
export const RevertInputSchema = Type.Object({
  version: Type.Integer({ minimum: 1, description: 'The version whose contents are wanted', examples: [1] }),
});
