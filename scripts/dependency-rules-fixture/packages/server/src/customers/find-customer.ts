export const findCustomer = 'a verb';
