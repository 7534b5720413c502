import type { Migration } from './migration.js';

/** Marks of requests that had an effect: each has one once. They are written in the order of time, and live for minutes. */
export const requestMarks: Migration = {
  version: 6,
  name: 'request-marks',
  sqlite: `
create table request_marks (
  team_id integer not null,
  signed_at integer not null,
  signature blob not null,
  primary key (team_id, signed_at, signature)
) strict, without rowid;
`,
  postgres: `
create table request_marks (
  team_id bigint not null,
  signed_at bigint not null,
  signature uuid not null,
  primary key (team_id, signed_at, signature)
);
`,
};
