export const faults = 'what tests ask for';
