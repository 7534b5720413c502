import { sql } from 'kysely';
import { type StatementParts, statement } from '../../storage/statement.js';
import type { Reader } from '../../storage/storage.js';
import { uuidText } from '../../storage/uuid-text.js';
import { parseCustomerBody } from '../customer-row.js';
import { type ComparedCustomer, comparedCustomer } from './compared-customer.js';

/** A key that more customers of a team have tells nothing, and is not followed. */
export const MOST_HOLDERS = 50;

interface Listed {
  readonly teamId: number;
  /** Rows of values, as JSON. */
  readonly list: string;
}

const findHolders = statement<Listed>()(({ db, param, dialect }) =>
  db
    .selectFrom(dialect.eachRow<{ key: number }>(param('list'), { key: 'integer' }).as('asked'))
    .select('asked.key')
    .select((row) =>
      row
        .selectFrom(
          row
            .selectFrom('customer_match_keys')
            .select('uuid')
            .where('team_id', '=', param('teamId'))
            .whereRef('key', '=', 'asked.key')
            .limit(sql.lit(MOST_HOLDERS + 1))
            .as('holder'),
        )
        .select(sql<string | null>`string_agg(${dialect.uuidDigits(sql.ref('holder.uuid'))}, ',')`.as('found'))
        .as('uuids'),
    ),
);

const liveCustomers = <P extends { readonly teamId: number }>({ db, param }: StatementParts<P>) =>
  db
    .selectFrom('customers')
    .select(['uuid', 'version', 'body'])
    .where('team_id', '=', param('teamId'))
    .where('deleted_at', 'is', null);

const findByUuids = statement<Listed>()((parts) =>
  liveCustomers(parts).where('uuid', 'in', ({ selectFrom }) =>
    selectFrom(parts.dialect.eachRow<{ value: Uint8Array }>(parts.param('list'), { value: 'uuid' }).as('asked')).select(
      'value',
    ),
  ),
);

const findByEmails = statement<Listed>()((parts) =>
  liveCustomers(parts).where('email_key', 'in', ({ selectFrom }) =>
    selectFrom(parts.dialect.eachRow<{ value: string }>(parts.param('list'), { value: 'text' }).as('asked')).select(
      'value',
    ),
  ),
);

const findByExternalIds = statement<Listed>()((parts) =>
  liveCustomers(parts).where('external_id', 'in', ({ selectFrom }) =>
    selectFrom(parts.dialect.eachRow<{ value: string }>(parts.param('list'), { value: 'text' }).as('asked')).select(
      'value',
    ),
  ),
);

const declaredOf = statement<Listed>()(({ db, param, dialect }) =>
  db
    .selectFrom('customer_not_duplicates')
    .select(['uuid', 'other_uuid'])
    .where('team_id', '=', param('teamId'))
    .where('uuid', 'in', ({ selectFrom }) =>
      selectFrom(dialect.eachRow<{ value: Uint8Array }>(param('list'), { value: 'uuid' }).as('asked')).select('value'),
    ),
);

/** What customers of one team are compared by. Without a team there is no reader, so that scoping can't be forgotten. */
export interface MatchReader {
  /** Who has a key, by key; of one that is common, one more than {@link MOST_HOLDERS}. */
  findHolders(keys: readonly number[]): Promise<ReadonlyMap<number, readonly string[]>>;
  /** The live ones with these UUIDs. */
  findByUuids(uuids: readonly string[]): Promise<ComparedCustomer[]>;
  /** The live ones whose own mailbox has one of these keys. */
  findByEmails(emailKeys: readonly string[]): Promise<ComparedCustomer[]>;
  findByExternalIds(externalIds: readonly string[]): Promise<ComparedCustomer[]>;
  /** Who was declared to be another than these, by UUID. */
  findDeclared(uuids: readonly string[]): Promise<ReadonlyMap<string, ReadonlySet<string>>>;
}

/** Reads of one team's customers for comparing. */
export function matchReader(reader: Reader, teamId: number): MatchReader {
  const live =
    (query: typeof findByUuids) =>
    async (values: readonly string[]): Promise<ComparedCustomer[]> => {
      if (values.length === 0) return [];
      const rows = await reader.all(query, { teamId, list: listOf(values) });
      return rows.map(({ uuid, version, body }) =>
        comparedCustomer({ uuid: uuidText(uuid), version, read: () => parseCustomerBody(body) }),
      );
    };
  return {
    async findHolders(keys) {
      if (keys.length === 0) return new Map();
      const rows = await reader.all(findHolders, { teamId, list: listOf(keys) });
      return new Map(rows.map(({ key, uuids }) => [key, uuids === null ? [] : uuids.split(',').map(uuidOfDigits)]));
    },
    findByUuids: live(findByUuids),
    findByEmails: live(findByEmails),
    findByExternalIds: live(findByExternalIds),
    async findDeclared(uuids) {
      const declared = new Map<string, Set<string>>();
      if (uuids.length === 0) return declared;
      for (const row of await reader.all(declaredOf, { teamId, list: listOf(uuids) })) {
        const uuid = uuidText(row.uuid);
        declared.set(uuid, (declared.get(uuid) ?? new Set()).add(uuidText(row.other_uuid)));
      }
      return declared;
    },
  };
}

/** Values as a list of rows with one column. */
export function listOf(values: readonly (string | number)[]): string {
  return JSON.stringify([...new Set(values)].map((value) => [value]));
}

function uuidOfDigits(digits: string): string {
  return uuidText(Buffer.from(digits, 'hex'));
}
