import {
  AddressInputSchema,
  BulkResultSchema,
  ContactInputSchema,
  ContactSchema,
  CursorPaginationSchema,
  CustomerInputSchema,
  CustomerPatchSchema,
  CustomerSchema,
  DeliveryAttemptSchema,
  ErrorEnvelopeSchema,
  FieldErrorSchema,
  PaginationSchema,
  PartnerWarningSchema,
  WebhookDeliverySchema,
  WebhookInputSchema,
  WebhookPatchSchema,
  WebhookSchema,
} from '@countersign/contract/schemas';

/** A JSON object whose form is not known further. */
export type JsonObject = Record<string, unknown>;

/** Schemas of the contract by the name they have in the document, so that generated clients get named types. */
const NAMED_SCHEMAS: Readonly<Record<string, object>> = {
  AddressInput: AddressInputSchema,
  BulkResult: BulkResultSchema,
  Contact: ContactSchema,
  ContactInput: ContactInputSchema,
  CursorPagination: CursorPaginationSchema,
  Customer: CustomerSchema,
  CustomerInput: CustomerInputSchema,
  CustomerPatch: CustomerPatchSchema,
  DeliveryAttempt: DeliveryAttemptSchema,
  Error: ErrorEnvelopeSchema,
  FieldError: FieldErrorSchema,
  Pagination: PaginationSchema,
  PartnerWarning: PartnerWarningSchema,
  Webhook: WebhookSchema,
  WebhookDelivery: WebhookDeliverySchema,
  WebhookInput: WebhookInputSchema,
  WebhookPatch: WebhookPatchSchema,
};

/** Formats that only this server knows; the descriptions say what they mean. */
const PRIVATE_FORMATS: ReadonlySet<unknown> = new Set(['optional-email', 'website']);

/** Members whose value is data, not schema. */
const DATA_MEMBERS: ReadonlySet<string> = new Set(['example', 'examples', 'default', 'enum', 'const', 'value']);

/** Members that map names of the caller's choice to schemas. */
const NAME_MAPS: ReadonlySet<string> = new Set(['properties', 'schemas', 'headers', 'securitySchemes']);

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A record schema in the form the generator gives it: one `additionalProperties` in place of a catch-all pattern. */
function withoutPatterns(_name: string, schema: unknown): unknown {
  if (!isObject(schema) || !isObject(schema.patternProperties)) return schema;
  const { patternProperties, ...rest } = schema;
  return { ...rest, additionalProperties: Object.values(schema.patternProperties)[0] };
}

/** A schema of the contract as plain JSON in the generator's form. */
function asGenerated(schema: object): JsonObject {
  const generated: unknown = JSON.parse(JSON.stringify(schema, withoutPatterns));
  return isObject(generated) ? generated : {};
}

const namesByText = new Map(
  Object.entries(NAMED_SCHEMAS).map(([name, schema]) => [JSON.stringify(asGenerated(schema)), name]),
);

/** `anyOf` of constants as one `enum`, and `anyOf` of a plain type and null as a list of types: shorter to read. */
function shortenUnion(schema: JsonObject): JsonObject {
  const { anyOf, ...rest } = schema;
  if (!Array.isArray(anyOf) || !anyOf.every(isObject)) return schema;
  if (anyOf.every((member) => typeof member.const === 'string')) {
    return { ...rest, type: 'string', enum: anyOf.map((member) => member.const) };
  }
  const [first, second] = anyOf;
  if (anyOf.length !== 2 || typeof first?.type !== 'string' || second?.type !== 'null') return schema;
  return { ...rest, ...first, type: [first.type, 'null'] };
}

function tidyMember(name: string, value: unknown): unknown {
  if (NAME_MAPS.has(name) && isObject(value)) {
    return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, tidy(member)]));
  }
  return DATA_MEMBERS.has(name) ? value : tidy(value);
}

function tidyMembers(node: JsonObject): JsonObject {
  const members = Object.entries(shortenUnion(node))
    .filter(([name, value]) => !(name === 'format' && PRIVATE_FORMATS.has(value)))
    .map(([name, value]) => [name, tidyMember(name, value)]);
  return Object.fromEntries(members);
}

function tidy(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(tidy);
  if (!isObject(node)) return node;
  const name = namesByText.get(JSON.stringify(node));
  return name === undefined ? tidyMembers(node) : { $ref: `#/components/schemas/${name}` };
}

/** `Find a customer by email` gives `findCustomerByEmail`. */
function operationName(summary: string): string {
  const words = summary.split(/[^A-Za-z0-9]+/).filter((word) => word !== '' && !/^(?:a|an|the)$/i.test(word));
  const [first = '', ...others] = words;
  return (
    first.toLowerCase() + others.map((word) => word.charAt(0).toUpperCase() + word.slice(1).toLowerCase()).join('')
  );
}

/** Gives every operation a unique id made from its summary; a second one of the same name gets its method added. */
function nameOperations(paths: JsonObject): JsonObject {
  const taken = new Set<string>();
  const name = (method: string, operation: unknown): unknown => {
    if (!isObject(operation) || typeof operation.summary !== 'string') return operation;
    const plain = operationName(operation.summary);
    const operationId = taken.has(plain) ? `${plain}With${method.charAt(0).toUpperCase()}${method.slice(1)}` : plain;
    taken.add(operationId);
    return { operationId, ...operation };
  };
  const nameAll = (path: unknown) =>
    isObject(path)
      ? Object.fromEntries(Object.entries(path).map(([method, operation]) => [method, name(method, operation)]))
      : path;
  return Object.fromEntries(Object.entries(paths).map(([url, path]) => [url, nameAll(path)]));
}

/**
 * An OpenAPI document made from route schemas, fit for standard tools: the schemas of the contract stand once under
 * `components` and are referred to, private formats are left out, operations have unique ids.
 */
export function tidyDocument(document: JsonObject): JsonObject {
  const components = isObject(document.components) ? document.components : {};
  const paths = tidy(document.paths);
  const schemas = Object.entries(NAMED_SCHEMAS).map(([name, schema]) => [name, tidyMembers(asGenerated(schema))]);
  return {
    ...document,
    paths: isObject(paths) ? nameOperations(paths) : {},
    components: { ...components, schemas: Object.fromEntries(schemas) },
  };
}
