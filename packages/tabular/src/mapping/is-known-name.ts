import { findField, isServerMade } from './customer-fields.js';
import { findExactPath } from './field-of-name.js';
import { isSystemColumn } from './systems/find-system.js';

/** Whether a cell is the name of a column of customers, which data hardly ever is. */
export function isKnownName(cell: string): boolean {
  return (
    findField(cell) !== undefined || isServerMade(cell) || findExactPath(cell) !== undefined || isSystemColumn(cell)
  );
}
