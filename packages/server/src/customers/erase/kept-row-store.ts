import type { Customer } from '@countersign/contract';
import { statement } from '../../storage/statement.js';
import type { Transaction } from '../../storage/storage.js';
import { type CustomerRow, customerRow, parseCustomerBody } from '../customer-row.js';
import { listFormerVersions } from '../history/version-store.js';

interface OfCustomer {
  readonly teamId: number;
  readonly uuid: string;
}

const replaceBody = statement<OfCustomer & { version: number; body: string }>()(({ db, param }) =>
  db
    .updateTable('customer_versions')
    .set({ body: param('body') })
    .where('team_id', '=', param('teamId'))
    .where('customer_uuid', '=', param.uuid('uuid'))
    .where('version', '=', param('version')),
);

const replaceRow = statement<{ teamId: number } & CustomerRow>()(({ db, param }) =>
  db
    .updateTable('customers')
    .set({
      status: param('status'),
      name_key: param('nameKey'),
      email_key: param('emailKey'),
      phone_key: param('phoneKey'),
      search_text: param('searchText'),
      external_id: param('externalId'),
      body: param('body'),
    })
    .where('team_id', '=', param('teamId'))
    .where('uuid', '=', param.uuid('uuid')),
);

/** Versions read at once. */
const READ_VERSIONS = 100;

/** Puts a deleted customer, which is locked, in the place of what it was, with the same version: nobody reads it. */
export async function replaceDeleted(tx: Transaction, teamId: number, customer: Customer): Promise<void> {
  await tx.run(replaceRow, { teamId, ...customerRow(customer) });
}

/** Former versions of a customer: from one on, and before one. */
interface SomeVersions extends OfCustomer {
  readonly from: number;
  readonly before: number;
}

/** Puts others in the place of former versions of a customer. */
export async function replaceVersions(
  tx: Transaction,
  { teamId, uuid, from, before }: SomeVersions,
  replaced: (customer: Customer) => Customer,
): Promise<void> {
  for (let next = before; next > from; ) {
    const rows = await listFormerVersions(tx, { teamId, uuid, before: next, limit: READ_VERSIONS });
    for (const { version, body } of rows) {
      if (version < from) return;
      const left = JSON.stringify(replaced(parseCustomerBody(body)));
      if (left !== body) await tx.run(replaceBody, { teamId, uuid, version, body: left });
    }
    if (rows.length < READ_VERSIONS) return;
    next = rows.at(-1)?.version ?? from;
  }
}
