import type { ListOrder, ListPage, ListRequest, ListRow } from '../storage.js';

/** Executes SQL text with positional parameters, planned for these very values. */
export type RunQuery = <R>(text: string, values: unknown[]) => Promise<R[]>;

const COLUMNS: Record<ListOrder, string> = {
  name: 'name_key',
  email: 'email_key',
  created: 'created_at',
  updated: 'updated_at',
};

/** What searches look through, exactly as the index customers_by_text has it. */
const SEARCHED_TEXT = '(name_key || chr(31) || email_key || chr(31) || phone_key)';

interface FoundRow {
  readonly body: string;
  readonly uuid: string;
  readonly value: string | number;
}

/** One page of a team's customers, with how many there are in all. */
export async function listCustomers(query: RunQuery, request: ListRequest): Promise<ListPage> {
  const [rows, total] = await Promise.all([findPage(query, request), countTotal(query, request)]);
  return { rows, total };
}

/** SQL that grows with its parameters. */
class Conditions {
  readonly values: unknown[] = [];
  text = '';

  /** The placeholder of a value. */
  value(value: unknown): string {
    this.values.push(value);
    return `$${this.values.length}`;
  }

  and(condition: string): void {
    this.text += this.text === '' ? condition : ` and ${condition}`;
  }
}

// The keys of the page come from the order's index alone where they can; only the page's own bodies are read.
async function findPage(query: RunQuery, request: ListRequest): Promise<ListRow[]> {
  const column = COLUMNS[request.order];
  const direction = request.descending ? 'desc' : 'asc';
  const conditions = conditionsOf(request);
  const { after } = request;
  if (after !== undefined) {
    const place = `(${conditions.value(after.value)}, ${conditions.value(after.uuid)}::uuid)`;
    conditions.and(`(${column}, uuid) ${request.descending ? '<' : '>'} ${place}`);
  }
  const limit = conditions.value(request.limit + 1);
  const offset = conditions.value(request.offset);
  const rows = await query<FoundRow>(
    `select c.body, f.uuid, f.value from (
       select uuid, ${column} as value from customers where ${conditions.text}
       order by ${column} ${direction}, uuid ${direction} limit ${limit} offset ${offset}
     ) f join customers c on c.team_id = $1 and c.uuid = f.uuid order by f.value ${direction}, f.uuid ${direction}`,
    conditions.values,
  );
  return rows.map(({ body, uuid, value }) => ({ body, position: { value, uuid: uuid.replaceAll('-', '') } }));
}

function conditionsOf({ teamId, status, createdSince, updatedSince, search }: ListRequest): Conditions {
  const conditions = new Conditions();
  conditions.and(`team_id = ${conditions.value(teamId)} and deleted_at is null`);
  if (status !== undefined) conditions.and(`status = ${conditions.value(status)}`);
  if (createdSince !== undefined) conditions.and(`created_at >= ${conditions.value(createdSince)}`);
  if (updatedSince !== undefined) conditions.and(`updated_at >= ${conditions.value(updatedSince)}`);
  if (search !== undefined) conditions.and(matches(conditions, search));
  return conditions;
}

// The pattern finds candidates by the index; the columns decide, so that no match reaches from one into the next. The key
// of an email is composed (NFC), and other texts are as they were written.
function matches(conditions: Conditions, search: string): string {
  const composed = search.normalize('NFC');
  const like = (text: string) => `${SEARCHED_TEXT} like ${conditions.value(`%${escapePattern(text)}%`)}`;
  const candidates = composed === search ? like(search) : `(${like(search)} or ${like(composed)})`;
  const [own, email] = [conditions.value(search), conditions.value(composed)];
  return `${candidates} and (strpos(name_key, ${own}) > 0 or strpos(email_key, ${email}) > 0 or strpos(phone_key, ${own}) > 0)`;
}

function escapePattern(text: string): string {
  return text.replace(/[\\%_]/g, '\\$&');
}

async function countTotal(query: RunQuery, request: ListRequest): Promise<number> {
  const { teamId, status, createdSince, updatedSince, search } = request;
  const isKept = createdSince === undefined && updatedSince === undefined && search === undefined;
  const conditions = isKept ? countedUnder(teamId, status) : conditionsOf(request);
  const rows = await query<{ total: number }>(
    isKept
      ? `select coalesce(sum(live), 0)::bigint as total from customer_counts where ${conditions.text}`
      : `select count(*) as total from customers where ${conditions.text}`,
    conditions.values,
  );
  return rows[0]?.total ?? 0;
}

function countedUnder(teamId: number, status: string | undefined): Conditions {
  const conditions = new Conditions();
  conditions.and(`team_id = ${conditions.value(teamId)}`);
  if (status !== undefined) conditions.and(`status = ${conditions.value(status)}`);
  return conditions;
}
