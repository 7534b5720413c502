/** Makes the customers that the benchmark sends: every one can be made again from its series and its number. */

const FIRST_NAMES = `Aaliyah Adam Aisha Akira Alejandro Amara Anna Arjun Bongani Camila Chen Daniel Dmitri Elena Emeka
Esther Fatima Felix Gabriel Grace Hana Hugo Ines Isaac Jamal Johanna Jun Kagiso Karin Katya Lars Leila Liam Lindiwe
Luca Mads Maria Mei Mohamed Naledi Nadia Noah Olga Oscar Paolo Petra Quinn Rafael Ravi Rosa Samir Sofia Thandi Tomas
Uma Valentina Viktor Wanjiku Willem Xiomara Yara Yusuf Zanele Zoe`.split(/\s/);
const LAST_NAMES = `Abbott Adeyemi Almeida Andersson Bauer Botha Castro Chaudhry Cohen Cruz Diaz Dlamini Dubois Eriksen
Farouk Fischer Fujita Garcia Gupta Haddad Hansen Hernandez Ivanov Jansen Jensen Kaplan Khumalo Kim Kovacs Kruger Larsen
Lopez Mahlangu Martin Mbeki Meyer Moreau Morgan Naidoo Nakamura Ndlovu Nguyen Novak Okafor Olsen Papadakis Patel
Pereira Petrov Pillay Quispe Ramos Rossi Santos Schmidt Silva Sithole Suzuki Tanaka Tran Umarov Vargas Weber
Zulu`.split(/\s/);
const TRADES = `Bakery Bearings Brewing Catering Ceramics Chemicals Cleaning Couriers Dairy Electrical Engineering
Fisheries Foods Furniture Logistics Machinery Motors Packaging Plumbing Printing Roofing Textiles Trading
Vineyards`.split(/\s/);
const CITIES = [
  ['Cape Town', 'Western Cape', '8001', 'South Africa'],
  ['Leeds', 'West Yorkshire', 'LS1 4AP', 'United Kingdom'],
  ['Porto', 'Norte', '4000-123', 'Portugal'],
  ['Austin', 'Texas', '78701', 'United States'],
  ['Nairobi', 'Nairobi County', '00100', 'Kenya'],
  ['Osaka', 'Kansai', '530-0001', 'Japan'],
];

/** Terms that match many customers: one trade is about one in 24. */
export const BROAD_TERMS = TRADES.map((trade) => trade.toLowerCase());

/**
 * The part of a customer's email that no other customer has.
 *
 * @param {string} series a few letters; different series never give the same email
 * @param {number} number 0 to 2^32 - 1
 */
export function customerToken(series, number) {
  return `${series}${scramble(number).toString(36).padStart(7, '0')}`;
}

/** A customer's email; neighbouring numbers are far apart in alphabetical order. */
export function customerEmail(series, number) {
  const { first, last, trade } = traits(number);
  return `${first}.${last}.${customerToken(series, number)}@${last}-${trade}.example`.toLowerCase();
}

/** A search term for the customer's own name, which about one customer in 1,500 shares. */
export function customerNameTerm(number) {
  const { last, trade } = traits(number);
  return `${last} ${trade}`;
}

/** A create body of about 1 KB with two addresses and two contacts. */
export function customerBody(series, number) {
  const { first, last, trade, random } = traits(number);
  const domain = `${last}-${trade}.example`.toLowerCase();
  const second = pick(FIRST_NAMES, random >>> 3);
  return {
    customer: `${last} ${trade} ${(random % 9000) + 1000} (Pty) Ltd`,
    email: customerEmail(series, number),
    mainPhone: phone(random),
    website: `https://www.${domain}`,
    status: random % 10 === 0 ? 'inactive' : 'active',
    billingAddress: address(random, 'Long Street'),
    shippingAddress: address(random >>> 5, 'Harbour Road'),
    contacts: [
      contact({ firstName: first, lastName: last, domain, isPrimary: true, random: random >>> 2 }),
      contact({ firstName: second, lastName: last, domain, isPrimary: false, random: random >>> 4 }),
    ],
    notes: 'Prefers invoices by email. Deliveries on weekdays before noon, at the back of the building.',
    paymentTerm: 'Net 30',
    taxNumber: String(4_000_000_000 + (random % 1_000_000_000)),
    metadata: { segment: trade.toLowerCase(), source: 'bench', batch: customerToken(series, number) },
  };
}

function contact({ firstName, lastName, domain, isPrimary, random }) {
  const email = `${firstName}.${lastName}@${domain}`.toLowerCase();
  return { firstName, lastName, email, phone: phone(random), isPrimary };
}

function address(random, street) {
  const [city, state, zipCode, country] = pick(CITIES, random);
  return { street: `${(random % 300) + 1} ${street}`, city, state, zipCode, country };
}

function phone(random) {
  return `+27 21 555 ${String(random % 10_000).padStart(4, '0')}`;
}

function traits(number) {
  const random = scramble(number ^ 0x5bd1e995);
  return {
    first: pick(FIRST_NAMES, random),
    last: pick(LAST_NAMES, random >>> 7),
    trade: pick(TRADES, random >>> 14),
    random,
  };
}

function pick(list, random) {
  return list[random % list.length];
}

/** A one-to-one map of 32-bit numbers that leaves no order visible. */
function scramble(number) {
  let mixed = number >>> 0;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
