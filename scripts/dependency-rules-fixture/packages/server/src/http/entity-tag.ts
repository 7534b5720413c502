export const entityTag = 'knows nothing of the framework';
