import { expect } from 'vitest';
import type { Caller, CallOptions, WireAnswer } from '../harness/caller.js';
import { examplesOf, operationsUnder, type PlacedOperation, readDocument } from './open-api-document.js';

/** A request to a documented operation. */
export interface DocumentedRequest extends CallOptions {
  /** Values of the path's parameters. */
  readonly path?: Readonly<Record<string, string>>;
  /** The request's first documented example when left out. */
  readonly body?: unknown;
}

/** The operations of a server's document, to be called and compared. */
export interface DocumentedOperations {
  operationOf(operationId: string): PlacedOperation;
  send(operationId: string, request?: DocumentedRequest): Promise<WireAnswer>;
  /** Compares an answer with the example of its status, the first one or that of a name, but for what is made by chance. */
  expectDocumented(operationId: string, answer: WireAnswer, name?: string): void;
}

/** A body as text in which what differs from run to run has a fixed name. */
function withoutChance(body: unknown): string {
  return JSON.stringify(body, null, 1)
    .replaceAll(/"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"/g, '"a uuid"')
    .replaceAll(/"app_[0-9a-f]{24}"/g, '"an app"')
    .replaceAll(/"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z"/g, '"a time"');
}

/** Reads the document of the caller's server. */
export async function documentedOperations(caller: Caller): Promise<DocumentedOperations> {
  const operations = operationsUnder(await readDocument(caller.url), '/partners/');
  const operationOf = (operationId: string) => {
    const found = operations.find((operation) => operation.operationId === operationId);
    if (found === undefined) throw new Error(`${operationId} is not in the document`);
    return found;
  };
  return {
    operationOf,
    async send(operationId, { path = {}, body, ...options } = {}) {
      const operation = operationOf(operationId);
      const target = operation.path.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(path[name] ?? ''));
      const [example] = Object.values(examplesOf(operation.requestBody));
      const sent = body ?? example;
      const withBody = sent === undefined ? options : { ...options, body: sent };
      return caller.send(operation.method, target.slice('/partners'.length), withBody);
    },
    expectDocumented(operationId, answer, name) {
      const response = operationOf(operationId).responses[answer.status];
      const examples = examplesOf(response);
      const [first = ''] = Object.keys(examples);
      expect(withoutChance(answer.body)).toBe(withoutChance(examples[name ?? first]));
      const documented = Object.keys(response?.headers ?? {});
      for (const header of ['ETag', 'Location']) {
        if (answer.status < 300) expect(answer.headers.has(header), header).toBe(documented.includes(header));
      }
    },
  };
}
