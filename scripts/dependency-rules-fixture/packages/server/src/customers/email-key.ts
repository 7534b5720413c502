import './phone-key.js'; // no-cycles
