import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { ClockState, MovableClock } from '../clock.js';
import { copyLiveFile, createEmptyFile } from '../storage/sqlite/files/live-copy.js';
import { searchFileOf } from '../storage/sqlite/search/search-file.js';
import { ControlRefusal } from './control-refusal.js';
import type { Turnstile } from './turnstile.js';

/** What snapshots are made with. */
export interface SnapshotParts {
  /** The database that this process serves. */
  readonly file: string;
  /** Where snapshots are kept as long as the server runs; it is removed at its end. */
  readonly folder: string;
  readonly clock: MovableClock;
  readonly turnstile: Turnstile;
  /** Lets go of everything that was read from the database before. */
  onExchanged(): Promise<void>;
}

interface Snapshot {
  readonly file: string;
  readonly clock: ClockState;
}

const MACHINE_CLOCK: ClockState = { aheadMs: 0, standsAt: undefined };

/** Copies of the database that tests go back to, each with how the clock stood. */
export class Snapshots {
  readonly #parts: SnapshotParts;
  readonly #taken = new Map<string, Snapshot>();
  #empty: Snapshot | undefined;
  #files = 0;

  constructor(parts: SnapshotParts) {
    this.#parts = parts;
  }

  /** Keeps what there is under a name; an earlier one of that name goes. */
  take(name: string): Promise<void> {
    return this.#parts.turnstile.alone(async () => {
      const { file, clock } = this.#parts;
      const snapshot = { file: this.#newFile(), clock: clock.get() };
      await copyLiveFile({ from: file, to: snapshot.file, served: file });
      const former = this.#taken.get(name);
      this.#taken.set(name, snapshot);
      if (former !== undefined) removeDatabase(former.file);
    });
  }

  /** Brings back what there was under a name, and the clock. @throws ControlRefusal where there is none */
  async restore(name: string): Promise<void> {
    const snapshot = this.#taken.get(name);
    if (snapshot === undefined) throw new ControlRefusal(`There is no snapshot named ${name}.`, 404);
    await this.#parts.turnstile.alone(() => this.#exchange(snapshot));
  }

  /** Takes everything away, sets the clock by the machine's, and then does what is to be done before any request. */
  empty<T>(then: () => Promise<T>): Promise<T> {
    return this.#parts.turnstile.alone(async () => {
      this.#empty ??= { file: this.#emptyFile(), clock: MACHINE_CLOCK };
      await this.#exchange(this.#empty);
      return then();
    });
  }

  async #exchange({ file, clock }: Snapshot): Promise<void> {
    const { file: served } = this.#parts;
    await copyLiveFile({ from: file, to: served, served });
    this.#parts.clock.set(clock);
    await this.#parts.onExchanged();
  }

  #emptyFile(): string {
    const file = this.#newFile();
    createEmptyFile(file);
    return file;
  }

  #newFile(): string {
    mkdirSync(this.#parts.folder, { recursive: true, mode: 0o700 });
    this.#files += 1;
    return join(this.#parts.folder, `${this.#files}.db`);
  }
}

function removeDatabase(file: string): void {
  for (const base of [file, searchFileOf(file)]) {
    for (const suffix of ['', '-wal', '-shm']) rmSync(`${base}${suffix}`, { force: true });
  }
}
