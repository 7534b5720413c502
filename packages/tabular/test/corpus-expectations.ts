import type { CustomerInput } from '@countersign/contract';
import type { CellProblem, FoundFormat, PassedOver } from '../src/index.js';

/** What a file of the corpus is read as. */
export interface Expected
  extends Partial<Pick<FoundFormat, 'format' | 'delimiter' | 'quote' | 'headerRow' | 'headerSureness'>> {
  readonly system?: string;
  readonly unmapped: readonly string[];
  readonly passedOver: PassedOver;
  readonly customers: readonly (Partial<CustomerInput> & { readonly line: number })[];
  readonly problems: readonly Pick<CellProblem, 'line' | 'column' | 'code'>[];
}

/** By file name. */
export const CORPUS: Readonly<Record<string, Expected>> = {
  'company-called-total.csv': {
    format: 'csv',
    delimiter: ',',
    quote: '"',
    headerRow: 1,
    headerSureness: 'sure',
    unmapped: [],
    passedOver: {
      empty: 0,
      footers: 0,
    },
    customers: [
      {
        line: 2,
        customer: 'Acme',
        email: 'a@acme.example',
        billingAddress: {
          city: 'Oslo',
        },
      },
      {
        line: 3,
        customer: 'Total Energies',
      },
    ],
    problems: [],
  },
  'count-customers.csv': {
    format: 'csv',
    delimiter: ',',
    quote: '"',
    headerRow: 1,
    headerSureness: 'sure',
    system: 'COUNT',
    unmapped: [],
    passedOver: {
      empty: 0,
      footers: 0,
    },
    customers: [
      {
        line: 2,
        customer: 'Acme Trading',
        email: 'accounts@acme.example',
        mainPhone: '+27 21 555 0199',
        website: 'https://acme.example',
        status: 'active',
        notes: 'Hi',
        paymentTerm: 'Net 30',
        taxNumber: '0412345678',
        billingAddress: {
          street: '12 Long Street',
          city: 'Cape Town',
          state: 'WC',
          zipCode: '8001',
          country: 'South Africa',
        },
        shippingAddress: {
          street: '1 Dock Rd',
          city: 'Cape Town',
        },
      },
    ],
    problems: [],
  },
  'duplicate-names.csv': {
    format: 'csv',
    delimiter: ',',
    quote: '"',
    headerRow: 1,
    headerSureness: 'sure',
    unmapped: ['Phone (2)', 'Column 5', 'Column 6'],
    passedOver: {
      empty: 0,
      footers: 0,
    },
    customers: [
      {
        line: 2,
        customer: 'Acme',
        email: 'a@acme.example',
        mainPhone: '1',
      },
    ],
    problems: [],
  },
  'emails-only.csv': {
    format: 'csv',
    delimiter: ',',
    quote: '"',
    headerRow: 1,
    headerSureness: 'sure',
    unmapped: [],
    passedOver: {
      empty: 0,
      footers: 0,
    },
    customers: [
      {
        line: 2,
        email: 'a@acme.example',
      },
      {
        line: 3,
        email: 'b@bolt.example',
      },
    ],
    problems: [],
  },
  'empty-lines.csv': {
    format: 'csv',
    delimiter: ',',
    quote: '"',
    headerRow: 3,
    headerSureness: 'sure',
    unmapped: [],
    passedOver: {
      empty: 7,
      footers: 0,
    },
    customers: [
      {
        line: 5,
        customer: 'Acme',
        email: 'a@acme.example',
      },
      {
        line: 9,
        customer: 'Bolt',
        email: 'b@bolt.example',
      },
    ],
    problems: [],
  },
  'english-pipes.csv': {
    format: 'csv',
    delimiter: '|',
    quote: '"',
    headerRow: 1,
    headerSureness: 'sure',
    unmapped: [],
    passedOver: {
      empty: 0,
      footers: 0,
    },
    customers: [
      {
        line: 2,
        customer: 'Acme, Inc.',
        email: 'a@acme.example',
        mainPhone: '+1 555 0100',
        notes: 'a, b; c',
      },
      {
        line: 3,
        customer: 'Bolt; Ltd',
        email: 'b@bolt.example',
        mainPhone: '007',
        notes: 'x',
      },
    ],
    problems: [],
  },
  'excel-sep-line.csv': {
    format: 'csv',
    delimiter: ';',
    quote: '"',
    headerRow: 2,
    headerSureness: 'sure',
    unmapped: [],
    passedOver: {
      empty: 0,
      footers: 0,
    },
    customers: [
      {
        line: 3,
        customer: 'Acme',
        email: 'a@acme.example',
      },
    ],
    problems: [],
  },
  'formulas.csv': {
    format: 'csv',
    delimiter: ',',
    quote: '"',
    headerRow: 1,
    headerSureness: 'sure',
    unmapped: [],
    passedOver: {
      empty: 0,
      footers: 0,
    },
    customers: [
      {
        line: 2,
        customer: '=Danger',
        email: 'a@acme.example',
        mainPhone: '+49 30 1234',
        notes: "'quoted",
      },
      {
        line: 3,
        customer: "'s-Hertogenbosch BV",
        email: 'b@bolt.example',
        mainPhone: '0123',
      },
    ],
    problems: [
      {
        line: 3,
        column: 'Notes',
        code: 'formula_error',
      },
    ],
  },
  'french-semicolon.csv': {
    format: 'csv',
    delimiter: ';',
    quote: '"',
    headerRow: 1,
    headerSureness: 'sure',
    unmapped: [],
    passedOver: {
      empty: 0,
      footers: 0,
    },
    customers: [
      {
        line: 2,
        customer: "Société Générale d'Eaux",
        email: 'contact@eaux.example',
        mainPhone: '01 23 45 67 89',
        taxNumber: 'FR12345678901',
        paymentTerm: '30 jours',
        billingAddress: {
          street: "3 rue de l'Église",
          zipCode: '06000',
          city: 'Nice',
          country: 'France',
        },
        shippingAddress: {
          street: 'Quai 9',
          city: 'Antibes',
        },
        contacts: [
          {
            firstName: 'Hélène',
            lastName: 'Lefèvre',
          },
        ],
      },
    ],
    problems: [],
  },
  'german-addresses.csv': {
    format: 'csv',
    delimiter: ';',
    quote: '"',
    headerRow: 1,
    headerSureness: 'sure',
    unmapped: [],
    passedOver: {
      empty: 0,
      footers: 0,
    },
    customers: [
      {
        line: 2,
        customer: 'Acme GmbH',
        email: 'a@acme.example',
        status: 'inactive',
        billingAddress: {
          street: 'Weg 1',
          zipCode: '01067',
          city: 'Dresden',
        },
        shippingAddress: {
          street: 'Rampe 2',
          zipCode: '10115',
          city: 'Berlin',
        },
        contacts: [
          {
            name: 'Ann Lee',
          },
          {
            name: 'Bo Kim',
            email: 'bo@acme.example',
          },
        ],
      },
    ],
    problems: [],
  },
  'german-semicolon.csv': {
    format: 'csv',
    delimiter: ';',
    quote: '"',
    headerRow: 1,
    headerSureness: 'sure',
    unmapped: [],
    passedOver: {
      empty: 0,
      footers: 0,
    },
    customers: [
      {
        line: 2,
        externalId: '00017',
        customer: 'Müller & Söhne GmbH',
        email: 'info@mueller.example',
        mainPhone: '0711 / 12345-0',
        taxNumber: 'DE123456789',
        paymentTerm: '14 Tage netto',
        notes: 'Sehr; gut',
        billingAddress: {
          street: 'Königstraße 1',
          zipCode: '01067',
          city: 'Dresden',
          country: 'Deutschland',
        },
        contacts: [
          {
            firstName: 'Jörg',
            lastName: 'Müller',
            phone: '0171 9876543',
          },
        ],
      },
      {
        line: 3,
        externalId: '00018',
        customer: 'Weiß OHG',
        email: 'post@weiss.example',
      },
    ],
    problems: [],
  },
  'google-contacts-old.csv': {
    format: 'csv',
    delimiter: ',',
    quote: '"',
    headerRow: 1,
    headerSureness: 'sure',
    system: 'Google Contacts',
    unmapped: ['Group Membership', 'E-mail 1 - Type', 'Phone 1 - Type'],
    passedOver: {
      empty: 0,
      footers: 0,
    },
    customers: [
      {
        line: 2,
        customer: 'Holm Studio',
        email: 'ivar@idh.example',
        mainPhone: '0701112234',
        contacts: [
          {
            name: 'Ivar Idh',
            firstName: 'Ivar',
            lastName: 'Idh',
          },
        ],
      },
    ],
    problems: [],
  },
  'google-contacts.csv': {
    format: 'csv',
    delimiter: ',',
    quote: '"',
    headerRow: 1,
    headerSureness: 'sure',
    system: 'Google Contacts',
    unmapped: [
      'Middle Name',
      'Organization Title',
      'Birthday',
      'Photo',
      'Labels',
      'E-mail 1 - Label',
      'Phone 1 - Label',
    ],
    passedOver: {
      empty: 0,
      footers: 0,
    },
    customers: [
      {
        line: 2,
        customer: 'Acme Trading',
        notes: 'Met at the fair.\nPrefers a call.',
        email: 'priya@example.com',
        mainPhone: '+91 98765 43210',
        billingAddress: {
          street: '14 MG Road',
          city: 'Delhi',
          zipCode: '110001',
          country: 'India',
        },
        contacts: [
          {
            firstName: 'Priya',
            lastName: 'Sharma',
          },
        ],
      },
      {
        line: 4,
        email: 'ravi@example.com',
        customer: 'Ravi Gupta',
        contacts: [
          {
            firstName: 'Ravi',
            lastName: 'Gupta',
          },
        ],
      },
    ],
    problems: [],
  },
  'header-in-line-3.csv': {
    format: 'csv',
    delimiter: ',',
    quote: '"',
    headerRow: 3,
    headerSureness: 'sure',
    unmapped: [],
    passedOver: {
      empty: 0,
      footers: 0,
    },
    customers: [
      {
        line: 4,
        customer: 'Acme',
        email: 'a@acme.example',
        mainPhone: '007',
        billingAddress: {
          city: 'Oslo',
        },
      },
      {
        line: 5,
        customer: 'Bolt',
        email: 'b@bolt.example',
      },
    ],
    problems: [],
  },
  'hubspot-companies.csv': {
    format: 'csv',
    delimiter: ',',
    quote: '"',
    headerRow: 1,
    headerSureness: 'sure',
    system: 'HubSpot',
    unmapped: [],
    passedOver: {
      empty: 0,
      footers: 0,
    },
    customers: [
      {
        line: 2,
        externalId: '9001',
        customer: 'Bluebay Gaming Ltd',
        website: 'bluebay.example',
        mainPhone: '+44 20 7946 0018',
        billingAddress: {
          street: '1 Example Street',
          city: 'London',
          zipCode: 'EC1A 1BB',
          country: 'United Kingdom',
        },
      },
      {
        line: 3,
        externalId: '9002',
        customer: 'Harbour Lotteries Ltd',
      },
    ],
    problems: [],
  },
  'hubspot-contacts.csv': {
    format: 'csv',
    delimiter: ',',
    quote: '"',
    headerRow: 1,
    headerSureness: 'sure',
    system: 'HubSpot',
    unmapped: ['Job Title'],
    passedOver: {
      empty: 0,
      footers: 0,
    },
    customers: [
      {
        line: 2,
        externalId: '901',
        email: 'g.perrin@fromagerie.example',
        mainPhone: '04 50 11 22 33',
        customer: 'Fromagerie Perrin',
        contacts: [
          {
            firstName: 'Gaëlle',
            lastName: 'Perrin',
          },
        ],
      },
      {
        line: 3,
        externalId: '902',
        email: 'claire@durand.example',
        customer: 'Claire Durand',
        contacts: [
          {
            firstName: 'Claire',
            lastName: 'Durand',
          },
        ],
      },
    ],
    problems: [],
  },
  'json-lines.jsonl': {
    format: 'jsonl',
    headerRow: 0,
    headerSureness: 'sure',
    unmapped: ['late'],
    passedOver: {
      empty: 1,
      footers: 0,
    },
    customers: [
      {
        line: 1,
        customer: 'Acme',
        email: 'a@acme.example',
        externalId: '12345678901234567890',
        taxExcluded: true,
        billingAddress: {
          city: 'Oslo',
        },
        contacts: [
          {
            name: 'Ann',
            isPrimary: true,
          },
        ],
        metadata: {
          a: '1',
        },
      },
      {
        line: 3,
        customer: 'Bolt',
        email: 'b@bolt.example',
      },
    ],
    problems: [],
  },
  'misspelt-header.csv': {
    format: 'csv',
    delimiter: ',',
    quote: '"',
    headerRow: 1,
    headerSureness: 'likely',
    unmapped: [],
    passedOver: {
      empty: 0,
      footers: 0,
    },
    customers: [
      {
        line: 2,
        customer: 'Acme',
        email: 'a@acme.example',
        mainPhone: '007',
        billingAddress: {
          street: 'Road 1',
          zipCode: '01067',
          country: 'Germany',
        },
      },
    ],
    problems: [],
  },
  'mixed-lines.csv': {
    format: 'csv',
    delimiter: ',',
    quote: '"',
    headerRow: 1,
    headerSureness: 'sure',
    unmapped: [],
    passedOver: {
      empty: 0,
      footers: 0,
    },
    customers: [
      {
        line: 2,
        customer: 'Acme',
        email: 'a@acme.example',
        notes: 'one\r\ntwo',
      },
      {
        line: 4,
        customer: 'Bolt',
        email: 'b@bolt.example',
        notes: 'one\ntwo',
      },
      {
        line: 6,
        customer: 'Coil',
        email: 'c@coil.example',
      },
    ],
    problems: [],
  },
  'no-header.csv': {
    format: 'csv',
    delimiter: ',',
    quote: '"',
    headerRow: 0,
    headerSureness: 'none',
    unmapped: ['Column 1'],
    passedOver: {
      empty: 0,
      footers: 0,
    },
    customers: [
      {
        line: 1,
        email: 'a@acme.example',
        mainPhone: '+27 21 555 0199',
        website: 'https://acme.example',
      },
      {
        line: 2,
        email: 'b@bolt.example',
        mainPhone: '+27 21 555 0200',
        website: 'https://bolt.example',
      },
    ],
    problems: [],
  },
  'no-line-at-end.csv': {
    format: 'csv',
    delimiter: ',',
    quote: '"',
    headerRow: 1,
    headerSureness: 'sure',
    unmapped: [],
    passedOver: {
      empty: 0,
      footers: 0,
    },
    customers: [
      {
        line: 2,
        customer: 'Acme',
        email: 'a@acme.example',
      },
    ],
    problems: [],
  },
  'northwind.csv': {
    format: 'csv',
    delimiter: ',',
    quote: '"',
    headerRow: 1,
    headerSureness: 'sure',
    unmapped: ['ContactTitle', 'Fax'],
    passedOver: {
      empty: 0,
      footers: 0,
    },
    customers: [
      {
        line: 2,
        externalId: 'ALFKI',
        customer: 'Alfreds Futterkiste',
        mainPhone: '030-0074321',
        billingAddress: {
          street: 'Obere Str. 57',
          city: 'Berlin',
          zipCode: '12209',
          country: 'Germany',
        },
        contacts: [
          {
            name: 'Maria Anders',
          },
        ],
      },
      {
        line: 3,
        externalId: 'ANATR',
        customer: 'Ana Trujillo Emparedados y helados',
        mainPhone: '(5) 555-4729',
        billingAddress: {
          street: 'Avda. de la Constitución 2222',
          city: 'México D.F.',
          zipCode: '05021',
          country: 'Mexico',
        },
        contacts: [
          {
            name: 'Ana Trujillo',
          },
        ],
      },
      {
        line: 4,
        externalId: 'ANTON',
        customer: 'Antonio Moreno Taquería',
        mainPhone: '(5) 555-3932',
        billingAddress: {
          street: 'Mataderos  2312',
          city: 'México D.F.',
          zipCode: '05023',
          country: 'Mexico',
        },
        contacts: [
          {
            name: 'Antonio Moreno',
          },
        ],
      },
      {
        line: 5,
        externalId: 'AROUT',
        customer: 'Around the Horn',
        mainPhone: '(171) 555-7788',
        billingAddress: {
          street: '120 Hanover Sq.',
          city: 'London',
          zipCode: 'WA1 1DP',
          country: 'UK',
        },
        contacts: [
          {
            name: 'Thomas Hardy',
          },
        ],
      },
      {
        line: 6,
        externalId: 'BERGS',
        customer: 'Berglunds snabbköp',
        mainPhone: '0921-12 34 65',
        billingAddress: {
          street: 'Berguvsvägen  8',
          city: 'Luleå',
          zipCode: 'S-958 22',
          country: 'Sweden',
        },
        contacts: [
          {
            name: 'Christina Berglund',
          },
        ],
      },
    ],
    problems: [],
  },
  'numbers-as-text.csv': {
    format: 'csv',
    delimiter: ',',
    quote: '"',
    headerRow: 1,
    headerSureness: 'sure',
    unmapped: [],
    passedOver: {
      empty: 0,
      footers: 0,
    },
    customers: [
      {
        line: 2,
        customer: 'Acme',
        email: 'a@acme.example',
        externalId: '000123456789012345678',
        notes: '01/02/2024',
        billingAddress: {
          zipCode: '01067',
        },
      },
      {
        line: 3,
        customer: 'Bolt',
        email: 'b@bolt.example',
        externalId: '1.0E+10',
        notes: '2024-02-30',
        billingAddress: {
          zipCode: '00501',
        },
      },
    ],
    problems: [],
  },
  'old-mac-lines.csv': {
    format: 'csv',
    delimiter: ',',
    quote: '"',
    headerRow: 1,
    headerSureness: 'sure',
    unmapped: [],
    passedOver: {
      empty: 0,
      footers: 0,
    },
    customers: [
      {
        line: 2,
        customer: 'Acme',
        email: 'a@acme.example',
      },
      {
        line: 3,
        customer: 'Bolt',
        email: 'b@bolt.example',
      },
    ],
    problems: [],
  },
  'one-address-column.csv': {
    format: 'csv',
    delimiter: ',',
    quote: '"',
    headerRow: 1,
    headerSureness: 'sure',
    unmapped: [],
    passedOver: {
      empty: 0,
      footers: 0,
    },
    customers: [
      {
        line: 2,
        customer: 'Acme',
        email: 'a@acme.example',
        billingAddress: {
          street: 'Königstr. 1',
          zipCode: '01067',
          city: 'Dresden',
          country: 'Germany',
        },
      },
      {
        line: 3,
        customer: 'Bolt',
        email: 'b@bolt.example',
        billingAddress: {
          street: '12 Main St',
          city: 'Springfield',
          state: 'IL',
          zipCode: '62701',
        },
      },
      {
        line: 4,
        customer: 'Coil',
        email: 'c@coil.example',
        billingAddress: {
          street: 'Behind the church, second door',
        },
      },
    ],
    problems: [],
  },
  'quickbooks-desktop.csv': {
    format: 'csv',
    delimiter: ',',
    quote: '"',
    headerRow: 1,
    headerSureness: 'sure',
    system: 'QuickBooks',
    unmapped: ['Column 1', 'Customer'],
    passedOver: {
      empty: 0,
      footers: 0,
    },
    customers: [
      {
        line: 2,
        status: 'active',
        customer: 'Baker Builders',
        mainPhone: '415-555-2482',
        email: 'chris@baker.example',
        paymentTerm: 'Net 30',
        externalId: '007',
        billingAddress: {
          street: '415 W. Olive St.',
          city: 'San Mateo',
          state: 'CA',
          zipCode: '94403',
        },
        contacts: [
          {
            firstName: 'Chris',
            lastName: 'Baker',
          },
        ],
      },
    ],
    problems: [],
  },
  'quickbooks-online.csv': {
    format: 'csv',
    delimiter: ',',
    quote: '"',
    headerRow: 4,
    headerSureness: 'sure',
    system: 'QuickBooks',
    unmapped: [],
    passedOver: {
      empty: 3,
      footers: 1,
    },
    customers: [
      {
        line: 5,
        customer: 'Acme Corp',
        mainPhone: '(555) 010-1234',
        email: 'billing@acme.example',
        billingAddress: {
          street: '12 Larkspur Way, STE 4',
          city: 'Greenbank',
          state: 'NC',
          zipCode: '27000',
        },
        contacts: [
          {
            name: 'Ann Acme',
          },
        ],
      },
      {
        line: 8,
        customer: 'Gus "Doc" Halvorsen',
        email: 'gus@example.com',
        billingAddress: {
          street: '9 Anvil Rd',
          city: 'Marlow',
          state: 'OH',
          zipCode: '43000',
        },
      },
    ],
    problems: [],
  },
  'quickbooks-template.csv': {
    format: 'csv',
    delimiter: ',',
    quote: '"',
    headerRow: 1,
    headerSureness: 'sure',
    system: 'QuickBooks',
    unmapped: ['Fax', 'Opening Balance', 'Date'],
    passedOver: {
      empty: 0,
      footers: 0,
    },
    customers: [
      {
        line: 2,
        customer: "Amy's Bird Sanctuary",
        email: 'birds@amy.example',
        mainPhone: '(650) 555-3311',
        website: 'http://amy.example',
        billingAddress: {
          street: '4581 Finch St.',
          city: 'Bayshore',
          state: 'CA',
          zipCode: '94326',
          country: 'USA',
        },
        contacts: [
          {
            name: 'Amy Bird',
            phone: '(650) 555-1000',
          },
        ],
      },
    ],
    problems: [],
  },
  'quotes-inside.csv': {
    format: 'csv',
    delimiter: ',',
    quote: '"',
    headerRow: 1,
    headerSureness: 'sure',
    unmapped: [],
    passedOver: {
      empty: 0,
      footers: 0,
    },
    customers: [
      {
        line: 2,
        customer: 'Acme',
        email: 'a@acme.example',
        notes: 'Tube 12" long',
      },
      {
        line: 3,
        customer: 'Bolt',
        email: 'b@bolt.example',
        notes: 'say "hi"',
      },
    ],
    problems: [],
  },
  'ragged-rows.csv': {
    format: 'csv',
    delimiter: ',',
    quote: '"',
    headerRow: 1,
    headerSureness: 'sure',
    unmapped: [],
    passedOver: {
      empty: 0,
      footers: 0,
    },
    customers: [
      {
        line: 2,
        customer: 'Acme',
        email: 'a@acme.example',
      },
      {
        line: 3,
        customer: 'Bolt',
        email: 'b@bolt.example',
        mainPhone: '1',
      },
    ],
    problems: [
      {
        line: 3,
        column: 'Column 4',
        code: 'unknown_column',
      },
    ],
  },
  'right-to-left.csv': {
    format: 'csv',
    delimiter: ',',
    quote: '"',
    headerRow: 1,
    headerSureness: 'sure',
    unmapped: [],
    passedOver: {
      empty: 0,
      footers: 0,
    },
    customers: [
      {
        line: 2,
        customer: 'شركة أكمي',
        email: 'a@acme.example',
        billingAddress: {
          city: 'القاهرة',
        },
      },
      {
        line: 3,
        customer: 'חברה',
        email: 'b@bolt.example',
        billingAddress: {
          city: 'חיפה',
        },
      },
      {
        line: 4,
        customer: '株式会社',
        email: 'c@coil.example',
        billingAddress: {
          city: '東京 😀',
        },
      },
    ],
    problems: [],
  },
  'salesforce-data-export.csv': {
    format: 'csv',
    delimiter: ',',
    quote: '"',
    headerRow: 1,
    headerSureness: 'sure',
    system: 'Salesforce',
    unmapped: ['IsDeleted'],
    passedOver: {
      empty: 0,
      footers: 0,
    },
    customers: [
      {
        line: 2,
        externalId: '001000000000001AAA',
        customer: 'GenePoint',
        mainPhone: '(650) 867-3450',
        website: 'www.genepoint.example',
        notes: 'Genomics',
        billingAddress: {
          street: '345 Shoreline Park',
          city: 'Mountain View',
          state: 'CA',
          zipCode: '94043',
          country: 'USA',
        },
      },
    ],
    problems: [],
  },
  'salesforce-report.csv': {
    format: 'csv',
    delimiter: ',',
    quote: '"',
    headerRow: 1,
    headerSureness: 'sure',
    system: 'Salesforce',
    unmapped: [],
    passedOver: {
      empty: 0,
      footers: 0,
    },
    customers: [
      {
        line: 2,
        externalId: '001A',
        customer: 'Edge Communications',
        mainPhone: '(512) 757-6000',
        website: 'http://edge.example',
        email: 'ap@edge.example',
        billingAddress: {
          street: '312 Constitution Place\nSuite 4',
          city: 'Austin',
          state: 'TX',
          zipCode: '78767',
          country: 'USA',
        },
        shippingAddress: {
          street: '1 Dock Rd',
          city: 'Austin',
          zipCode: '78768',
        },
      },
    ],
    problems: [],
  },
  'shopify-customers.csv': {
    format: 'csv',
    delimiter: ',',
    quote: '"',
    headerRow: 1,
    headerSureness: 'sure',
    system: 'Shopify',
    unmapped: ['Accepts Email Marketing', 'Accepts SMS Marketing', 'Total Spent', 'Total Orders'],
    passedOver: {
      empty: 0,
      footers: 0,
    },
    customers: [
      {
        line: 2,
        externalId: '7210448301122',
        email: 'teo@elko.example',
        customer: 'Villaseñor Ranch',
        mainPhone: '(775) 555-0100',
        notes: 'Cattle ranch.',
        billingAddress: {
          street: 'HC 31 Box 4500',
          city: 'Elko',
          state: 'NV',
          country: 'US',
          zipCode: '89801',
        },
        contacts: [
          {
            firstName: 'Teodoro',
            lastName: 'Villaseñor',
            phone: '(775) 555-0154',
          },
        ],
        metadata: {
          tags: 'retail, ag-exempt',
        },
      },
      {
        line: 3,
        externalId: '7210448301123',
        email: 'hollis@ogden.example',
        mainPhone: '+18015550188',
        customer: 'Hollis Pettibone',
        billingAddress: {
          street: '3910 Harrison Blvd, Apt 4',
          city: 'Ogden',
          state: 'UT',
          country: 'US',
          zipCode: '08403',
        },
        contacts: [
          {
            firstName: 'Hollis',
            lastName: 'Pettibone',
          },
        ],
      },
    ],
    problems: [],
  },
  'single-quotes.csv': {
    format: 'csv',
    delimiter: ',',
    quote: "'",
    headerRow: 1,
    headerSureness: 'sure',
    unmapped: [],
    passedOver: {
      empty: 0,
      footers: 0,
    },
    customers: [
      {
        line: 2,
        customer: 'Acme, Inc.',
        email: 'a@acme.example',
        notes: "it's",
      },
    ],
    problems: [],
  },
  'spaces-before-quotes.csv': {
    format: 'csv',
    delimiter: ',',
    quote: '"',
    headerRow: 1,
    headerSureness: 'sure',
    unmapped: [],
    passedOver: {
      empty: 0,
      footers: 0,
    },
    customers: [
      {
        line: 2,
        customer: 'Acme, Inc.',
        email: 'a@acme.example',
        notes: 'x',
      },
    ],
    problems: [],
  },
  'spanish-tabs.txt': {
    format: 'tsv',
    delimiter: '\t',
    quote: '"',
    headerRow: 1,
    headerSureness: 'sure',
    unmapped: [],
    passedOver: {
      empty: 0,
      footers: 0,
    },
    customers: [
      {
        line: 2,
        customer: 'Peñarol S.L.',
        email: 'info@penarol.example',
        mainPhone: '+34 91 123 45 67',
        taxNumber: 'B12345678',
        status: 'active',
        billingAddress: {
          street: 'Calle Mayor 1',
          zipCode: '08001',
          city: 'Barcelona',
          state: 'Barcelona',
          country: 'España',
        },
        contacts: [
          {
            firstName: 'Íñigo',
            lastName: 'Núñez',
          },
        ],
      },
      {
        line: 3,
        customer: 'Ñu S.A.',
        email: 'nu@nu.example',
        status: 'inactive',
      },
    ],
    problems: [],
  },
  'stripe-customers.csv': {
    format: 'csv',
    delimiter: ',',
    quote: '"',
    headerRow: 1,
    headerSureness: 'sure',
    system: 'Stripe',
    unmapped: ['Card Last4'],
    passedOver: {
      empty: 0,
      footers: 0,
    },
    customers: [
      {
        line: 2,
        externalId: 'cus_R8xKpLmN3q',
        notes: 'Signed up',
        email: 'elena@example.com',
        customer: 'Elena Vasquez',
        billingAddress: {
          street: '101 1st Ave',
          city: 'Anytown',
          country: 'US',
        },
        metadata: {
          tier: 'gold',
        },
      },
    ],
    problems: [],
  },
  'stripe-customers.jsonl': {
    format: 'jsonl',
    headerRow: 0,
    headerSureness: 'sure',
    system: 'Stripe',
    unmapped: [],
    passedOver: {
      empty: 0,
      footers: 0,
    },
    customers: [
      {
        line: 1,
        externalId: 'cus_1',
        email: 'a@example.com',
        customer: 'Customer A',
        billingAddress: {
          city: 'Oslo',
          street: 'Karl Johans gate 1',
          zipCode: '0154',
        },
      },
      {
        line: 2,
        externalId: 'cus_2',
        email: 'b@example.com',
        customer: 'Customer B',
      },
    ],
    problems: [],
  },
  'title-that-is-a-name.csv': {
    format: 'csv',
    delimiter: ',',
    quote: '"',
    headerRow: 2,
    headerSureness: 'likely',
    unmapped: ['Foo', 'Qux'],
    passedOver: {
      empty: 0,
      footers: 0,
    },
    customers: [
      {
        line: 3,
        email: 'a@acme.example',
        website: 'https://acme.example',
      },
      {
        line: 4,
        email: 'b@bolt.example',
        website: 'https://bolt.example',
      },
    ],
    problems: [],
  },
  'total-row.csv': {
    format: 'csv',
    delimiter: ',',
    quote: '"',
    headerRow: 1,
    headerSureness: 'sure',
    unmapped: ['Balance'],
    passedOver: {
      empty: 0,
      footers: 1,
    },
    customers: [
      {
        line: 2,
        customer: 'Acme',
        email: 'a@acme.example',
        billingAddress: {
          city: 'Oslo',
        },
      },
      {
        line: 3,
        customer: 'Total',
        email: 'b@total.example',
        billingAddress: {
          city: 'Oslo',
        },
      },
    ],
    problems: [],
  },
  'unknown-header.csv': {
    format: 'csv',
    delimiter: ';',
    quote: '"',
    headerRow: 1,
    headerSureness: 'likely',
    unmapped: ['Foo'],
    passedOver: {
      empty: 0,
      footers: 0,
    },
    customers: [
      {
        line: 2,
        email: 'a@acme.example',
        website: 'https://acme.example',
      },
      {
        line: 3,
        email: 'b@bolt.example',
        website: 'https://bolt.example',
      },
    ],
    problems: [],
  },
  'xero-contacts.csv': {
    format: 'csv',
    delimiter: ',',
    quote: '"',
    headerRow: 1,
    headerSureness: 'sure',
    system: 'Xero',
    unmapped: ['Person1IncludeInEmails'],
    passedOver: {
      empty: 0,
      footers: 0,
    },
    customers: [
      {
        line: 2,
        customer: 'Marlow Constructions Pty Ltd',
        externalId: 'MAR001',
        email: 'gavin@marlow.example',
        mainPhone: '02 9000 1111',
        taxNumber: '48 902 337 115',
        website: 'https://marlow.example',
        billingAddress: {
          street: '12 Builder St, Level 2',
          city: 'Parramatta',
          state: 'NSW',
          zipCode: '2150',
          country: 'Australia',
        },
        shippingAddress: {
          street: 'Dock 3',
          city: 'Sydney',
          zipCode: '2000',
        },
        contacts: [
          {
            firstName: 'Gavin',
            lastName: 'Marlow',
            phone: '0401 220 556',
          },
          {
            firstName: 'Ann',
            lastName: 'Lee',
            email: 'ann@marlow.example',
          },
        ],
      },
    ],
    problems: [],
  },
  'zip-and-city.csv': {
    format: 'csv',
    delimiter: ';',
    quote: '"',
    headerRow: 1,
    headerSureness: 'sure',
    unmapped: [],
    passedOver: {
      empty: 0,
      footers: 0,
    },
    customers: [
      {
        line: 2,
        customer: 'Acme',
        email: 'a@acme.example',
        billingAddress: {
          street: 'Weg 1',
          zipCode: '01067',
          city: 'Dresden',
        },
      },
      {
        line: 3,
        customer: 'Bolt',
        email: 'b@bolt.example',
        billingAddress: {
          street: 'Weg 2',
          city: 'Bad Homburg',
        },
      },
    ],
    problems: [],
  },
};
