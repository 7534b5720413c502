import './app.js';
import './settings.js';
