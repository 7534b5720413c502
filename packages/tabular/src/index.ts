export { applyMapping, type CellProblem, type MappedRow } from './mapping/apply-mapping.js';
export { type BoundColumn, type BoundMapping, bindMapping } from './mapping/bind-mapping.js';
export {
  CUSTOMER_COLUMNS,
  type CustomerColumn,
  type Field,
  type FieldKind,
  findField,
} from './mapping/customer-fields.js';
export type { MappedColumn, Mapping } from './mapping/mapping.js';
export { type ParsedMapping, parseMapping } from './mapping/parse-mapping.js';
export { suggestMapping } from './mapping/suggest-mapping.js';
export type { ByteSource } from './reading/byte-source.js';
export type { HeaderSureness } from './reading/find-header.js';
export { type FoundFormat, type OpenTableOptions, openTable, type Table } from './reading/open-table.js';
export type { PassedOver } from './reading/pass-over.js';
export type { Row } from './reading/row.js';
export type { Encoding } from './reading/text/guess-encoding.js';
export { TableError, type TableFault, type TablePlace } from './table-error.js';
export { TABLE_LIMITS } from './table-limits.js';
export {
  type CustomerCsvOptions,
  type CustomerCsvWriter,
  customerCsvWriter,
  customerJsonLine,
} from './writing/customer-rows.js';
export { REASON_COLUMN, type RejectedRowsWriter, rejectedRowsWriter } from './writing/rejected-rows.js';
