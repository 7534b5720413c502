import { connect, createServer, type Socket } from 'node:net';

/** A statement as it went over the wire. */
export interface SentStatement {
  readonly text: string;
  /** Its parameters as texts, in order. */
  readonly values: readonly (string | null)[];
  /** Whether it has a name, so that the server keeps its plan and may make one for all values. */
  readonly isPrepared: boolean;
}

/** A proxy before a PostgreSQL database that notes every statement that is sent to it. */
export interface SqlRecorder {
  /** The database behind the proxy. */
  readonly url: string;
  /** What was sent since the last time. */
  take(): SentStatement[];
  stop(): Promise<void>;
}

/** Starts a proxy on a free port before the database of a URL, which must take connections without encryption. */
export async function startSqlRecorder(url: string): Promise<SqlRecorder> {
  const target = new URL(url);
  const sockets = new Set<Socket>();
  let statements: SentStatement[] = [];
  const keep = (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
  };
  const server = createServer((client) => {
    const upstream = connect(Number(target.port || 5432), target.hostname);
    keep(client);
    keep(upstream);
    const messages = new MessageReader();
    const reader = new StatementReader();
    client.on('data', (chunk) => {
      for (const message of messages.read(chunk)) statements.push(...reader.read(message));
    });
    client.pipe(upstream).pipe(client);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const behind = new URL(url);
  behind.hostname = '127.0.0.1';
  behind.port = String(typeof address === 'object' ? address?.port : 0);
  return {
    url: behind.href,
    take() {
      const taken = statements;
      statements = [];
      return taken;
    },
    async stop() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

interface Message {
  readonly type: string;
  readonly body: Buffer;
}

/** Cuts what a client sends into messages (PostgreSQL documentation, "Message Flow"). */
class MessageReader {
  #rest = Buffer.alloc(0);
  #isStarted = false;

  *read(chunk: Buffer): Generator<Message> {
    this.#rest = Buffer.concat([this.#rest, chunk]);
    for (;;) {
      // The first message has no type.
      const start = this.#isStarted ? 1 : 0;
      if (this.#rest.length < start + 4) return;
      const end = start + this.#rest.readUInt32BE(start);
      if (this.#rest.length < end) return;
      if (this.#isStarted) yield { type: String.fromCharCode(this.#rest[0] ?? 0), body: this.#rest.subarray(5, end) };
      this.#isStarted = true;
      this.#rest = this.#rest.subarray(end);
    }
  }
}

/** Finds the statements in the messages of one connection. */
class StatementReader {
  readonly #texts = new Map<string, string>();

  read({ type, body }: Message): SentStatement[] {
    const fields = new FieldReader(body);
    if (type === 'Q') return [{ text: fields.text(), values: [], isPrepared: false }];
    if (type === 'P') this.#texts.set(fields.text(), fields.text());
    if (type !== 'B') return [];
    fields.text();
    const name = fields.text();
    const text = this.#texts.get(name);
    if (text === undefined) throw new Error(`statement ${name} was never prepared`);
    return [{ text, values: fields.values(), isPrepared: name !== '' }];
  }
}

class FieldReader {
  readonly #body: Buffer;
  #at = 0;

  constructor(body: Buffer) {
    this.#body = body;
  }

  text(): string {
    const end = this.#body.indexOf(0, this.#at);
    const text = this.#body.toString('utf8', this.#at, end);
    this.#at = end + 1;
    return text;
  }

  /** The parameters of a message that binds them: their formats, then how long each is, and it. */
  values(): (string | null)[] {
    const formats = Array.from({ length: this.#short() }, () => this.#short());
    if (formats.includes(1)) throw new Error('a parameter was sent in binary form');
    return Array.from({ length: this.#short() }, () => this.#value());
  }

  #value(): string | null {
    const length = this.#body.readInt32BE(this.#at);
    this.#at += 4;
    if (length === -1) return null;
    const value = this.#body.toString('utf8', this.#at, this.#at + length);
    this.#at += length;
    return value;
  }

  #short(): number {
    const value = this.#body.readInt16BE(this.#at);
    this.#at += 2;
    return value;
  }
}
