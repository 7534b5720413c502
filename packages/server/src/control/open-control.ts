import type { TokenRules } from '../authorization/oauth-parts.js';
import { type MovableClock, openMovableClock } from '../clock.js';
import type { SecretBox } from '../identity/apps/secret-box.js';
import type { Storage } from '../storage/storage.js';
import { Faults } from './faults.js';
import type { InjectionParts } from './inject-faults.js';
import { RecordedRequests } from './recorded-requests.js';
import { Snapshots } from './snapshots.js';
import { Turnstile } from './turnstile.js';

/** How a control plane is asked for. */
export interface ControlOptions {
  /** The SQLite file that is served; undefined on another engine, where neither clock nor data can be exchanged. */
  readonly file: string | undefined;
  /** A folder for snapshots, which need not be there; it is removed at the end. */
  readonly folder: string;
  /** Makes the demo, and gives what is needed to act for it. */
  openDemo(storage: Storage): Promise<unknown>;
  /** Settles once tests may begin. */
  whenReady(): Promise<void>;
}

/** What a server does when its clock was moved, or all its data exchanged. */
export interface ControlEvents {
  onClockMoved(): Promise<void>;
  onExchanged(): Promise<void>;
}

/** What the control plane has of its own. */
export interface Control extends ControlOptions, Pick<InjectionParts, 'faults' | 'requests' | 'turnstile'> {
  readonly clock: MovableClock | undefined;
}

/** What the control plane has of the server. */
export interface Controlled extends ControlEvents, Pick<InjectionParts, 'gate' | 'storage'> {
  readonly box: SecretBox;
  readonly tokenRules: TokenRules;
}

/** What the routes of the control plane work with. */
export interface ControlParts extends InjectionParts, Controlled, Pick<Control, 'clock' | 'whenReady'> {
  readonly snapshots: Snapshots | undefined;
  openDemo(): Promise<unknown>;
}

/** Opens the control plane, to be called before the storage is opened: its threads go by the clock that is made here. */
export function openControl(options: ControlOptions): Control {
  const clock = options.file === undefined ? undefined : openMovableClock();
  return { ...options, clock, faults: new Faults(), requests: new RecordedRequests(), turnstile: new Turnstile() };
}

/** Gives the control plane the server that it controls. */
export function attachControl(control: Control, controlled: Controlled): ControlParts {
  const { clock, file, folder, turnstile } = control;
  const { onExchanged, storage } = controlled;
  const snapshots =
    file === undefined || clock === undefined
      ? undefined
      : new Snapshots({ file, folder, clock, turnstile, onExchanged });
  return { ...control, ...controlled, snapshots, openDemo: () => control.openDemo(storage) };
}
