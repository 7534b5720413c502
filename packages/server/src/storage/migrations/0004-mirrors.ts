import type { Migration } from './migration.js';

// What is deleted is listed in the same orders as what is not. A create touches none of these.
const indexes = ['name', 'email', 'created', 'updated']
  .map((order) => {
    const column = order === 'created' || order === 'updated' ? `${order}_at` : `${order}_key`;
    return `create index customers_deleted_by_${order} on customers (team_id, ${column}, uuid) where deleted_at is not null;`;
  })
  .join('\n');

/** Lists with what was deleted. */
export const mirrors: Migration = { version: 4, name: 'mirrors', sqlite: indexes, postgres: indexes };
