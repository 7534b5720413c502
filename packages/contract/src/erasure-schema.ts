import { type Static, Type } from 'typebox';
import { CustomerSchema } from './customer-schema.js';
import { successEnvelope } from './envelope.js';
import { HistoryEntrySchema } from './history-schema.js';

const uuid = Type.String({ format: 'uuid' });
const time = Type.String({ format: 'date-time' });
const orNull = <T extends Parameters<typeof Type.Union>[0][number]>(schema: T) => Type.Union([schema, Type.Null()]);
const textOrNull = orNull(Type.String());

/** What is answered of an erased customer, contract §7.4. */
export const ErasedRecordSchema = Type.Object({ uuid, id: uuid, erased: Type.Literal(true), erasedAt: time });

/** What is answered of an erased customer. */
export type ErasedRecord = Static<typeof ErasedRecordSchema>;

/** Answer of an erasure, contract §7.4. */
export const ErasedAnswerSchema = successEnvelope(ErasedRecordSchema);

/** Everything that is kept of one customer, contract §7.4. Lists are newest first. */
export const DisclosureSchema = Type.Object({
  customer: Type.Union([
    Type.Intersect([CustomerSchema, Type.Object({ deletedAt: orNull(time) })]),
    Type.Object({
      uuid,
      id: uuid,
      erased: Type.Literal(true),
      createdAt: time,
      erasedAt: time,
      version: Type.Integer(),
    }),
  ]),
  history: Type.Array(HistoryEntrySchema),
  events: Type.Array(
    Type.Object({
      version: Type.Integer(),
      event: Type.String(),
      occurredAt: time,
      data: Type.Unknown({ description: 'As it was sent to subscriptions' }),
      previousData: Type.Unknown(),
    }),
  ),
  deliveries: Type.Array(
    Type.Object({
      uuid,
      webhookUuid: uuid,
      callbackUrl: orNull(Type.String({ description: 'Who was told' })),
      version: Type.Integer(),
      event: Type.String(),
      status: Type.String(),
      createdAt: time,
      finishedAt: orNull(time),
    }),
  ),
  attempts: Type.Array(
    Type.Object({
      deliveryUuid: uuid,
      number: Type.Integer(),
      startedAt: time,
      statusCode: orNull(Type.Integer()),
      error: textOrNull,
      answerStart: orNull(Type.String({ description: "How the receiver's answer began" })),
    }),
  ),
  keptAnswers: Type.Array(
    Type.Object({
      idempotencyKey: Type.String(),
      status: Type.Integer(),
      keptAt: time,
      answer: Type.Unknown({ description: 'The whole answer, as it is given again to a repeat' }),
    }),
  ),
  notDuplicates: Type.Array(Type.Object({ uuid, declaredAt: time })),
  merges: Type.Array(
    Type.Object({
      uuid: Type.String({ format: 'uuid', description: 'The customer that was merged away' }),
      into: uuid,
      intoVersion: Type.Integer(),
      taken: Type.Unknown({ description: 'What the other one took of it, kept for an unmerge' }),
    }),
  ),
  audit: Type.Array(
    Type.Object({
      id: Type.Integer(),
      time,
      event: Type.String(),
      email: textOrNull,
      team: textOrNull,
      clientId: textOrNull,
      customer: textOrNull,
      address: textOrNull,
      requestId: textOrNull,
    }),
  ),
  isComplete: Type.Boolean({
    description: 'False where some of it was left out, beyond about 16 MiB or 1,000 entries of a kind',
  }),
});

/** Everything that is kept of one customer. */
export type Disclosure = Static<typeof DisclosureSchema>;

/** Answer with everything that is kept of one customer, contract §7.4. */
export const DisclosureAnswerSchema = successEnvelope(DisclosureSchema);
