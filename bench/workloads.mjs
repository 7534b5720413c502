/** The kinds of requests that are measured. */
import { BROAD_TERMS, customerBody, customerEmail, customerNameTerm, customerToken } from './customer-bodies.mjs';
import { sendExpectingSuccess } from './signed-requests.mjs';

const ORDERS = ['customer', 'email', 'createdAt', 'updatedAt'];
const MANY_CONNECTIONS = 32;
const FEW_CONNECTIONS = 8;
const BULK_ROWS = 100;
const PAGE_SIZE = 20;
const MAX_PAGE = 10_000;
const MOST_RECORDS = 100;
const MANY_VERSIONS = 5_000;
const CURSORS_PER_ORDER = 8;

/**
 * @typedef {object} Workload
 * @property {string} name
 * @property {number} connections
 * @property {boolean} repeat whether the same requests may be sent again
 * @property {number} [rowsPerRequest] customers written by one request
 * @property {string} [expect] text that every answer must contain
 * @property {(series: string) => (index: number) => import('./signed-requests.mjs').PlainRequest} requests
 *
 * @typedef {import('./known-customers.mjs').KnownCustomers} KnownCustomers
 */

/** Single creates, every one with an email of its own. @type {Workload} */
export const createWorkload = {
  name: 'create',
  connections: MANY_CONNECTIONS,
  repeat: false,
  rowsPerRequest: 1,
  requests: (series) => (index) => ({
    method: 'POST',
    target: '/partners/customers',
    body: customerBody(series, index),
  }),
};

/** Bulk creates of 100 rows. @type {Workload} */
export const bulkWorkload = {
  name: 'bulk of 100',
  connections: FEW_CONNECTIONS,
  repeat: false,
  rowsPerRequest: BULK_ROWS,
  expect: '"errorCount":0',
  requests: (series) => (index) => ({
    method: 'POST',
    target: '/partners/customers/bulk',
    body: { customers: Array.from({ length: BULK_ROWS }, (_, row) => customerBody(series, index * BULK_ROWS + row)) },
  }),
};

/** Bulk creates-or-updates of 100 new rows. @type {Workload} */
export const upsertWorkload = {
  ...bulkWorkload,
  name: 'bulk upsert of 100',
  requests: (series) => (index) => ({
    method: 'PUT',
    target: '/partners/customers/bulk',
    body: {
      by: 'email',
      customers: Array.from({ length: BULK_ROWS }, (_, row) => customerBody(series, index * BULK_ROWS + row)),
    },
  }),
};

/**
 * What is done to single records: updates of one field, pages of a history of a few versions and of thousands, and what may be the
 * same as a hundred others.
 *
 * @param {import('./signed-requests.mjs').Caller} caller
 * @returns {Promise<Workload[]>}
 */
export async function recordWorkloads(caller) {
  const target = `/partners/customers?orderBy=createdAt&limit=${MOST_RECORDS}`;
  const { customers } = await sendExpectingSuccess(caller, { method: 'GET', target });
  const uuid = (index) => customers[index % customers.length].uuid;
  await changeOften(caller, uuid(0));
  return [
    {
      name: 'update',
      connections: MANY_CONNECTIONS,
      repeat: false,
      rowsPerRequest: 1,
      requests: (series) => (index) => ({
        method: 'PATCH',
        target: `/partners/customers/${uuid(index)}`,
        body: { notes: `${series} ${index}` },
      }),
    },
    reading('history, few versions', FEW_CONNECTIONS, (index) => `/${uuid(1 + (index % 50))}/history`),
    reading(`history, over ${MANY_VERSIONS} versions`, FEW_CONNECTIONS, () => `/${uuid(0)}/history`),
    {
      name: 'match of 100',
      connections: 1,
      repeat: true,
      requests: (series) => (index) => ({
        method: 'POST',
        target: '/partners/customers/match',
        body: {
          customers: Array.from({ length: BULK_ROWS }, (_, row) => customerBody(series, index * BULK_ROWS + row)),
        },
      }),
    },
    reading('duplicates, first page', 1, () => '/duplicates'),
  ];
}

/** Gives a customer a long history. */
async function changeOften(caller, uuid) {
  for (let sent = 0; sent < MANY_VERSIONS; sent += BULK_ROWS) {
    const rows = Array.from({ length: BULK_ROWS }, (_, row) => ({
      uuid,
      notes: `${sent + row} of ${caller.accessToken}`,
    }));
    await sendExpectingSuccess(caller, {
      method: 'PATCH',
      target: '/partners/customers/bulk',
      body: { customers: rows },
    });
  }
}

/** Finds by random existing emails. @param {KnownCustomers} known @returns {Workload} */
export function findWorkload(known) {
  const email = () => known.pick(({ series, number }) => customerEmail(series, number));
  return reading('find by email', MANY_CONNECTIONS, () => `/find-by-email?email=${encodeURIComponent(email())}`);
}

/** Searches from terms that match one customer to terms that match nearly all. @param {KnownCustomers} known */
export function searchWorkloads(known) {
  const token = () => known.pick(({ series, number }) => customerToken(series, number));
  const name = () => known.pick(({ number }) => customerNameTerm(number));
  return [
    searching('search, one match', token),
    searching('search, a name (1 in 1,500)', name),
    searching('search, broad (1 in 24)', (index) => BROAD_TERMS[index % BROAD_TERMS.length]),
    searching('search, broad (all)', () => 'example'),
    searching('search, two letters', (index) => ['an', 'er', 'co', 'sa'][index % 4]),
  ];
}

/** First pages in each order. @returns {Workload[]} */
export function firstPageWorkloads() {
  return ORDERS.map((order) => listing(`list by ${order}, first page`, () => `orderBy=${order}`));
}

/**
 * Pages from the middle of the list (page 10,000 at most) in each order, reached by cursor; none where the list is short.
 *
 * @param {import('./signed-requests.mjs').Caller} caller
 * @returns {Promise<Workload[]>}
 */
export async function deepPageWorkloads(caller) {
  const page = Math.min(MAX_PAGE, Math.floor((await countCustomers(caller)) / PAGE_SIZE / 2));
  if (page === 0) return [];
  const workloads = [];
  for (const order of ORDERS) {
    const cursors = await findCursors(caller, { order, page });
    const cursor = (index) => encodeURIComponent(cursors[index % cursors.length]);
    workloads.push(listing(`list by ${order}, deep page`, (index) => `orderBy=${order}&cursor=${cursor(index)}`));
  }
  return workloads;
}

/** How many customers the team has now. @param {import('./signed-requests.mjs').Caller} caller */
export async function countCustomers(caller) {
  const data = await sendExpectingSuccess(caller, { method: 'GET', target: '/partners/customers?limit=1' });
  return data.pagination.total;
}

async function findCursors(caller, { order, page }) {
  const cursors = [];
  let place = `page=${page}`;
  while (cursors.length < CURSORS_PER_ORDER) {
    const target = `/partners/customers?orderBy=${order}&limit=${PAGE_SIZE}&${place}`;
    const { nextCursor } = (await sendExpectingSuccess(caller, { method: 'GET', target })).pagination;
    if (nextCursor === null) break;
    cursors.push(nextCursor);
    place = `cursor=${encodeURIComponent(nextCursor)}`;
  }
  if (cursors.length === 0) throw new Error(`Page ${page} in order of ${order} has no nextCursor.`);
  return cursors;
}

function searching(name, term) {
  return reading(name, FEW_CONNECTIONS, (index) => `?search=${encodeURIComponent(term(index))}&limit=${PAGE_SIZE}`);
}

function listing(name, query) {
  return reading(name, FEW_CONNECTIONS, (index) => `?${query(index)}&limit=${PAGE_SIZE}`);
}

function reading(name, connections, rest) {
  const requests = () => (index) => ({ method: 'GET', target: `/partners/customers${rest(index)}` });
  return { name, connections, repeat: true, requests };
}
