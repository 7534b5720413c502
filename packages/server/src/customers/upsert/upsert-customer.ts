import {
  type CustomerInput,
  type CustomerPatch,
  type FieldError,
  PartnerError,
  type PartnerWarning,
  type UpsertOutcome,
} from '@countersign/contract';
import { ensureVersionNamed } from '../../http/entity-tag.js';
import type { Answer } from '../../partner-api/write/answer.js';
import type { TeamScope } from '../../partner-api/write/verb-request.js';
import type { Transaction } from '../../storage/storage.js';
import { creationEvent } from '../../webhooks/outbox/outbox.js';
import { changeCustomer } from '../change-customer.js';
import { customerAnswer } from '../customer-answer.js';
import { newCustomer, patchedCustomer } from '../customer-record.js';
import { customerRow, parseCustomerBody, requireCustomerRow } from '../customer-row.js';
import { customerStore, type StoredBody } from '../customer-store.js';

/** A customer to create, or to update where one has the external id or email already. */
export interface UpsertCustomer {
  readonly scope: TeamScope;
  readonly by: { readonly externalId: string } | { readonly email: string };
  readonly ifMatch: string | undefined;
  /** Used when the customer exists; the key's own field is part of it only where it changes the spelling. */
  readonly patch: CustomerPatch;
  readonly patchWarnings: readonly PartnerWarning[];
  /** Used when it does not, or what is wrong with it as a new customer. */
  readonly creation:
    | { readonly input: CustomerInput; readonly warnings: readonly PartnerWarning[] }
    | { readonly errors: readonly FieldError[] };
}

/** A customer after a create-or-update, and which of the two it was. */
interface Upserted {
  readonly stored: StoredBody;
  readonly outcome: UpsertOutcome;
}

const MESSAGES: Readonly<Record<UpsertOutcome, string>> = {
  created: 'Customer created successfully',
  updated: 'Customer updated successfully',
  unchanged: 'Customer is up to date',
};

/** Creates or updates in one step, and answers, contract §3.2. @throws PartnerError as a create or an update does */
export async function upsertCustomer(tx: Transaction, request: UpsertCustomer): Promise<Answer> {
  const { stored, outcome } = await createOrUpdate(tx, request);
  const message = MESSAGES[outcome];
  if (outcome !== 'created') return customerAnswer(stored, { message, warnings: request.patchWarnings, outcome });
  const warnings = 'errors' in request.creation ? [] : request.creation.warnings;
  const { uuid } = parseCustomerBody(stored.body);
  return customerAnswer(stored, { status: 201, message, locationUuid: uuid, warnings, outcome });
}

/**
 * Creates or updates in one step. What two requests do at once to one key makes one customer.
 *
 * @throws PartnerError as a create or an update does
 */
export async function createOrUpdate(
  tx: Transaction,
  request: Omit<UpsertCustomer, 'patchWarnings'>,
): Promise<Upserted> {
  const store = customerStore(tx, request.scope);
  const { by } = request;
  const find = () => ('email' in by ? store.findByEmail(by.email) : store.findByExternalId(by.externalId));
  const found = await find();
  if (found !== undefined) return update(tx, request, found.body);
  try {
    return await create(tx, request);
  } catch (error) {
    // Another request may have created it since it was looked for.
    const made = error instanceof PartnerError && error.status === 409 ? await find() : undefined;
    if (made === undefined) throw error;
    return update(tx, request, made.body);
  }
}

type Upsert = Omit<UpsertCustomer, 'patchWarnings'>;

async function create(tx: Transaction, { scope, creation, ifMatch }: Upsert): Promise<Upserted> {
  // RFC 9110 §13.1.1: If-Match is false where there is no current representation.
  if (ifMatch !== undefined) throw new PartnerError('version_mismatch', 'There is no such customer to match.');
  if ('errors' in creation) throw new PartnerError('validation_error', undefined, { errors: creation.errors });
  const made = requireCustomerRow(newCustomer(creation.input, new Date(tx.now())));
  return { stored: await customerStore(tx, scope).insert(made, creationEvent(scope.teamId)), outcome: 'created' };
}

async function update(tx: Transaction, { scope, ifMatch, patch }: Upsert, body: string): Promise<Upserted> {
  const before = parseCustomerBody(body);
  ensureVersionNamed(ifMatch, before.version);
  const after = patchedCustomer(before, patch, new Date(tx.now()));
  if (after === before) return { stored: customerRow(before), outcome: 'unchanged' };
  return { stored: await changeCustomer(tx, scope, { before, after }), outcome: 'updated' };
}
