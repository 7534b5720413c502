import { type Customer, PartnerError } from '@countersign/contract';
import { emailKey } from '../storage/fold-case.js';
import { type StatementParts, statement } from '../storage/statement.js';
import type { Reader, Transaction } from '../storage/storage.js';
import { type CustomerRow, customerRow, parseCustomerBody } from './customer-row.js';

/** A stored customer's object as answered, with the version for its entity tag. */
export interface StoredBody {
  readonly body: string;
  readonly version: number;
}

/** Reads of one team's customers. Without a team there is no reader, so that scoping can't be forgotten. */
export interface CustomerReader {
  findByUuid(uuid: string): Promise<StoredBody | undefined>;
  /** Exact, without regard to case. */
  findByEmail(email: string): Promise<StoredBody | undefined>;
  findByExternalId(externalId: string): Promise<StoredBody | undefined>;
}

/** Reads and writes of one team's customers inside a transaction. */
export interface CustomerStore extends CustomerReader {
  /** @throws PartnerError `customer_not_found` */
  get(uuid: string): Promise<Customer>;
  /** A deleted customer, or undefined. */
  findDeleted(uuid: string): Promise<Customer | undefined>;
  /** @throws PartnerError `email_already_exists`, `external_id_already_exists` */
  insert(row: CustomerRow): Promise<void>;
  /**
   * Stores a customer as it is now; one that was deleted is live again.
   *
   * @throws PartnerError `email_already_exists`, `external_id_already_exists`
   */
  update(customer: Customer): Promise<CustomerRow>;
  /** Takes a customer out of every read, and frees its email. */
  markDeleted(customer: Customer, now: Date): Promise<void>;
}

interface Scoped {
  readonly teamId: number;
}

/** How each read begins: with the team, so that none can be written without it. */
const teamBodies = <P extends Scoped>({ db, param }: StatementParts<P>) =>
  db.selectFrom('customers').select(['body', 'version']).where('team_id', '=', param('teamId'));

const findByUuid = statement<Scoped & { uuid: string }>()((parts) =>
  teamBodies(parts).where('uuid', '=', parts.param.uuid('uuid')).where('deleted_at', 'is', null),
);

const findDeleted = statement<Scoped & { uuid: string }>()((parts) =>
  teamBodies(parts).where('uuid', '=', parts.param.uuid('uuid')).where('deleted_at', 'is not', null),
);

const findByEmail = statement<Scoped & { emailKey: string }>()((parts) =>
  teamBodies(parts).where('email_key', '=', parts.param('emailKey')).where('deleted_at', 'is', null),
);

const findByExternalId = statement<Scoped & { externalId: string }>()((parts) =>
  teamBodies(parts).where('external_id', '=', parts.param('externalId')).where('deleted_at', 'is', null),
);

const insertCustomer = statement<Scoped & CustomerRow>()(({ db, param, dialect }) =>
  db
    .insertInto('customers')
    .values({
      id: dialect.nextCustomerKey(param('teamId')),
      team_id: param('teamId'),
      uuid: param.uuid('uuid'),
      status: param('status'),
      created_at: param('createdAt'),
      updated_at: param('updatedAt'),
      deleted_at: null,
      version: param('version'),
      name_key: param('nameKey'),
      email_key: param('emailKey'),
      phone_key: param('phoneKey'),
      external_id: param('externalId'),
      body: param('body'),
    })
    .onConflict((conflict) => conflict.doNothing()),
);

const updateCustomer = statement<Scoped & CustomerRow & { deletedAt: number | null }>()(({ db, param }) =>
  db
    .updateTable('customers')
    .set({
      status: param('status'),
      updated_at: param('updatedAt'),
      deleted_at: param('deletedAt'),
      version: param('version'),
      name_key: param('nameKey'),
      email_key: param('emailKey'),
      phone_key: param('phoneKey'),
      external_id: param('externalId'),
      body: param('body'),
    })
    .where('team_id', '=', param('teamId'))
    .where('uuid', '=', param.uuid('uuid')),
);

/** Reads of one team's customers. */
export function customerReader(reader: Reader, teamId: number): CustomerReader {
  return {
    findByUuid: (uuid) => reader.first(findByUuid, { teamId, uuid }),
    findByEmail: (email) => reader.first(findByEmail, { teamId, emailKey: emailKey(email) }),
    findByExternalId: (externalId) => reader.first(findByExternalId, { teamId, externalId }),
  };
}

/** Reads and writes of one team's customers inside a transaction. */
export function customerStore(tx: Transaction, teamId: number): CustomerStore {
  const reader = customerReader(tx, teamId);
  const write = async (customer: Customer, deletedAt: number | null) => {
    const row = customerRow(customer);
    await tx.run(updateCustomer, { teamId, deletedAt, ...row });
    return row;
  };
  return {
    ...reader,
    async get(uuid) {
      const found = await reader.findByUuid(uuid);
      if (found === undefined) throw new PartnerError('customer_not_found');
      return parseCustomerBody(found.body);
    },
    async findDeleted(uuid) {
      const found = await tx.first(findDeleted, { teamId, uuid });
      return found === undefined ? undefined : parseCustomerBody(found.body);
    },
    async insert(row) {
      if ((await tx.run(insertCustomer, { teamId, ...row })) > 0) return;
      await refuseTaken(reader, parseCustomerBody(row.body));
      throw new Error('a new customer collided with a record that has neither its email nor its external id');
    },
    async update(customer) {
      await refuseTaken(reader, customer);
      return write(customer, null);
    },
    async markDeleted(customer, now) {
      await write(customer, now.getTime());
    },
  };
}

// Refuses a customer whose email or external id another live customer of the team holds.
async function refuseTaken(reader: CustomerReader, { email, externalId, uuid }: Customer): Promise<void> {
  const emailHolder = uuidOf(await reader.findByEmail(email));
  if (emailHolder !== undefined && emailHolder !== uuid) {
    throw new PartnerError('email_already_exists', undefined, {
      details: { email, existingCustomerUuid: emailHolder },
    });
  }
  if (externalId === null) return;
  const idHolder = uuidOf(await reader.findByExternalId(externalId));
  if (idHolder !== undefined && idHolder !== uuid) {
    throw new PartnerError('external_id_already_exists', undefined, {
      details: { externalId, existingCustomerUuid: idHolder },
    });
  }
}

function uuidOf(stored: StoredBody | undefined): string | undefined {
  return stored === undefined ? undefined : parseCustomerBody(stored.body).uuid;
}
