import { type Notice, type NoticeListener, parseNotice } from './notice.js';
import type { RedisConnection } from './redis-connection.js';

/** Notices between processes that have the same Redis. */
export interface NoticeChannel {
  tell(notice: Notice): Promise<void>;
  onNotice(listener: NoticeListener): void;
  close(): void;
}

/** Listens on a connection of its own, as Redis asks of those who subscribe. */
export function openNoticeChannel(connection: RedisConnection, channel: string): NoticeChannel {
  const listeners: NoticeListener[] = [];
  const deliver: NoticeListener = (notice) => {
    for (const listener of listeners) listener(notice);
  };
  const subscriber = connection.client.duplicate({ enableAutoPipelining: false });
  subscriber.on('error', () => undefined);
  subscriber.on('ready', () => {
    subscriber.subscribe(channel).then(
      // Tokens may have ended while nothing was heard.
      () => deliver({ about: 'tokens-ended' }),
      () => undefined,
    );
  });
  subscriber.on('message', (_channel, text) => {
    const notice = parseNotice(parseOrUndefined(text));
    if (notice !== undefined) deliver(notice);
  });
  subscriber.connect().catch(() => undefined);
  return {
    tell: (notice) =>
      connection.attempt(
        async () => void (await connection.client.publish(channel, JSON.stringify(notice))),
        async () => undefined,
      ),
    onNotice: (listener) => {
      listeners.push(listener);
    },
    close: () => subscriber.disconnect(),
  };
}

function parseOrUndefined(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
