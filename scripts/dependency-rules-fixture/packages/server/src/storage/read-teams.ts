import '../identity/routes.js'; // only-app-imports-routes, storage-not-to-above
