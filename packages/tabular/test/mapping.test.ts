import { describe, expect, test } from 'vitest';
import {
  applyMapping,
  bindMapping,
  findField,
  type Mapping,
  parseMapping,
  type Row,
  suggestMapping,
} from '../src/index.js';

const rowsOf = (...rows: readonly string[][]): Row[] => rows.map((cells, index) => ({ line: index + 2, cells }));

function fieldsOf(header: readonly string[], rows: readonly Row[] = []): (string | null | undefined)[] {
  const { columns } = suggestMapping(header, rows);
  return header.map((name) => columns.find(({ column }) => column === name)?.field);
}

/** Reads one row by the mapping of columns that are named by their fields. */
function read(columns: Readonly<Record<string, string>>) {
  const mapping = Object.keys(columns).map((field) => ({ column: field, field, how: 'hand' as const }));
  const bound = bindMapping({ version: 1, tidy: true, fill: [], columns: mapping, unmapped: [] }, Object.keys(columns));
  return applyMapping(bound, { line: 7, cells: Object.values(columns) });
}

describe('names of columns', () => {
  test.each([
    [
      ['Company', 'E-mail', 'Phone number', 'Web site', 'Zip code', 'VAT No.'],
      ['customer', 'email', 'mainPhone', 'website', 'billingAddress.zipCode', 'taxNumber'],
    ],
    [
      ['FIRMA', 'E-MAIL-ADRESSE', 'Rufnummer', 'Internetseite', 'Postleitzahl', 'Bundesland'],
      ['customer', 'email', 'mainPhone', 'website', 'billingAddress.zipCode', 'billingAddress.state'],
    ],
    [
      ['Société', 'Courriel', 'N° de téléphone', 'Site internet', 'Code postal', 'N° TVA'],
      ['customer', 'email', 'mainPhone', 'website', 'billingAddress.zipCode', 'taxNumber'],
    ],
    [
      ['Razón social', 'Correo', 'Teléfono', 'Página web', 'Cód. postal', 'C.I.F.'],
      ['customer', 'email', 'mainPhone', 'website', 'billingAddress.zipCode', undefined],
    ],
    [
      ['customer_name', 'emailAddress', 'MainPhone', 'billing_zip', 'ShippingCity'],
      ['customer', 'email', 'mainPhone', 'billingAddress.zipCode', 'shippingAddress.city'],
    ],
    [
      ['Bill to Street', 'Bill to City', 'Ship to Street', 'Ship to City', 'Ship to Country'],
      [
        'billingAddress.street',
        'billingAddress.city',
        'shippingAddress.street',
        'shippingAddress.city',
        'shippingAddress.country',
      ],
    ],
    [
      ['Contact 1 Name', 'Contact 1 Email', 'Contact 2 First Name', 'Contact 2 Phone', 'Contact 3'],
      ['contacts[0].name', 'contacts[0].email', 'contacts[1].firstName', 'contacts[1].phone', 'contacts[2].name'],
    ],
  ])('%j', (header, fields) => {
    expect(fieldsOf(header)).toEqual(fields);
  });

  test('one name means what the others leave it', () => {
    expect(fieldsOf(['Name', 'Email'])[0]).toBe('customer');
    expect(fieldsOf(['Company', 'Name', 'Email'])[1]).toBe('contacts[0].name');
    expect(fieldsOf(['Name', 'Vorname', 'Firma'])[0]).toBe('contacts[0].lastName');
    expect(fieldsOf(['Nombre', 'Apellidos', 'Empresa'])[0]).toBe('contacts[0].firstName');
  });

  test('a name is not believed against what the column holds', () => {
    expect(fieldsOf(['Company', 'Email'], rowsOf(['Acme', 'yes'], ['Bolt', 'no']))).toEqual(['customer', undefined]);
    expect(fieldsOf(['Company', 'Status'], rowsOf(['Acme', 'Lead']))).toEqual(['customer', undefined]);
    expect(fieldsOf(['customer', 'status'], rowsOf(['Acme', 'lead']))).toEqual(['customer', undefined]);
    expect(fieldsOf(['Company', 'Reference'], rowsOf(['Acme', 'web'], ['Bolt', 'web']))).toEqual([
      'customer',
      undefined,
    ]);
  });

  test('numbered names, and names of what no field takes, are not taken for misspelt ones', () => {
    expect(fieldsOf(['Company', 'Contract', 'Fax', 'Phone 7', 'Email 2'])).toEqual([
      'customer',
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
  });

  test('what has no name is known by what it holds', () => {
    const rows = rowsOf(
      ['a@acme.example', 'https://acme.example', '+27 21 555 0199', 'Deutschland'],
      ['b@bolt.example', '', '', 'France'],
    );
    expect(fieldsOf(['A1', 'B2', 'C3', 'D4'], rows)).toEqual([
      'email',
      'website',
      'mainPhone',
      'billingAddress.country',
    ]);
  });

  test('a mapping is plain JSON that parses to itself', () => {
    const mapping = suggestMapping(['Company', 'Email', 'Foo', 'First name'], []);
    expect(parseMapping(JSON.parse(JSON.stringify(mapping)))).toEqual({ mapping });
    expect(mapping).toMatchObject({ version: 1, fill: ['customer'], unmapped: ['Foo'] });
  });
});

describe('fields', () => {
  test.each([
    'customer',
    'billingAddress',
    'shippingAddress.zipAndCity',
    'contacts[99].isPrimary',
    'contacts',
    'metadata',
    'metadata.a.b c',
  ])('%s is one', (path) => {
    expect(findField(path)).toBeDefined();
  });

  test.each([
    'uuid',
    'createdAt',
    'version',
    'billingAddress.foo',
    'contacts[100].name',
    'contacts[0].uuid',
    'metadata.',
    'foo',
    '',
    '__proto__',
  ])('%s is none', (path) => {
    expect(findField(path)).toBeUndefined();
  });
});

describe('a mapping that was kept', () => {
  test('needs no more than columns', () => {
    const columns = [
      { column: 'Firma', field: 'customer' },
      { column: 'Fax', field: null },
    ];
    expect(parseMapping({ version: 1, columns })).toEqual({
      mapping: {
        version: 1,
        tidy: true,
        fill: [],
        unmapped: [],
        columns: columns.map((one) => ({ ...one, how: 'hand' })),
      },
    });
  });

  test.each([[null], ['x'], [[]]])('%j is none', (value) => {
    expect(parseMapping(value)).toMatchObject({ errors: [{ code: 'invalid_type' }] });
  });

  test('names everything that is wrong with it', () => {
    const parsed = parseMapping({
      ...{ version: 2, system: 1, tidy: 'yes', fill: ['notes'], unmapped: [1] },
      columns: [
        7,
        { column: '', field: 'customer' },
        { column: 'A', field: 'fax' },
        { column: 'A', field: 'customer', how: 'magic' },
        { column: 'B', field: 'notes' },
        { column: 'C', field: 'notes' },
        { column: 'D', field: 'email' },
        { column: 'E', field: 'email' },
      ],
    });
    expect('errors' in parsed && parsed.errors.map(({ field, code }) => `${field} ${code}`)).toEqual([
      ...[
        'version invalid_value',
        'system invalid_type',
        'tidy invalid_type',
        'fill invalid_value',
        'unmapped invalid_type',
      ],
      ...[
        'columns[0] invalid_type',
        'columns[1].column required',
        'columns[2].field unknown_field',
        'columns[3].column duplicate',
      ],
      ...['columns[3].field duplicate', 'columns[3].how invalid_value', 'columns[7].field duplicate'],
    ]);
  });

  test('finds its columns in a file where they stand and are written otherwise, and says which are missing', () => {
    const mapping: Mapping = {
      ...{ version: 1, tidy: true, fill: [], unmapped: [] },
      columns: [
        { column: 'Straße', field: 'billingAddress.street', how: 'hand' },
        { column: 'Firma', field: 'customer', how: 'hand' },
        { column: 'Fax', field: null, how: 'hand' },
        { column: 'Gone', field: 'notes', how: 'hand' },
      ],
    };
    const bound = bindMapping(mapping, ['FIRMA', 'Fax', 'strasse']);
    expect(bound.missing).toEqual(['Gone']);
    expect(applyMapping(bound, { line: 2, cells: ['Acme', '1', 'Weg 1'] }).input).toEqual({
      customer: 'Acme',
      billingAddress: { street: 'Weg 1' },
    });
  });
});

describe('cells become fields', () => {
  test('the mark before a number goes, the apostrophe of a text stays', () => {
    const { input } = read({
      externalId: "'007",
      mainPhone: ' Phone: 0123 ',
      'billingAddress.zipCode': "'01067",
      notes: "'90s music",
    });
    expect(input).toEqual({
      externalId: '007',
      mainPhone: '0123',
      notes: "'90s music",
      billingAddress: { zipCode: '01067' },
    });
  });

  test.each(['yes', 'Ja', 'OUI', 'sí', 'true', '1', 'x', 'verdadero'])('%s is true', (text) => {
    expect(read({ taxExcluded: text, 'contacts[0].name': 'Ann', 'contacts[0].isPrimary': text })).toEqual({
      input: { taxExcluded: true, contacts: [{ name: 'Ann', isPrimary: true }] },
      problems: [],
    });
  });

  test.each(['no', 'Nein', 'non', 'false', '0', 'falso'])('%s is false', (text) => {
    expect(read({ taxAutoCalculate: text, status: text }).input).toEqual({
      taxAutoCalculate: false,
      status: 'inactive',
    });
  });

  test.each([
    ['[15,7.5]', [15, 7.5]],
    ['15', [15]],
    ['19 %; 7,5 %', [19, 7.5]],
  ])('taxes %s', (text, taxes) => {
    expect(read({ taxes: text }).input).toEqual({ taxes });
  });

  test('what cannot be read is a problem with its place, and no value', () => {
    const { input, problems } = read({
      ...{
        customer: '#REF!',
        status: 'maybe',
        taxExcluded: 'perhaps',
        taxes: 'many',
        contacts: '{}',
        metadata: '["x"]',
      },
      ...{ 'contacts[0].isPrimary': 'who', 'metadata.a': 'b' },
    });
    expect(input).toEqual({ metadata: { a: 'b' } });
    expect(problems.map(({ line, field, code }) => `${line} ${field} ${code}`)).toEqual([
      ...['7 customer formula_error', '7 status invalid_value', '7 taxExcluded invalid_value', '7 taxes invalid_value'],
      ...['7 contacts invalid_value', '7 metadata invalid_value', '7 contacts[0].isPrimary invalid_value'],
    ]);
  });

  test.each([
    [
      'Königstr. 1, 01067 Dresden, Deutschland',
      { street: 'Königstr. 1', zipCode: '01067', city: 'Dresden', country: 'Deutschland' },
    ],
    [
      '12 Larkspur Way\nSTE 4\nGreenbank NC 27000',
      { street: '12 Larkspur Way, STE 4', city: 'Greenbank', state: 'NC', zipCode: '27000' },
    ],
    [
      '10 Downing Street, London SW1A 2AA, United Kingdom',
      { street: '10 Downing Street', city: 'London', zipCode: 'SW1A 2AA', country: 'United Kingdom' },
    ],
    ['3 rue de l’Église, 06000 Nice', { street: '3 rue de l’Église', zipCode: '06000', city: 'Nice' }],
    [
      '12 Main St, Springfield, IL 62701-1234, USA',
      { street: '12 Main St', city: 'Springfield', state: 'IL', zipCode: '62701-1234', country: 'USA' },
    ],
    ['Behind the church, second door', { street: 'Behind the church, second door' }],
    ['12345 Long Road', { street: '12345 Long Road' }],
  ])('an address in one cell is split where that is sure: %s', (text, address) => {
    expect(read({ billingAddress: text }).input).toEqual({ billingAddress: address });
  });

  test.each([
    ['Nkosi, Thandi', { firstName: 'Thandi', lastName: 'Nkosi', name: 'Thandi Nkosi' }],
    ['Thandi Nkosi', { name: 'Thandi Nkosi' }],
    ['Acme, Inc.', { name: 'Acme, Inc.' }],
  ])('a name in one cell is split where that is sure: %s', (text, contact) => {
    expect(read({ 'contacts[0].name': text }).input).toEqual({ contacts: [contact] });
  });
});
