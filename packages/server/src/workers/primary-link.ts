import cluster from 'node:cluster';
import { AggregatorRegistry } from 'prom-client';
import type { NoticeListener } from '../shared-state/notice.js';
import { PendingReplies } from '../threads/pending-replies.js';
import { isPrimaryMessage, type PrimaryAnswer, type WorkerMessage, type WorkerQuestion } from './worker-message.js';

/** How a worker reaches the process that started it. When that process ends, Node ends the worker too. */
export interface PrimaryLink {
  /** Number of this worker. */
  readonly id: number;
  /** Asks, and gives undefined where no answer comes in time. */
  ask(question: WorkerQuestion, timeoutMs: number): Promise<PrimaryAnswer | undefined>;
  /** Sends what asks for no answer. */
  send(message: WorkerMessage): void;
  onNotice(listener: NoticeListener): void;
  /** Calls back when this worker is the one that does what one of them has to do. */
  onHousekeeping(listener: () => void): void;
  /** Until the primary process says that all is to stop. */
  readonly stopped: Promise<void>;
  /** Lets the process end when it has nothing else to do. */
  close(): void;
}

/** Opens the link of this process, which must be a worker. What was sent before is heard as well. */
export function openPrimaryLink(): PrimaryLink {
  const replies = new PendingReplies();
  const noticeListeners: NoticeListener[] = [];
  const housekeepingListeners: (() => void)[] = [];
  let isHousekeeper = false;
  const send = (message: WorkerMessage) => {
    process.send?.(message, undefined, undefined, () => undefined);
  };
  const stopped = new Promise<void>((resolve) => {
    process.on('message', (message: unknown) => {
      if (!isPrimaryMessage(message)) return;
      if (message.countersign === 'answer') replies.resolve(message.id, message.answer);
      else if (message.countersign === 'notice') for (const listener of noticeListeners) listener(message.notice);
      else if (message.countersign === 'stop') resolve();
      else {
        isHousekeeper = true;
        for (const listener of housekeepingListeners) listener();
      }
    });
  });
  // Answers for this worker whenever the metrics of all are gathered, also before it serves.
  new AggregatorRegistry();
  return {
    id: cluster.worker?.id ?? 0,
    ask(question, timeoutMs) {
      let timer: NodeJS.Timeout | undefined;
      const answer = replies.ask<PrimaryAnswer | undefined>((id) => {
        timer = setTimeout(() => replies.resolve(id, undefined), timeoutMs);
        send({ countersign: 'ask', id, question });
      });
      return answer.finally(() => clearTimeout(timer));
    },
    send,
    onNotice: (listener) => {
      noticeListeners.push(listener);
    },
    onHousekeeping: (listener) => {
      housekeepingListeners.push(listener);
      if (isHousekeeper) listener();
    },
    stopped,
    close: () => process.channel?.unref(),
  };
}
