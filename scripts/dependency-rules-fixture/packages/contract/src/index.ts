import 'node:crypto'; // contract-imports-only-typebox
import 'typebox';

export const contract = 'allowed';
