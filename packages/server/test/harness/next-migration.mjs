// Loaded before the program by tests (node --import): makes it the next version, whose schema is one step further.
import { migrations } from '../../dist/storage/migrations/migrations.js';

const text =
  'alter table customers add column next_field text; alter table authorization_codes add column next_field text;';
migrations.push({ version: migrations.length + 1, name: 'next', sqlite: text, postgres: text });
