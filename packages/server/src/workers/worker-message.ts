import type { Notice } from '../shared-state/notice.js';

/** What a worker asks its primary process. */
export interface WorkerQuestion {
  /** The metrics of all workers; answered with their text. */
  readonly metrics: true;
}

/** What the primary process answers. */
export type PrimaryAnswer = string;

/** From a worker to its primary process. */
export type WorkerMessage =
  | { readonly countersign: 'ask'; readonly id: number; readonly question: WorkerQuestion }
  | { readonly countersign: 'tell'; readonly notice: Notice }
  | { readonly countersign: 'serving'; readonly url: string };

/** From the primary process to a worker. */
export type PrimaryMessage =
  /** Without an answer where there is none. */
  | { readonly countersign: 'answer'; readonly id: number; readonly answer?: PrimaryAnswer }
  | { readonly countersign: 'notice'; readonly notice: Notice }
  /** From now on it is this worker that does what one of them has to do. */
  | { readonly countersign: 'housekeeping' }
  | { readonly countersign: 'stop' };

/** Whether a message is one of these; libraries send others by the same way. Both ends are the same program. */
export function isWorkerMessage(message: unknown): message is WorkerMessage {
  return isOurs(message);
}

/** Whether a message is one of these; libraries send others by the same way. Both ends are the same program. */
export function isPrimaryMessage(message: unknown): message is PrimaryMessage {
  return isOurs(message);
}

function isOurs(message: unknown): boolean {
  return typeof message === 'object' && message !== null && 'countersign' in message;
}
