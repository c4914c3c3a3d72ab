import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Client } from './support/client.mjs';
import { assertRefused } from './support/refusals.mjs';
import { Server } from './support/server.mjs';

let server;
before(async () => { server = await Server.start(); });
after(() => server?.dispose());

const text = (channel, payload, rest = {}) =>
  ({ channel, channelType: 'message', messageType: 'string', payload: `${payload}`, ...rest });

test('what was kept is read page by page, by who comes late too', async (t) => {
  const publisher = await Client.connect(t, server, 'publisher');
  const times = [];
  for (const i of [1, 2, 3, 4, 5])
    times.push((await publisher.do('Publish', text('c', i, { storeInHistory: true, customType: 'label' }))).sentAt);
  await publisher.do('Publish', text('c', 'passing'));

  const late = await Client.connect(t, server, 'late');
  const of = { channel: 'c', channelType: 'message' };
  const read = [];
  let [start, pages] = [0, 0];
  do {
    const page = await late.do('GetChannelMessages', { ...of, start, count: 2 });
    read.push(...page.messages);
    start = page.newStart;
    pages += 1;
  } while (start !== 0);

  assert.equal(pages, 3);
  assert.deepEqual(read.map((one) => [one.payload, one.sentAt, one.publisher, one.customType, one.offset]),
    times.map((time, i) => [`${i + 1}`, time, 'publisher', 'label', i + 1]));
  const part = await late.do('GetChannelMessages', { ...of, start: times[0], end: times[2] });
  assert.deepEqual([part.messages.map((one) => one.payload), part.newStart], [['2', '3'], 0]);
});

test('a publish that is repeated with its key is kept once', async (t) => {
  const client = await Client.connect(t, server, 'client');
  const message = text('key', 'once', { storeInHistory: true, idempotencyKey: 'k' });
  assert.deepEqual(await client.do('Publish', message), await client.do('Publish', message));
  const { messages } = await client.do('GetChannelMessages', { channel: 'key', channelType: 'message' });
  assert.equal(messages.length, 1);
});

test('a message to a user is kept for it, and for nobody else', async (t) => {
  const sender = await Client.connect(t, server, 'sender');
  const sent = await sender.do('Publish', { ...text('away', 'hi', { storeInHistory: true }), channelType: 'user' });
  assert.equal(sent.delivered, false);
  const receiver = await Client.connect(t, server, 'away');
  const { messages } = await receiver.do('GetChannelMessages', { channel: 'away', channelType: 'user' });
  assert.deepEqual(messages, [{ channel: 'away', channelType: 'user', publisher: 'sender', messageType: 'string',
    payload: 'hi', sentAt: sent.sentAt }]);
  assertRefused(await sender.call('GetChannelMessages', { channel: 'away', channelType: 'user' }), 15004);
});

test('a query that makes no sense is refused with its code', async (t) => {
  const client = await Client.connect(t, server, 'curious');
  const of = { channel: 'c', channelType: 'message' };
  for (const [wrong, code] of [[{ start: -1 }, 15002], [{ start: 2, end: 1 }, 15002], [{ count: 101 }, 10014],
    [{ count: 0 }, 10014], [{ channelType: 'stream' }, 10019], [{ start: 'now' }, 10014]])
    assertRefused(await client.call('GetChannelMessages', { ...of, ...wrong }), code);
  assertRefused(await client.call('Publish', text('c', 'x', { storeInHistory: 'yes' })), 10014, /storeInHistory/);
});
