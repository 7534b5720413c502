import { bulkDocs } from './bulk/bulk-docs.js';
import { contactDocs } from './contacts/contact-docs.js';
import { customerDocs } from './customer-docs.js';
import { upsertDocs } from './upsert/upsert-docs.js';

/** What the reference tells about each customer route. */
export const routeDocs = { ...customerDocs, ...upsertDocs, ...bulkDocs, ...contactDocs } as const;
