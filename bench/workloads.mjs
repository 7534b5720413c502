/** The kinds of requests that are measured. */
import { BROAD_TERMS, customerBody, customerEmail, customerNameTerm, customerToken } from './customer-bodies.mjs';
import { sendExpectingSuccess } from './signed-requests.mjs';

const ORDERS = ['customer', 'email', 'createdAt', 'updatedAt'];
const MANY_CONNECTIONS = 32;
const FEW_CONNECTIONS = 8;
const BULK_ROWS = 100;
const PAGE_SIZE = 20;
const MAX_PAGE = 10_000;
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
