import type { Customer, CustomerInput } from '@countersign/contract';

/** A text as people compare it, letter by letter, contract §3.2: made here, so that a mistake of the server's shows. */
export function foldedLikePeople(text: string): string {
  const letters = [...text.normalize('NFD')].map((letter) => {
    if (/^\p{Cc}$/u.test(letter)) return ' ';
    if (letter === 'ı') return letter;
    return letter.toLowerCase().toUpperCase().toLowerCase().replace('ς', 'σ');
  });
  const marks = /[\u0300-\u036f]/g;
  return letters.join('').normalize('NFD').replace(marks, '');
}

type Searched = Pick<Customer, 'customer' | 'email'> &
  Partial<Pick<CustomerInput, 'mainPhone' | 'externalId' | 'contacts'>>;

/** Whether a search has to find a customer. */
export function isFoundBy(customer: Searched, search: string): boolean {
  const contacts = customer.contacts ?? [];
  const phones = [customer.mainPhone, ...contacts.map(({ phone }) => phone)];
  const fields = [
    customer.customer,
    customer.email,
    customer.externalId,
    ...phones,
    ...contacts.flatMap(({ name, firstName, lastName, email }) => [name, firstName, lastName, email]),
  ];
  const text = foldedLikePeople(search);
  if (fields.some((field) => foldedLikePeople(field ?? '').includes(text))) return true;
  const digits = search.replace(/\D/g, '');
  if (digits.length < 3 || !/^[\d\s()+./-]*$/.test(search)) return false;
  return phones.some((phone) => (phone ?? '').replace(/\D/g, '').includes(digits));
}
