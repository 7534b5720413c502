import { randomUUID } from 'node:crypto';
import { COMMAND_LINE } from '../audit/audit-store.js';
import { issueTokens } from '../authorization/tokens/issue-tokens.js';
import { currentTime } from '../clock.js';
import { createApp } from '../identity/apps/app-changes-store.js';
import { findAppByClientId } from '../identity/apps/app-store.js';
import { newClientId, newClientSecret } from '../identity/credentials.js';
import { createTeam, findTeamByUuid } from '../identity/team-store.js';
import { ALL_SCOPES, isScope, type Scope } from '../partner-api/scope.js';
import { isUuid } from '../validation/uuid.js';
import { type Members, requireMembers, requireNumber, requireText, requireTime } from './control-body.js';
import { ControlRefusal } from './control-refusal.js';
import { parseFault } from './fault.js';
import type { ControlParts } from './open-control.js';

/** An answer of the control plane; without a body it is 204. */
export interface ControlAnswer {
  readonly status: 200 | 201 | 204;
  readonly body?: unknown;
}

/** What the control plane does, by method and path. */
export interface ControlActions {
  readonly named: ReadonlyMap<string, (body: unknown) => Promise<ControlAnswer>>;
  restore(name: string): Promise<ControlAnswer>;
}

const DONE: ControlAnswer = { status: 204 };
const NEEDS_SQLITE = 'needs a server on SQLite, as `countersign dev` has by default.';
const LONGEST_MOVE_SECONDS = 100 * 366 * 24 * 60 * 60;
const REDIRECT_URI = 'http://127.0.0.1/callback';

/** The actions of contract §10, one for each route. */
export function controlActions(parts: ControlParts): ControlActions {
  const { faults, requests } = parts;
  const snapshots = () => {
    if (parts.snapshots === undefined) throw new ControlRefusal(`To exchange all data ${NEEDS_SQLITE}`);
    return parts.snapshots;
  };
  return {
    restore: async (name) => {
      await snapshots().restore(name);
      return DONE;
    },
    named: new Map<string, (body: unknown) => Promise<ControlAnswer>>([
      ['POST /_test/reset', (body) => reset(parts, snapshots, body)],
      [
        'POST /_test/snapshots',
        async (body) => {
          const name = requireText(requireMembers(body, ['name']), 'name');
          await snapshots().take(name);
          return { status: 201, body: { name } };
        },
      ],
      ['PATCH /_test/clock', (body) => moveClock(parts, body)],
      ['GET /_test/clock', async () => ({ status: 200, body: clockOf(parts) })],
      ['POST /_test/faults', async (body) => ({ status: 201, body: { fault: faults.add(parseFault(body)) } })],
      ['GET /_test/faults', async () => ({ status: 200, body: { faults: faults.list() } })],
      [
        'DELETE /_test/faults',
        async () => {
          faults.clear();
          return DONE;
        },
      ],
      ['GET /_test/requests', async () => ({ status: 200, body: { requests: requests.list() } })],
      ['POST /_test/teams', (body) => makeTeam(parts, body)],
      ['POST /_test/apps', (body) => makeApp(parts, body)],
      ['POST /_test/tokens', (body) => makeToken(parts, body)],
    ]),
  };
}

// As it was at the start: with it go faults, the requests that were noted, and every move of the clock.
async function reset(
  { faults, requests, openDemo }: ControlParts,
  snapshots: () => { empty<T>(then: () => Promise<T>): Promise<T> },
  body: unknown,
): Promise<ControlAnswer> {
  const { to } = requireMembers(body, ['to']);
  if (to !== 'empty' && to !== 'demo') throw new ControlRefusal('to must be empty or demo.');
  const demo = await snapshots().empty(async () => {
    faults.clear();
    requests.clear();
    return to === 'demo' ? await openDemo() : undefined;
  });
  return demo === undefined ? DONE : { status: 200, body: { demo } };
}

async function moveClock(parts: ControlParts, body: unknown): Promise<ControlAnswer> {
  const members = requireMembers(body, ['now', 'advanceSeconds', 'frozen']);
  const { clock } = parts;
  if (clock === undefined) throw new ControlRefusal(`To move the clock ${NEEDS_SQLITE}`);
  if (members.now !== undefined && members.advanceSeconds !== undefined) {
    throw new ControlRefusal('Give now or advanceSeconds, not both.');
  }
  const now = timeWanted(members);
  const isFrozen = members.frozen ?? clock.get().standsAt !== undefined;
  if (typeof isFrozen !== 'boolean') throw new ControlRefusal('frozen must be true or false.');
  clock.set({ aheadMs: now - Date.now(), standsAt: isFrozen ? now : undefined });
  await parts.onClockMoved();
  return { status: 200, body: clockOf(parts) };
}

function timeWanted(members: Members): number {
  if (members.now !== undefined) return requireTime(members, 'now');
  if (members.advanceSeconds === undefined) return currentTime();
  const range = { min: 0, max: LONGEST_MOVE_SECONDS };
  return currentTime() + 1_000 * requireNumber(members, 'advanceSeconds', range);
}

function clockOf({ clock }: ControlParts) {
  return { now: new Date(currentTime()).toISOString(), frozen: clock?.get().standsAt !== undefined };
}

async function makeTeam({ storage }: ControlParts, body: unknown): Promise<ControlAnswer> {
  const team = { uuid: randomUUID(), name: requireName(requireMembers(body, ['name'])) };
  await storage.write(createTeam, { ...team, origin: COMMAND_LINE });
  return { status: 201, body: { team } };
}

async function makeApp({ storage, box }: ControlParts, body: unknown): Promise<ControlAnswer> {
  const name = requireName(requireMembers(body, ['name']));
  const [clientId, clientSecret] = [newClientId(), newClientSecret()];
  await storage.write(createApp, {
    name,
    clientId,
    rateLimit: null,
    redirectUris: [REDIRECT_URI],
    encryptedSecret: box.seal(clientSecret, clientId),
    origin: COMMAND_LINE,
  });
  return { status: 201, body: { app: { clientId, clientSecret, name, redirectUris: [REDIRECT_URI] } } };
}

async function makeToken({ storage, tokenRules }: ControlParts, body: unknown): Promise<ControlAnswer> {
  const members = requireMembers(body, ['clientId', 'team', 'scopes']);
  const [clientId, uuid] = [requireText(members, 'clientId'), requireText(members, 'team')];
  const app = await findAppByClientId(storage, clientId);
  const team = isUuid(uuid) ? await findTeamByUuid(storage, uuid.toLowerCase()) : undefined;
  if (app === undefined) throw new ControlRefusal(`clientId: there is no app ${clientId}.`);
  if (team === undefined) throw new ControlRefusal(`team: there is no team ${uuid}.`);
  const { accessTokenSeconds, refreshTokenSeconds } = tokenRules;
  const scopes = requireScopes(members);
  const lives = { accessTokenSeconds, refreshTokenSeconds };
  const token = await issueTokens(storage, { appId: app.id, team, scopes, ...lives, origin: COMMAND_LINE });
  return { status: 201, body: { token } };
}

function requireName(members: Members): string {
  const name = requireText(members, 'name').trim();
  if ([...name].length > 255) throw new ControlRefusal('name must be at most 255 characters.');
  return name;
}

function requireScopes({ scopes = ALL_SCOPES }: Members): readonly Scope[] {
  if (
    Array.isArray(scopes) &&
    scopes.length > 0 &&
    scopes.every((scope) => typeof scope === 'string' && isScope(scope))
  )
    return scopes;
  throw new ControlRefusal(`scopes must be a list of ${ALL_SCOPES.join(', ')}.`);
}
