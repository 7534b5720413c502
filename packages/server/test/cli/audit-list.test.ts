import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { App } from '../harness/caller.js';
import { startServer, type TestServer } from '../harness/server.js';

interface AuditEntry {
  readonly id: number;
  readonly time: string;
  readonly event: string;
  readonly clientId: string | null;
}

const EVENTS = [
  'app.created',
  'app.updated',
  'app.secret_rotated',
  'app.secret_retired',
  'app.disabled',
  'app.enabled',
  'app.deleted',
];

let server: TestServer;
let app: App;
let startedAt: string;

const list = async (...flags: readonly string[]) =>
  (await server.make<{ entries: AuditEntry[] }>(['audit', 'list', ...flags])).entries;
const eventsOf = (entries: readonly AuditEntry[]) => entries.map(({ event }) => event);

beforeAll(async () => {
  server = await startServer();
  startedAt = new Date().toISOString();
  app = await server.createApp();
  const act = (action: string, ...flags: readonly string[]) =>
    server.command(['app', action, '--client-id', app.clientId, ...flags]);
  await act('update', '--name', 'Renamed');
  await act('rotate-secret');
  await act('rotate-secret', '--retire-old');
  await act('disable');
  await act('enable');
  // What changes nothing leaves no entry, refused or not.
  await act('enable');
  await act('rotate-secret', '--retire-old');
  await act('update', '--remove-redirect-uri', 'https://app.example/callback');
  await act('delete');
  await act('delete', '--yes');
  await act('delete', '--yes');
});
afterAll(() => server.stop());

describe('audit list', () => {
  test('tells every change of an app in order, newest first, with what is known of it', async () => {
    const entries = await list();
    expect(eventsOf(entries).reverse()).toEqual(EVENTS);
    const common = { email: null, team: null, clientId: app.clientId, customer: null, address: null, requestId: null };
    for (const [index, entry] of entries.entries()) {
      expect(entry).toEqual({ ...common, id: expect.any(Number), time: entry.time, event: entry.event });
      expect(entry.id).toBeGreaterThan(entries[index + 1]?.id ?? 0);
      expect(entry.time).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
      expect(Math.abs(Date.parse(entry.time) - Date.now())).toBeLessThan(600_000);
    }
  });

  test('tells those of an event, of a time, of a page', async () => {
    const entries = await list();
    expect(eventsOf(await list('--event', 'app.disabled'))).toEqual(['app.disabled']);
    expect(await list('--event', 'user.signed_in')).toEqual([]);
    expect(await list('--limit', '2')).toEqual(entries.slice(0, 2));
    expect(await list('--limit', '2', '--before', String(entries[1]?.id))).toEqual(entries.slice(2, 4));
    expect(await list('--before', '1')).toEqual([]);
    for (const since of [startedAt, startedAt.replace('Z', '+00:00'), '1h', '1w', '2020-01-31', '2020-01-31T08:00Z']) {
      expect(await list('--since', since), since).toEqual(entries);
    }
    const rotated = entries.find(({ event }) => event === 'app.secret_rotated');
    expect(eventsOf(await list('--since', rotated?.time ?? '')).reverse()).toEqual(EVENTS.slice(2));
    for (const since of ['0s', '2999-01-01']) expect(await list('--since', since), since).toEqual([]);
  });

  test('prints a table for people, and says where there is nothing', async () => {
    const { exitCode, stdout, stderr } = await server.command(['audit', 'list', '--limit', '1']);
    expect([exitCode, stderr]).toEqual([0, '']);
    const [heads, row, ...rest] = stdout.split('\n').map((line) => line.split(/ {2,}/));
    expect(heads).toEqual(['id', 'time', 'event', 'email', 'team', 'clientId', 'customer', 'address', 'requestId']);
    expect(row?.slice(2)).toEqual(['app.deleted', '-', '-', app.clientId, '-', '-', '-']);
    expect(rest).toEqual([['']]);
    const nothing = await server.command(['audit', 'list', '--before', '1']);
    expect(nothing).toEqual({ exitCode: 0, stdout: '', stderr: 'There are no entries.\n' });
  });
});

test('nobody can change or delete an entry, not even by hand in the database', async () => {
  const entries = await list();
  for (const text of [
    'update audit_entries set occurred_at = 0',
    `update audit_entries set event = 'app.updated' where event = 'app.deleted'`,
    'delete from audit_entries',
    `delete from audit_entries where id = ${entries[0]?.id}`,
  ]) {
    await expect(server.database.sql(text), text).rejects.toThrow('the audit only grows');
  }
  expect(await list()).toEqual(entries);
});
