// @ts-check
/** Opens the API reference over /openapi.json; nothing in it asks another host. */

const FONT = 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif';
const CODE_FONT = 'ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace';

// The bar of this page holds the credentials, so the reference shows no fields for them; in its code samples they have
// telling placeholders, which are never sent.
const STYLE = `
  :root { --scalar-font: ${FONT}; --scalar-font-code: ${CODE_FONT}; }
  .scalar-reference-intro-auth, .scalar-client [selectedsecurityschemes] { display: none !important; }
  .scalar-app .credential .credential-value { color: inherit; font-size: inherit; }
  .scalar-app .credential::after { content: none; }
`;

const { Scalar } = /** @type {{ Scalar: { createApiReference(at: string, configuration: object): void } }} */ (
  /** @type {unknown} */ (globalThis)
);

Scalar.createApiReference('#reference', {
  url: '/openapi.json',
  theme: 'default',
  withDefaultFonts: false,
  customCss: STYLE,
  authentication: {
    securitySchemes: {
      clientId: { value: 'YOUR_CLIENT_ID' },
      timestamp: { value: 'UNIX_SECONDS' },
      signature: { value: 'SIGNATURE' },
      accessToken: { token: 'YOUR_ACCESS_TOKEN' },
    },
  },
  agent: { disabled: true },
  telemetry: false,
  showDeveloperTools: 'never',
  hideClientButton: true,
  documentDownloadType: 'direct',
  defaultOpenAllTags: true,
  operationTitleSource: 'summary',
  defaultHttpClient: { targetKey: 'shell', clientKey: 'curl' },
});
