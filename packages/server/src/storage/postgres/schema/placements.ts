import type { Tables } from '../../tables/tables.js';

/**
 * Where a table lies in a Citus cluster: `distributed`, spread over the nodes by `team_id`, all rows of a team on one;
 * `reference`, whole on every node; `coordinator`, on the coordinator alone.
 */
export type Placement = 'distributed' | 'reference' | 'coordinator';

/** Tables that the query builder does not know, since PostgreSQL's own statements keep them. */
type OwnTable = 'customer_counts' | 'schema_migrations';

/** Where each table lies, and why. A new table is placed here, or the program does not compile. */
export const PLACEMENTS: Readonly<Record<keyof Tables | OwnTable, Placement>> = {
  // What a team owns: nearly all there is, and a request touches one team's.
  customers: 'distributed',
  customer_versions: 'distributed',
  imports: 'distributed',
  customer_merges: 'distributed',
  customer_counts: 'distributed',
  customer_match_keys: 'distributed',
  customer_match_progress: 'distributed',
  customer_pairs: 'distributed',
  customer_not_duplicates: 'distributed',
  idempotent_answers: 'distributed',
  request_marks: 'distributed',
  webhooks: 'distributed',
  webhook_events: 'distributed',
  webhook_deliveries: 'distributed',
  webhook_attempts: 'distributed',

  // Few rows that seldom change, and that a team's rows may point to and be read with, on whichever node those are.
  teams: 'reference',
  apps: 'reference',
  // Which apps may act for a team, as its deliveries ask.
  token_grants: 'reference',

  // Looked up by a person's email, across teams.
  users: 'coordinator',
  // Looked up by the person as well as by the team.
  team_members: 'coordinator',
  // A few rows for each app; cached by every process.
  app_redirect_uris: 'coordinator',
  app_secrets: 'coordinator',
  // Looked up by hashes of texts that do not tell the team; access tokens are cached by every process.
  access_tokens: 'coordinator',
  refresh_tokens: 'coordinator',
  authorization_codes: 'coordinator',
  sessions: 'coordinator',
  invitations: 'coordinator',
  // One for the whole installation, and its triggers keep it from being changed.
  audit_entries: 'coordinator',
  // Told to each process that starts, before it knows of anything else.
  schema_migrations: 'coordinator',
};

/** The tables that lie somewhere, in the order in which they are placed there. */
export function tablesPlaced(placement: Placement): string[] {
  return Object.entries(PLACEMENTS)
    .filter(([, found]) => found === placement)
    .map(([table]) => table);
}
