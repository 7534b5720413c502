// Runs commands of the program one after the other in one process, since starting it takes longer than what most of them do.
// Each is a POST of `{ args, environment, input }`, the input in Base64; the answer is what it left behind. Ends when its
// standard input closes.
import { createServer } from 'node:http';
import { Readable } from 'node:stream';
import { json } from 'node:stream/consumers';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { run } from '../../bundle/main.js';

let last = Promise.resolve();

const server = createServer(async (request, response) => {
  const command = await json(request);
  last = last.then(async () => response.end(JSON.stringify(await outcomeOf(command))));
});
server.listen(0, '127.0.0.1', () => process.stdout.write(`http://127.0.0.1:${server.address().port}\n`));
process.stdin.resume();
process.stdin.once('end', () => process.exit(0));

async function outcomeOf({ args, environment, input }) {
  const { stdin, stdout, stderr, env, title } = process;
  const [out, error] = [collect(stdout), collect(stderr)];
  process.env = environment;
  process.exitCode = undefined;
  setInput(Readable.from([Buffer.from(input, 'base64')]));
  try {
    await run([process.execPath, 'countersign', ...args]);
    return { exitCode: process.exitCode ?? 0, stdout: out.end(), stderr: error.end() };
  } finally {
    setInput(stdin);
    process.title = title;
    process.env = env;
    process.exitCode = undefined;
    await letGo();
  }
}

/** Lets the database file go: the driver keeps it until the last of its statements is collected, or the process ends. */
async function letGo() {
  await nextTurn();
  globalThis.gc();
  await nextTurn();
}

function setInput(stdin) {
  Object.defineProperty(process, 'stdin', { value: stdin, configurable: true });
}

/** Takes what is written to a stream, until it is ended. */
function collect(stream) {
  const { write } = stream;
  let text = '';
  stream.write = (chunk) => {
    text += chunk;
    return true;
  };
  return {
    end() {
      stream.write = write;
      return text;
    },
  };
}
