import type { MessagePort } from 'node:worker_threads';
import { PartnerError } from '@countersign/contract';
import { secretBox } from '../../identity/apps/secret-box.js';
import type { Command, Storage } from '../../storage/storage.js';
import { PendingReplies } from '../../threads/pending-replies.js';
import { faultySender, type SendingFault } from '../attempt/faulty-sender.js';
import { createDeliverySender } from '../attempt/send-delivery.js';
import { DeliveryEngine } from './delivery-engine.js';
import type { DeliveryThreadData, FromDeliveries, ToDeliveries } from './delivery-messages.js';

/** Delivers in a thread of its own; the main thread runs its commands. */
export function runDeliveryThread(port: MessagePort | null, data: DeliveryThreadData): void {
  if (port === null) throw new Error('deliveries run in a worker thread');
  const post = (message: FromDeliveries) => port.postMessage(message);
  const remote = new RemoteCommands(post);
  const sender = createDeliverySender({ policy: data.policy });
  const engine = new DeliveryEngine({
    storage: remote,
    requestsWaiting: () => remote.requestsWaiting,
    sender: data.asksBefore ? faultySender(sender, (url) => remote.askSending(url)) : sender,
    box: secretBox(Buffer.from(data.masterKey)),
    schedule: data.schedule,
    onReport: (report) => post({ type: 'report', report }),
    onNotice: (notice) => post({ type: 'notice', notice }),
  });
  port.on('message', (message: ToDeliveries) => {
    if (message.type === 'wake') engine.wake();
    else if (message.type === 'stop') void engine.stop(message.withinMs).finally(() => port.close());
    else if (message.type === 'fault') remote.endSending(message);
    else remote.end(message);
  });
  engine.start();
}

class RemoteCommands implements Pick<Storage, 'write'> {
  readonly #post: (message: FromDeliveries) => void;
  readonly #replies = new PendingReplies();
  readonly #sendings = new PendingReplies();
  /** Writes of requests that waited for the storage when the last command was done, on the average. */
  requestsWaiting = 0;

  constructor(post: (message: FromDeliveries) => void) {
    this.#post = post;
  }

  write<I, O>(command: Command<I, O>, input: I): Promise<O> {
    return this.#replies.ask<O>((id) => this.#post({ type: 'run', id, command: command.name, input }));
  }

  /** Asks what tests have happen to an attempt. */
  askSending(callbackUrl: string): Promise<SendingFault | undefined> {
    return this.#sendings.ask((id) => this.#post({ type: 'sending', id, callbackUrl }));
  }

  /** Ends the question that a message answers. */
  endSending({ id, fault }: Extract<ToDeliveries, { type: 'fault' }>): void {
    this.#sendings.resolve(id, fault);
  }

  /** Ends the command that a message tells of. */
  end(message: Extract<ToDeliveries, { type: 'done' | 'failed' }>): void {
    if (message.type === 'done') {
      this.requestsWaiting = message.requestsWaiting;
      this.#replies.resolve(message.id, message.output);
    } else {
      this.#replies.reject(message.id, new PartnerError('unavailable', undefined, { cause: message.reason }));
    }
  }
}
