import type { Customer } from '@countersign/contract';
import fc from 'fast-check';

/** Texts that tables break on: formulas, quotes, marks, line ends, other scripts, numbers that look like such. */
const HARD = [
  '=1+1',
  '+49 30 1',
  '-5',
  '@SUM(A1)',
  '\tx',
  '\rx',
  '\nx',
  "'",
  "''",
  "'=1",
  "'x",
  '"',
  '""',
  'a"b',
  'a,b',
  'a;b',
  'a|b',
  'a\tb',
  'one\ntwo',
  'one\r\ntwo',
  '\r\n',
  ' leading',
  'trailing ',
  '007',
  '1.0E+10',
  '12345678901234567890',
  'Total',
  'true',
  'null',
  '[1]',
  '{"a":1}',
  'שלום',
  'مرحبا',
  '👩‍👩‍👧‍👦',
  'e\u0301',
  '\u202ex',
  '＝1',
  '#N/A!',
  'Nkosi, Thandi',
  "'s-Hertogenbosch",
  '\u00a0',
];
const text = fc.oneof(
  fc.constantFrom(...HARD),
  fc.string({ unit: 'binary', minLength: 1, maxLength: 30 }).map((value) => value.replaceAll('\0', '') || 'x'),
  fc.string({ minLength: 1, maxLength: 30 }),
);
const optional = fc.option(text);
const visible = text.map((value) => value.trim() || 'Acme');

const address = fc
  .option(fc.record({ street: optional, city: optional, state: optional, zipCode: optional, country: optional }))
  .map((one) =>
    // An address without any part is stored as null.
    one !== null && Object.values(one).every((part) => part === null) ? null : one,
  );
const contact = fc.record({
  uuid: fc.uuid(),
  ...{
    firstName: optional,
    lastName: optional,
    name: visible,
    email: fc.option(fc.constant('ann@acme.example')),
    phone: optional,
  },
  isPrimary: fc.boolean(),
});
const key = fc.oneof(
  fc.constantFrom('__proto__', 'a.b', 'constructor', '=x', "'", 'Schlüssel', 'a,b', ' x '),
  fc.string({ minLength: 1, maxLength: 40 }),
);
const metadata = fc
  .array(fc.tuple(key, fc.oneof(text, fc.constant(''))), { maxLength: 50 })
  .map((entries): Record<string, string> => Object.fromEntries(entries));

/** Customers as the server may hold them. */
export const customers: fc.Arbitrary<Customer> = fc.record({
  uuid: fc.uuid(),
  id: fc.uuid(),
  customer: visible,
  email: fc.constantFrom('a@acme.example', '=x@acme.example', "'o@acme.example", '+tag@acme.example'),
  mainPhone: optional,
  website: optional,
  status: fc.constantFrom('active' as const, 'inactive' as const),
  billingAddress: address,
  shippingAddress: address,
  contacts: fc.array(contact, { maxLength: 4 }),
  notes: optional,
  paymentTerm: optional,
  taxNumber: optional,
  taxAutoCalculate: fc.option(fc.boolean()),
  taxExcluded: fc.option(fc.boolean()),
  taxes: fc.option(fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }).map((tax) => tax + 0))),
  externalId: optional,
  metadata,
  createdAt: fc.constant('2026-01-01T00:00:00.000Z'),
  updatedAt: fc.constant('2026-01-01T00:00:00.000Z'),
  version: fc.integer({ min: 1 }),
});

/** A customer with all of a kind. */
export function fullCustomer(customer: Customer): Customer {
  return {
    ...customer,
    contacts: Array.from({ length: 100 }, (_, index) => ({
      ...{
        uuid: customer.uuid,
        firstName: `Ånn ${index}`,
        lastName: '=1+1',
        name: `'${index}`,
        email: null,
        phone: `+${index}`,
      },
      isPrimary: index === 99,
    })),
    metadata: Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`key ${index}`, `'=${index}\n`])),
  };
}

/** What a create needs to make the same customer: what the server makes is not in it, nor what is null. */
export function inputOf({ uuid, id, createdAt, updatedAt, version, ...fields }: Customer): object {
  const { contacts, metadata: texts, billingAddress, shippingAddress, ...rest } = fields;
  return withoutNulls({
    ...rest,
    billingAddress: billingAddress && withoutNulls(billingAddress),
    shippingAddress: shippingAddress && withoutNulls(shippingAddress),
    contacts: contacts.length > 0 ? contacts.map(({ uuid: _, ...parts }) => withoutNulls(parts)) : null,
    metadata: Object.keys(texts).length > 0 ? texts : null,
  });
}

const withoutNulls = (value: object): object =>
  Object.fromEntries(Object.entries(value).filter(([, part]) => part !== null));
