import './cli/version.js'; // nothing-imports-entries
