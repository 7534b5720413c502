import type { CursorPagination, Import, ImportInput, UndoStep } from '@countersign/contract';
import { callEndpoint } from '../call-endpoint.js';
import type { CallOptions, WriteOptions } from '../call-options.js';
import type { ClientSettings } from '../client-settings.js';
import { pathPart } from '../path-part.js';
import type { Result } from '../sending/read-result.js';

/** Which page of the imports: at most 100, 20 by default. */
export interface ImportsQuery {
  readonly limit?: number | undefined;
  /** `nextCursor` of the page before. */
  readonly cursor?: string | undefined;
}

/** A page of imports. */
export interface ImportsPage {
  readonly imports: Import[];
  readonly pagination: CursorPagination;
}

/** Calls on imports, contract §8. Writes belong to one by the header `X-Import-Id`. All throw {@link CountersignError}. */
export interface ImportsApi {
  /** Begins an import. */
  create(input: ImportInput, options?: WriteOptions): Promise<Result<Import>>;
  /** An import with what it came to so far; 404 `import_not_found` throws. */
  get(uuid: string, options?: CallOptions): Promise<Result<Import>>;
  /** One page, newest first. */
  list(query?: ImportsQuery, options?: CallOptions): Promise<Result<ImportsPage>>;
  /** Ends an import: it takes no more writes. */
  finish(uuid: string, options?: WriteOptions): Promise<Result<Import>>;
  /** Takes back up to 100 of its changes; call it again while `hasMore`. */
  undo(uuid: string, options?: WriteOptions): Promise<Result<UndoStep>>;
}

/** The calls on imports, bound to a client's settings. */
export function createImportsApi(settings: ClientSettings): ImportsApi {
  const pathOf = (uuid: string) => `/imports/${pathPart('uuid', uuid)}`;
  const field = 'import';
  return {
    create: async (input, options = {}) =>
      callEndpoint(settings, { method: 'POST', path: '/imports', body: input, field }, options),
    get: async (uuid, options = {}) => callEndpoint(settings, { method: 'GET', path: pathOf(uuid), field }, options),
    list: async (query = {}, options = {}) =>
      callEndpoint(settings, { method: 'GET', path: '/imports', query: { ...query } }, options),
    finish: async (uuid, options = {}) =>
      callEndpoint(settings, { method: 'POST', path: `${pathOf(uuid)}/finish`, body: {}, field }, options),
    undo: async (uuid, options = {}) =>
      callEndpoint(settings, { method: 'POST', path: `${pathOf(uuid)}/undo`, body: {} }, options),
  };
}
