import type { System } from './system.js';

/** Google Contacts, in the columns of today and of before 2024. */
export const googleContacts: System = {
  name: 'Google Contacts',
  signs: ['E-mail 1 - Value', 'Phone 1 - Value', 'Group Membership'],
  columns: {
    Name: 'contacts[0].name',
    'First Name': 'contacts[0].firstName',
    'Given Name': 'contacts[0].firstName',
    'Last Name': 'contacts[0].lastName',
    'Family Name': 'contacts[0].lastName',
    'File As': null,
    Nickname: null,
    Location: null,
    'Organization Name': 'customer',
    'Organization 1 - Name': 'customer',
    Notes: 'notes',
    'E-mail 1 - Value': 'email',
    'E-mail 2 - Value': 'contacts[0].email',
    'Phone 1 - Value': 'mainPhone',
    'Phone 2 - Value': 'contacts[0].phone',
    'Address 1 - Formatted': null,
    'Address 1 - Street': 'billingAddress.street',
    'Address 1 - Extended Address': 'billingAddress.street',
    'Address 1 - City': 'billingAddress.city',
    'Address 1 - Region': 'billingAddress.state',
    'Address 1 - Postal Code': 'billingAddress.zipCode',
    'Address 1 - Country': 'billingAddress.country',
    'Website 1 - Value': 'website',
  },
};
