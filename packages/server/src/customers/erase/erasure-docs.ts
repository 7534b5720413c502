import type { HistoryEntry } from '@countersign/contract';
import { DisclosureAnswerSchema, ErasedAnswerSchema } from '@countersign/contract/schemas';
import { describeRoute } from '../../docs/describe-route.js';
import { exampleCustomer, exampleKeyError, exampleSuccess } from '../../docs/examples.js';
import { CustomerParamsSchema } from '../../docs/path-params.js';
import { fieldChanges } from '../history/field-changes.js';

const exampleCreation = {
  version: 1,
  action: 'created',
  at: exampleCustomer.createdAt,
  actor: { type: 'app', id: 'app_5f0c1f4e8a2b4d1e9a643b9d', name: 'App' },
  requestId: '0b6f3c52-7a0e-4d6b-9f51-2c7d1f0a8e34',
  importUuid: null,
  changes: fieldChanges(undefined, exampleCustomer),
} satisfies HistoryEntry;

const exampleErased = { uuid: exampleCustomer.uuid, id: exampleCustomer.id, erased: true };

/** What the reference tells about erasure and disclosure, contract §7.4. */
export const erasureDocs = {
  erase: describeRoute({
    tag: 'Privacy',
    summary: 'Erase customer',
    description: [
      'Leaves nothing of a customer but its UUID, its times, and in the audit that it was erased, when and by whom. Contents,',
      'history, search, events, deliveries with what receivers answered, and kept answers go, for good; also of a customer that',
      'is deleted already. Its email and external id are free again, every read of it is 404, and `includeDeleted` lists it as',
      'deleted. Subscriptions get `customer.deleted` with `"erased": true`, and nothing else of it any more.',
      '',
      'A customer that it was merged into loses what came from it and was not changed since, in every version; it gets a new one, and',
      "`customer.updated` is told. 409 where the email or external id that it had before is another's by now: nothing is erased then.",
      '',
      'In a database file the former bytes are overwritten before the answer. 503 `unavailable` says that a long read kept them from it:',
      'the customer is erased then, and the same call again finishes it. An erased customer is answered 200 again.',
    ].join('\n'),
    scope: 'customers:write',
    params: CustomerParamsSchema,
    success: {
      status: 200,
      description: 'Nothing is left of it',
      schema: ErasedAnswerSchema,
      examples: {
        Erased: exampleSuccess('Customer erased successfully', {
          ...exampleErased,
          erasedAt: '2026-03-05T10:02:44.120Z',
        }),
        'It was erased before': exampleSuccess('Customer is erased already', {
          ...exampleErased,
          erasedAt: '2026-03-05T10:02:44.120Z',
        }),
      },
    },
    errors: ['invalid_uuid', 'customer_not_found', 'email_already_exists', 'external_id_already_exists'],
    errorExamples: exampleKeyError,
    hasIdempotencyKey: true,
  }),

  disclose: describeRoute({
    tag: 'Privacy',
    summary: 'Disclose customer',
    description: [
      'Everything that is kept of one customer, as one document: what it is, its history, events, deliveries with where they went',
      'and what was answered, answers kept for repeats, who is declared to be another, merges, and the audit. Also of a deleted customer, and what is left of an erased',
      'one. `isComplete` is false where it is so much, beyond about 16 MiB or 1,000 entries of a kind, that some is left out; the',
      'history has pages of its own.',
    ].join('\n'),
    scope: 'customers:read',
    params: CustomerParamsSchema,
    success: {
      status: 200,
      description: 'What is kept of it',
      schema: DisclosureAnswerSchema,
      examples: {
        'A new customer': exampleSuccess('Disclosure retrieved successfully', {
          customer: { ...exampleCustomer, deletedAt: null },
          history: [exampleCreation],
          events: [],
          deliveries: [],
          attempts: [],
          keptAnswers: [],
          notDuplicates: [],
          merges: [],
          audit: [],
          isComplete: true,
        }),
      },
    },
    errors: ['invalid_uuid', 'customer_not_found'],
  }),
};
