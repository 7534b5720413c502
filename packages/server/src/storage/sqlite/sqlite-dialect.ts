import { DummyDriver, Kysely, SqliteAdapter, SqliteIntrospector, SqliteQueryCompiler, sql } from 'kysely';
import type { Dialect, ListedKind } from '../dialect.js';
import type { Tables } from '../tables/tables.js';

/** Customers of one team have keys from `teamId * 2^32`: a team's rows lie together, within JavaScript's integers. */
export const CUSTOMER_KEYS_PER_TEAM = 2 ** 32;

/** Builds and compiles SQLite's SQL; executes nothing. */
export const sqliteBuilder = new Kysely<Tables>({
  dialect: {
    createAdapter: () => new SqliteAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: (db) => new SqliteIntrospector(db),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  },
});

const NOW = sql<number>`cast(unixepoch('subsec') * 1000 as integer)`;

// A part as it stands in a pattern, which takes no notice of case, and is found far sooner than with instr.
const LITERAL = sql.raw(`replace(replace(replace(part.value, '\\', '\\\\'), '%', '\\%'), '_', '\\_')`);

/** SQLite's answers to what the engines say differently. */
export const sqliteDialect: Dialect = {
  encodeUuid: (uuid) => Buffer.from(uuid.replaceAll('-', ''), 'hex'),
  forUpdate: (query) => query,
  forKeyShare: (query) => query,
  containsAny: (text, parts) =>
    sql`exists (select 1 from json_each(${parts}) as part where ${text} like '%' || ${LITERAL} || '%' escape '\\')`,
  text: (parameter) => parameter,
  forUpdateSkipLocked: (query) => query,
  lockNumber: () => sql`null`,
  now: () => NOW,
  // The one writer takes the times itself, and knows all changes that are in flight.
  isTimely: () => sql`true`,
  eachRow: (json, columns) => {
    const places = Object.entries<ListedKind>(columns).map(([name, kind], index) => {
      const value = sql`value ->> ${sql.lit(index)}`;
      return sql`${kind === 'uuid' ? sql`unhex(${value}, '-')` : value} as ${sql.ref(name)}`;
    });
    return sql`(select ${sql.join(places)} from json_each(${json}))`;
  },
  uuidDigits: (uuid) => sql`lower(hex(${uuid}))`,
  // 48 bits of time, the version, 12 random bits, the variant, 62 random bits.
  newOrderedUuid: () => sql`unhex(printf('%012x', ${NOW}) || '7' || substr(hex(randomblob(2)), 2)
    || substr('89AB', 1 + (random() & 3), 1) || substr(hex(randomblob(8)), 2))`,
};
