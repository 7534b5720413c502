import { CustomerListQuerySchema } from '@countersign/contract/schemas';
import { customerCsvWriter, customerJsonLine } from '@countersign/tabular';
import { describeRoute } from '../../docs/describe-route.js';
import { exampleCustomer } from '../../docs/examples.js';
import { EXPORT_FORMATS } from './export-query.js';

const { search, status, createdSince, updatedSince } = CustomerListQuerySchema.properties;
const csv = customerCsvWriter();

/** What the reference tells about the export, contract §8. */
export const exportDocs = {
  exportCustomers: describeRoute({
    tag: 'Customers',
    summary: 'Export customers',
    description: [
      'The customers of the team as one file: every field, as they all were at one moment, in the order in which they were made.',
      '`flat=true` gives contacts and metadata columns of their own, up to 10 contacts and 200 keys; more stay as JSON in the',
      'columns `contacts` and `metadata`. Cells that a spreadsheet would run begin with an apostrophe. `countersign import`',
      'reads every export as it was.',
      '',
      'The answer is a stream. Where the connection is cut before its end, the file is not whole: ask again. An export may take',
      '30 minutes in all, and ends where its client takes nothing for a minute. Two of an app run at once; a third is 503 with',
      '`Retry-After`.',
    ].join('\n'),
    scope: 'customers:read',
    querystring: {
      type: 'object',
      properties: {
        format: { type: 'string', enum: [...EXPORT_FORMATS], default: 'csv', description: 'CSV, or JSON Lines' },
        flat: { type: 'boolean', default: false, description: 'Contacts and metadata in columns; CSV alone' },
        search,
        status,
        createdSince,
        updatedSince,
      },
    },
    success: {
      status: 200,
      description: 'The file',
      media: {
        'text/csv': csv.header + csv.line(exampleCustomer),
        'application/x-ndjson': customerJsonLine(exampleCustomer),
      },
    },
  }),
};
