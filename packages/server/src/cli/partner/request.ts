import type { Command } from 'commander';
import { WrongUsage } from '../command-failure.js';
import { printNote } from '../print.js';
import { readInput } from '../read-input.js';
import { DEFAULT_URL, openSigningClient } from './signing-client.js';

interface RequestOptions {
  readonly data?: string;
  readonly header: readonly string[];
  readonly json?: boolean;
}

const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE']);

/** `countersign request`, contract §6. */
export function requestCommand(command: Command): Command {
  return command
    .description('sign a request, send it, and print the answer')
    .argument('<method>', 'GET, POST, PUT, PATCH or DELETE')
    .argument('<path>', 'such as /partners/customers?limit=5')
    .option('--data <json>', 'the body: JSON, @file, or - for standard input')
    .option('--json', 'print the body as one JSON document on one line')
    .option('--header <name: value...>', 'a further header', [])
    .addHelpText('after', REQUEST_HELP)
    .action(async (method: string, path: string, options: RequestOptions) => {
      await send(method, path, options).catch(refuseWrongUsage);
    });
}

async function send(method: string, path: string, options: RequestOptions): Promise<void> {
  const client = openSigningClient();
  const body = options.data === undefined ? undefined : await readBody(options.data);
  const answer = await client.request(parseMethod(method), parsePath(path), {
    rawBody: body,
    headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headersOf(options) },
  });
  printNote(`HTTP ${answer.status}`);
  process.stdout.write(
    `${answer.json === undefined ? answer.text : JSON.stringify(answer.json, null, options.json === true ? 0 : 2)}\n`,
  );
  if (answer.status >= 400) process.exitCode = 1;
}

// The client package tells wrong arguments, such as an address that is none, by a TypeError.
function refuseWrongUsage(error: unknown): never {
  throw error instanceof TypeError ? new WrongUsage(error.message, { cause: error }) : error;
}

const REQUEST_HELP = `
Signs with COUNTERSIGN_CLIENT_ID, COUNTERSIGN_CLIENT_SECRET and COUNTERSIGN_ACCESS_TOKEN, and sends to COUNTERSIGN_URL
(default: ${DEFAULT_URL}). The status goes to standard error, the body to standard output.

  countersign request GET '/partners/customers?search=acme'
  countersign request POST /partners/customers --data '{"customer":"Acme","email":"hello@acme.example"}'
  countersign request POST /partners/customers/bulk --data @customers.json
`;

function parseMethod(text: string): string {
  const method = text.toUpperCase();
  if (METHODS.has(method)) return method;
  throw new WrongUsage(`The method must be one of: ${[...METHODS].join(', ')}.`);
}

function parsePath(path: string): string {
  if (path.startsWith('/partners/')) return path;
  if (path.startsWith('/')) return `/partners${path}`;
  throw new WrongUsage('The path must begin with a slash, such as /partners/customers.');
}

function headersOf({ header }: RequestOptions): Record<string, string> {
  const pairs = header.map((text) => {
    const [name, ...value] = text.split(':');
    if (name === undefined || name === '' || value.length === 0)
      throw new WrongUsage(`--header "${text}" has no value.`);
    return [name.trim(), value.join(':').trim()];
  });
  return Object.fromEntries(pairs);
}

// An argument is text already; one with a byte order mark was pasted from a file.
async function readBody(data: string): Promise<string> {
  if (data === '-') return readInput('-');
  return data.startsWith('@') ? readInput(data.slice(1)) : data.replace(/^\u{feff}/u, '');
}
