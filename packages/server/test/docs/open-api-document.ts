/** An OpenAPI document as far as the tests read it. */
export interface OpenApiDocument {
  readonly openapi: string;
  readonly paths: Record<string, Record<string, Operation>>;
  readonly components: { readonly schemas: Record<string, object> };
}

/** One method of one path. */
export interface Operation {
  readonly operationId: string;
  readonly tags: readonly string[];
  readonly description?: string;
  readonly security: readonly Record<string, readonly string[]>[];
  readonly parameters?: readonly { readonly name: string }[];
  readonly requestBody?: { readonly content: Record<string, Media> };
  readonly responses: Record<string, Response>;
}

/** One answer of an operation. */
interface Response {
  readonly headers?: Record<string, object>;
  readonly content?: Record<string, Media>;
}

/** A body with its schema and examples. */
interface Media {
  readonly schema: object;
  readonly examples?: Record<string, { readonly value: unknown }>;
}

/** An operation with where it is. */
export interface PlacedOperation extends Operation {
  readonly path: string;
  /** In upper case. */
  readonly method: string;
}

/** Reads the document of a server. */
export async function readDocument(origin: string): Promise<OpenApiDocument> {
  const answer = await fetch(`${origin}/openapi.json`);
  return (await answer.json()) as OpenApiDocument;
}

/** All operations under a path. */
export function operationsUnder(document: OpenApiDocument, prefix: string): PlacedOperation[] {
  return Object.entries(document.paths)
    .filter(([path]) => path.startsWith(prefix))
    .flatMap(([path, operations]) =>
      Object.entries(operations).map(([method, operation]) => ({ ...operation, path, method: method.toUpperCase() })),
    );
}

/** The example bodies of a request or an answer, by name. */
export function examplesOf(part: { readonly content?: Record<string, Media> } | undefined): Record<string, unknown> {
  const examples = Object.values(part?.content ?? {})[0]?.examples ?? {};
  return Object.fromEntries(Object.entries(examples).map(([name, { value }]) => [name, value]));
}
