import {
  type CustomerInput,
  type CustomerPatch,
  type FieldError,
  PartnerError,
  type PartnerWarning,
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
import { type CustomerStore, customerStore } from '../customer-store.js';

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

/**
 * Creates or updates in one step, contract §3.2. What two requests do at once to one key makes one customer.
 *
 * @throws PartnerError as a create or an update does
 */
export async function upsertCustomer(tx: Transaction, request: UpsertCustomer): Promise<Answer> {
  const store = customerStore(tx, request.scope);
  const upsert = { tx, store };
  const { by } = request;
  const find = () => ('email' in by ? store.findByEmail(by.email) : store.findByExternalId(by.externalId));
  const found = await find();
  if (found !== undefined) return update(upsert, request, found.body);
  try {
    return await create(upsert, request);
  } catch (error) {
    // Another request may have created it since it was looked for.
    const made = error instanceof PartnerError && error.status === 409 ? await find() : undefined;
    if (made === undefined) throw error;
    return update(upsert, request, made.body);
  }
}

interface Upsert {
  readonly tx: Transaction;
  readonly store: CustomerStore;
}

async function create({ tx, store }: Upsert, { scope, creation, ifMatch }: UpsertCustomer): Promise<Answer> {
  // RFC 9110 §13.1.1: If-Match is false where there is no current representation.
  if (ifMatch !== undefined) throw new PartnerError('version_mismatch', 'There is no such customer to match.');
  if ('errors' in creation) throw new PartnerError('validation_error', undefined, { errors: creation.errors });
  const made = requireCustomerRow(newCustomer(creation.input, new Date(tx.now())));
  const row = await store.insert(made, creationEvent(scope.teamId));
  return customerAnswer(row, {
    status: 201,
    message: 'Customer created successfully',
    locationUuid: row.uuid,
    warnings: creation.warnings,
    outcome: 'created',
  });
}

async function update({ tx }: Upsert, request: UpsertCustomer, body: string): Promise<Answer> {
  const customer = parseCustomerBody(body);
  ensureVersionNamed(request.ifMatch, customer.version);
  const changed = patchedCustomer(customer, request.patch, new Date(tx.now()));
  const isUnchanged = changed === customer;
  return customerAnswer(
    isUnchanged ? customerRow(customer) : await changeCustomer(tx, request.scope, { before: customer, after: changed }),
    {
      message: isUnchanged ? 'Customer is up to date' : 'Customer updated successfully',
      warnings: request.patchWarnings,
      outcome: isUnchanged ? 'unchanged' : 'updated',
    },
  );
}
