import { streamVerb } from '../../partner-api/streams/stream-verb.js';
import { selectionOfFilters } from '../list/list-filters.js';
import { parseExportQuery } from './export-query.js';
import { renderCustomers } from './render-customers.js';

const MEDIA_TYPES = { csv: 'text/csv; charset=utf-8', jsonl: 'application/x-ndjson; charset=utf-8' } as const;

/** A team's customers as a file, all as they are at one moment, `GET /partners/customers/export`, contract §8. */
export const exportCustomers = streamVerb({
  scopes: ['customers:read'],
  read: ({ caller, query, now }) => {
    const { filters, ...form } = parseExportQuery(query);
    return { selection: selectionOfFilters(caller.team.id, filters), form, date: now().toISOString().slice(0, 10) };
  },
  open: async ({ storage }, { selection, form, date }) => {
    const snapshot = await storage.openSnapshot(selection);
    return {
      headers: {
        'content-type': MEDIA_TYPES[form.format],
        'content-disposition': `attachment; filename="customers-${date}.${form.format}"`,
      },
      pieces: renderCustomers(snapshot, form),
      close: () => snapshot.close(),
    };
  },
});
