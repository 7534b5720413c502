import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PLACEMENTS } from '../../src/storage/postgres/schema/placements.js';
import { createPostgresDatabase } from '../harness/postgres-database.js';
import type { TestDatabase } from '../harness/test-database.js';

let database: TestDatabase;

beforeAll(async () => {
  database = await createPostgresDatabase();
});
afterAll(() => database.remove());

const SPREAD = Object.entries(PLACEMENTS)
  .filter(([, placement]) => placement === 'distributed')
  .map(([table]) => table);

/** The tables that are spread by team, as a list for SQL. */
const SPREAD_LIST = SPREAD.map((table) => `'${table}'::regclass`).join(', ');

/** The columns of a key, in its order; an expression is a question mark. */
const columnsOf = (key: string, table: string) => `(
  select coalesce(string_agg(coalesce(attname, '?'), ',' order by place), '')
  from unnest(${key}) with ordinality as of_key (attnum, place)
  left join pg_attribute using (attnum) where attrelid = ${table} or attrelid is null)`;

describe('a migrated database', () => {
  test('has no table that is not placed, and none is placed that is not there', async () => {
    const rows = await database.sql(
      `select relname from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')`,
    );
    expect(rows.map(({ relname }) => relname).sort()).toEqual(Object.keys(PLACEMENTS).sort());
  });

  test('has tables of teams', () => {
    expect(SPREAD).toContain('customers');
  });
});

describe('a table that is spread by team', () => {
  test.each(SPREAD)('%s has the team as its first column, of one type, and never empty', async (table) => {
    const [column] = await database.sql(
      `select attname, atttypid::regtype::text as type, attnotnull from pg_attribute
        where attrelid = '${table}'::regclass and attnum = 1`,
    );
    expect(column).toEqual({ attname: 'team_id', type: 'bigint', attnotnull: true });
  });

  test.each(SPREAD)('%s has a primary key', async (table) => {
    const keys = await database.sql(`select from pg_index where indrelid = '${table}'::regclass and indisprimary`);
    expect(keys).toHaveLength(1);
  });

  test('is unique only within a team: each unique index begins with it', async () => {
    const rows = await database.sql(
      `select indexrelid::regclass::text as name, ${columnsOf('indkey', 'indrelid')} as columns
        from pg_index where indrelid in (${SPREAD_LIST}) and (indisunique or indisexclusion)`,
    );
    expect(rows.length).toBeGreaterThanOrEqual(SPREAD.length);
    for (const row of rows)
      expect(row, String(row.name)).toMatchObject({ columns: expect.stringMatching(/^team_id(?:,|$)/) });
  });

  test('points to a table that is whole on every node, or to rows of the same team', async () => {
    const rows = await database.sql(
      `select conname as name, confrelid::regclass::text as target, ${columnsOf('conkey', 'conrelid')} as columns,
          ${columnsOf('confkey', 'confrelid')} as found
        from pg_constraint where contype = 'f' and conrelid in (${SPREAD_LIST})`,
    );
    for (const row of rows) {
      const target = String(row.target);
      const isWhole = Object.entries(PLACEMENTS).some(([table, at]) => table === target && at === 'reference');
      if (isWhole) continue;
      expect(SPREAD).toContain(target);
      expect([row.columns, row.found], String(row.name)).toEqual(Array(2).fill(expect.stringMatching(/^team_id,/)));
    }
  });

  test('is not pointed to from outside', async () => {
    const rows = await database.sql(
      `select conrelid::regclass::text as source from pg_constraint
        where contype = 'f' and confrelid in (${SPREAD_LIST}) and conrelid not in (${SPREAD_LIST})`,
    );
    expect(rows).toEqual([]);
  });

  test('has no trigger, no rule and no policy', async () => {
    for (const [catalogue, column, more] of [
      ['pg_trigger', 'tgrelid', 'and not tgisinternal'],
      ['pg_rewrite', 'ev_class', ''],
      ['pg_policy', 'polrelid', ''],
    ]) {
      const rows = await database.sql(`select oid from ${catalogue} where ${column} in (${SPREAD_LIST}) ${more}`);
      expect(rows, catalogue).toEqual([]);
    }
  });

  test('takes no value from a sequence or a default that teams would share', async () => {
    const rows = await database.sql(
      // A constant is the same everywhere; what a function gives may come from one place.
      `select attrelid::regclass::text as table, attname from pg_attribute
        left join pg_attrdef on adrelid = attrelid and adnum = attnum
        where attrelid in (${SPREAD_LIST}) and attnum > 0 and not attisdropped
          and (attidentity <> '' or attgenerated <> '' or pg_get_expr(adbin, adrelid) like '%(%')`,
    );
    expect(rows).toEqual([]);
  });

  test('owns no sequence', async () => {
    const rows = await database.sql(
      `select objid::regclass::text from pg_depend
        where refobjid in (${SPREAD_LIST}) and classid = 'pg_class'::regclass
          and objid in (select oid from pg_class where relkind = 'S')`,
    );
    expect(rows).toEqual([]);
  });
});
