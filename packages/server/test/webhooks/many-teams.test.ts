import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { smallCustomer } from '../harness/customers.js';
import { type Receiver, startReceiver } from '../harness/receiver.js';
import { startServer, type TestServer } from '../harness/server.js';
import { LOCAL_WEBHOOKS, subscribe } from './webhook-caller.js';

const OTHER_TEAMS = 300;

let server: TestServer;
let receiver: Receiver;

beforeAll(async () => {
  server = await startServer({ environment: LOCAL_WEBHOOKS });
  receiver = await startReceiver();
});
afterAll(async () => {
  await server.stop();
  await receiver.stop();
});

/** Gives teams that are made from now on ids above those of the others. */
async function skipIds(): Promise<void> {
  await server.database.sql(
    inject('engine') === 'postgres'
      ? `alter table teams alter column id restart with ${OTHER_TEAMS + 1}`
      : `insert into teams (id, uuid, name, created_at) values (${OTHER_TEAMS}, randomblob(16), 'Other', 0)`,
  );
}

/** Gives each of the other teams a delivery that failed, and whose next attempt is in an hour. */
async function failElsewhere(): Promise<void> {
  const uuid = inject('engine') === 'postgres' ? 'gen_random_uuid()' : 'randomblob(16)';
  const now = Date.now();
  await server.database.sql(`
    with recursive other(id) as (select 1 union all select id + 1 from other where id < ${OTHER_TEAMS})
    insert into webhook_deliveries (team_id, uuid, webhook_uuid, queue, customer_uuid, version, event, status, due_at,
      attempts, round_attempts, created_at, is_test)
    select id, ${uuid}, ${uuid}, ${uuid}, ${uuid}, 1, 'customer.created', 'pending', ${now + 3_600_000}, 1, 1, ${now}, 0
    from other`);
}

test('a team is not passed over while hundreds of others wait for their next attempts', async () => {
  await skipIds();
  await failElsewhere();
  const caller = await server.createCaller();
  await subscribe(caller, { callbackUrl: receiver.url });
  const { data } = await caller.post('/customers', smallCustomer());
  const [arrival] = await receiver.until((all) => all.length > 0);
  expect(arrival?.event.data).toEqual(data.customer);
});
