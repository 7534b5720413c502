import '../app.js'; // only-entries-import-app
