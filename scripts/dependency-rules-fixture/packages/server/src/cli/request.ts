import '../../../client/src/index.js';
import './version.js';
