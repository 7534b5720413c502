import type { CustomerListQuery } from '@countersign/contract';
import { callEndpoint, findChangedEndpoint } from '../call-endpoint.js';
import type { CallOptions } from '../call-options.js';
import type { ClientSettings } from '../client-settings.js';
import { hasErrorCode } from '../countersign-error.js';
import { pathPart } from '../path-part.js';
import { customerChanges } from './customer-changes.js';
import type { CustomerPage, ListedRecord, WalkQuery } from './customer-page.js';
import type { BulkOptions, CustomersApi } from './customers-api.js';
import { exportCustomers } from './export-customers.js';
import { importCustomers } from './import-customers.js';
import { listAllCustomers } from './list-all-customers.js';

/** The calls on customers, bound to a client's settings. */
export function createCustomersApi(settings: ClientSettings): CustomersApi {
  const list = <R>(query: CustomerListQuery, options: CallOptions) =>
    callEndpoint<CustomerPage<R>>(settings, { method: 'GET', path: '/customers', query }, options);
  return {
    ...readCalls(settings),
    ...bulkCalls(settings),
    ...duplicateCalls(settings),
    ...mergeCalls(settings),
    import: (rows, options = {}) => importCustomers(settings, rows, options),
    export: (query = {}, options = {}) => exportCustomers(settings, query, options),
    list: async (query, options = {}) => list(query ?? {}, options),
    listAll: <Q extends WalkQuery>(query?: Q, options: CallOptions = {}) =>
      listAllCustomers<ListedRecord<Q>>(list, query ?? {}, options),
    changes: (query = {}, options = {}) => customerChanges(list, query, options),
    create: async (input, options = {}) =>
      callEndpoint(settings, { method: 'POST', path: '/customers', body: input, field: 'customer' }, options),
    update: async (uuid, patch, options = {}) =>
      callEndpoint(settings, { method: 'PATCH', path: customerPath(uuid), body: patch, field: 'customer' }, options),
    delete: async (uuid, options = {}) =>
      callEndpoint(settings, { method: 'DELETE', path: customerPath(uuid) }, options),
    restore: async (uuid, options = {}) =>
      callEndpoint(
        settings,
        { method: 'POST', path: `${customerPath(uuid)}/restore`, body: {}, field: 'customer' },
        options,
      ),
    erase: async (uuid, options = {}) =>
      callEndpoint(settings, { method: 'POST', path: `${customerPath(uuid)}/erase`, body: {} }, options),
    revert: async (uuid, version, options = {}) =>
      callEndpoint(
        settings,
        { method: 'POST', path: `${customerPath(uuid)}/revert`, body: { version }, field: 'customer' },
        options,
      ),
    upsertByExternalId: async (externalId, input, options = {}) => {
      const path = `/customers/by-external-id/${pathPart('externalId', externalId)}`;
      return callEndpoint(settings, { method: 'PUT', path, body: input }, options);
    },
    upsertByEmail: async (email, input, options = {}) => {
      const path = `/customers/by-email/${pathPart('email', email)}`;
      return callEndpoint(settings, { method: 'PUT', path, body: input }, options);
    },
  };
}

function readCalls(
  settings: ClientSettings,
): Pick<CustomersApi, 'findByEmail' | 'get' | 'findIfChanged' | 'getVersion' | 'history' | 'disclosure'> {
  const one = (uuid: string) => ({ method: 'GET', path: customerPath(uuid), field: 'customer' }) as const;
  return {
    get: async (uuid, options = {}) => callEndpoint(settings, one(uuid), options),
    getVersion: async (uuid, which, options = {}) =>
      callEndpoint(settings, { ...one(uuid), query: { ...which } }, options),
    history: async (uuid, query = {}, options = {}) =>
      callEndpoint(settings, { method: 'GET', path: `${customerPath(uuid)}/history`, query: { ...query } }, options),
    disclosure: async (uuid, options = {}) =>
      callEndpoint(settings, { method: 'GET', path: `${customerPath(uuid)}/disclosure` }, options),
    findIfChanged: async (uuid, options) => findChangedEndpoint(settings, one(uuid), options),
    findByEmail: async (email, options = {}) => {
      const path = '/customers/find-by-email';
      try {
        return await callEndpoint(settings, { method: 'GET', path, query: { email }, field: 'customer' }, options);
      } catch (error) {
        if (hasErrorCode(error, 'customer_not_found')) return undefined;
        throw error;
      }
    },
  };
}

function mergeCalls(settings: ClientSettings): Pick<CustomersApi, 'merge' | 'unmerge'> {
  return {
    merge: async (uuid, from, { fields, dryRun, ...options } = {}) =>
      callEndpoint(
        settings,
        { method: 'POST', path: `${customerPath(uuid)}/merge`, body: { from, fields, dryRun } },
        options,
      ),
    unmerge: async (uuid, other, options = {}) =>
      callEndpoint(settings, { method: 'POST', path: `${customerPath(uuid)}/unmerge`, body: { uuid: other } }, options),
  };
}

function bulkCalls(settings: ClientSettings): Pick<CustomersApi, 'bulkCreate' | 'bulkUpdate' | 'bulkUpsert'> {
  const path = '/customers/bulk';
  return {
    bulkCreate: async (rows, options = {}) =>
      callEndpoint(settings, { method: 'POST', path, body: bulkBody(rows, options) }, options),
    bulkUpdate: async (rows, options = {}) =>
      callEndpoint(settings, { method: 'PATCH', path, body: bulkBody(rows, options) }, options),
    bulkUpsert: async (by, rows, options = {}) =>
      callEndpoint(settings, { method: 'PUT', path, body: { by, ...bulkBody(rows, options) } }, options),
  };
}

function duplicateCalls(
  settings: ClientSettings,
): Pick<CustomersApi, 'match' | 'duplicates' | 'duplicateGroups' | 'notDuplicates'> {
  return {
    match: async (customers, options = {}) =>
      callEndpoint(
        settings,
        { method: 'POST', path: '/customers/match', body: { customers }, field: 'results' },
        options,
      ),
    duplicates: async (uuid, options = {}) =>
      callEndpoint(settings, { method: 'GET', path: `${customerPath(uuid)}/duplicates`, field: 'candidates' }, options),
    duplicateGroups: async (query = {}, options = {}) =>
      callEndpoint(settings, { method: 'GET', path: '/customers/duplicates', query: { ...query } }, options),
    notDuplicates: async (uuid, uuids, options = {}) =>
      callEndpoint(
        settings,
        { method: 'POST', path: `${customerPath(uuid)}/not-duplicates`, body: { uuids } },
        options,
      ),
  };
}

function bulkBody(customers: readonly unknown[], { mode, dryRun }: BulkOptions): object {
  return { customers, ...(mode === 'atomic' && { mode }), ...(dryRun === true && { dryRun }) };
}

function customerPath(uuid: string): string {
  return `/customers/${pathPart('uuid', uuid)}`;
}
