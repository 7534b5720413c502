import './email-key.js'; // no-cycles
