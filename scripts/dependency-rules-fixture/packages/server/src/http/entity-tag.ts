import '../control/faults.js'; // only-app-imports-control
export const entityTag = 'knows nothing of the framework';
