import { type Static, Type } from 'typebox';
import { CUSTOMER_LIMITS } from './customer-limits.js';
import { CursorPaginationSchema, successEnvelope } from './envelope.js';
import { HistoryActorSchema } from './history-schema.js';

const uuid = Type.String({ format: 'uuid' });
const count = (description: string) => Type.Integer({ minimum: 0, description });

/** An import in an answer, contract §8. */
export const ImportSchema = Type.Object({
  uuid,
  name: Type.String(),
  status: Type.Union(
    [Type.Literal('running'), Type.Literal('finished'), Type.Literal('undoing'), Type.Literal('undone')],
    { description: 'It takes writes while it is running' },
  ),
  total: Type.Union([Type.Integer({ minimum: 0 }), Type.Null()], { description: 'Rows that were told to come' }),
  created: count('Rows that made a customer'),
  updated: count('Rows that changed one'),
  unchanged: count('Rows that changed nothing'),
  failed: count('Rows of bulk writes that were refused'),
  createdAt: Type.String({ format: 'date-time' }),
  actor: HistoryActorSchema,
});

/** An import: a name for a batch of writes, with what they came to. */
export type Import = Static<typeof ImportSchema>;

/** Body of `POST /partners/imports`, contract §8. */
export const ImportInputSchema = Type.Object({
  name: Type.String({
    minLength: 1,
    maxLength: CUSTOMER_LIMITS.text,
    description: 'For people, such as the name of the file',
    examples: ['customers.csv'],
  }),
  total: Type.Optional(
    Type.Unsafe<number | null>({
      type: ['integer', 'null'],
      minimum: 0,
      description: 'Rows that are to come, where that is known',
      examples: [400],
    }),
  ),
});

/** An import to begin, as sent. */
export type ImportInput = Static<typeof ImportInputSchema>;

/** Answer with one import, contract §8. */
export const ImportAnswerSchema = successEnvelope(Type.Object({ import: ImportSchema }));

/** Answer with a page of imports, newest first, contract §8. */
export const ImportsAnswerSchema = successEnvelope(
  Type.Object({
    imports: Type.Array(ImportSchema),
    pagination: CursorPaginationSchema,
  }),
);

/** What a step of an undo did, contract §8. */
export const UndoStepSchema = Type.Object({
  undone: count('Customers that are as they were before the import'),
  kept: Type.Array(
    Type.Object({
      uuid,
      reason: Type.Union([
        Type.Literal('changed_since'),
        Type.Literal('deleted_since'),
        Type.Literal('email_already_exists'),
        Type.Literal('external_id_already_exists'),
      ]),
    }),
    { description: 'Customers that stay as they are, and why' },
  ),
  hasMore: Type.Boolean({ description: 'Call it again' }),
});

/** What a step of an undo did. */
export type UndoStep = Static<typeof UndoStepSchema>;

/** Answer of a step of an undo, contract §8. */
export const UndoAnswerSchema = successEnvelope(UndoStepSchema);
