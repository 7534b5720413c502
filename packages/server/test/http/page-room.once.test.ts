import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { expect, test } from 'vitest';
import { PageRoom } from '../../src/partner-api/page-room.js';

const LARGE_PAGE = { appId: 1, bytes: 6_500_000 };

function newResponse(): ServerResponse {
  return new ServerResponse(new IncomingMessage(new Socket()));
}

test('pages whose clients have left before they enter take no room from others', async () => {
  const room = new PageRoom();
  const gone = Array.from({ length: 20 }, () => newResponse().destroy());
  const refused = await Promise.allSettled(gone.map((response) => room.enter(response, LARGE_PAGE)));
  expect(new Set(refused.map(({ status }) => status))).toEqual(new Set(['rejected']));
  await expect(room.enter(newResponse(), LARGE_PAGE)).resolves.toBeUndefined();
});

test('a page that is closed makes room for the next', async () => {
  const room = new PageRoom();
  const first = newResponse();
  await room.enter(first, { appId: 1, bytes: 90 * 1_048_576 });
  const second = room.enter(newResponse(), { appId: 1, bytes: 90 * 1_048_576 });
  first.emit('close');
  await expect(second).resolves.toBeUndefined();
});

test('an app that fills its half leaves the other half to others', async () => {
  const room = new PageRoom();
  const entered: number[] = [];
  const responses = Array.from({ length: 20 }, newResponse);
  const enter = async (response: ServerResponse, appId: number) => {
    await room.enter(response, { ...LARGE_PAGE, appId });
    entered.push(appId);
  };
  for (const response of responses) void enter(response, 1);
  await enter(newResponse(), 2);
  expect(entered.filter((appId) => appId === 1)).toHaveLength(5);
  for (const response of responses) response.emit('close');
});
