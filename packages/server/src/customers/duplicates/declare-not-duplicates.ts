import { type FieldError, PartnerError } from '@countersign/contract';
import { NotDuplicatesRequestSchema } from '@countersign/contract/schemas';
import { successAnswer } from '../../partner-api/write/answer.js';
import { writeVerb } from '../../partner-api/write/write-verb.js';
import { schemaValidator } from '../../validation/schema-validator.js';
import { requireUuid } from '../../validation/uuid.js';
import { declareDifferent } from './keyed-store.js';
import { matchReader } from './match-store.js';

interface NotDuplicates {
  readonly teamId: number;
  readonly uuid: string;
  /** Each once. */
  readonly others: readonly string[];
}

/**
 * Notes for good that a customer and others are not the same, `POST /partners/customers/{uuid}/not-duplicates`, contract §7.2:
 * whatever they change, and also where one is deleted and restored.
 */
export const declareNotDuplicates = writeVerb({
  name: 'declare-not-duplicates',
  scopes: ['customers:write'],
  read: ({ caller, params, body }): NotDuplicates => {
    const uuid = requireUuid(params.uuid);
    return { teamId: caller.team.id, uuid, others: parseOthers(body(), uuid) };
  },
  write: async (tx, { teamId, uuid, others }) => {
    const found = await matchReader(tx, teamId).findByUuids([uuid, ...others]);
    const missing = [uuid, ...others].filter((asked) => !found.some((customer) => customer.uuid === asked));
    if (missing.length > 0) throw new PartnerError('customer_not_found', undefined, { details: { uuids: missing } });
    const pairs = others.map((otherUuid) => ({ uuid, otherUuid, score: 0 }));
    await declareDifferent(tx, { teamId, pairs });
    return successAnswer(200, {
      message: 'Customers declared to be different',
      json: JSON.stringify({ uuid, count: others.length }),
    });
  },
});

const shapeErrors = schemaValidator(NotDuplicatesRequestSchema);

function parseOthers(body: object, uuid: string): string[] {
  const errors = shapeErrors(body);
  if (errors.length > 0) throw new PartnerError('validation_error', undefined, { errors });
  const others = [...new Set(validUuids(body).map((other) => other.toLowerCase()))];
  if (!others.includes(uuid)) return others;
  const message = 'uuids must not name the customer in the path.';
  const error: FieldError = { field: 'uuids', code: 'invalid_value', message };
  throw new PartnerError('validation_error', undefined, { errors: [error] });
}

// The schema has just been checked.
function validUuids(body: object): readonly string[] {
  return Reflect.get(body, 'uuids') as readonly string[];
}
