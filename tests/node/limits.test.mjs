import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Client } from './support/client.mjs';
import { assertRefused } from './support/refusals.mjs';
import { Server } from './support/server.mjs';

let server;
before(async () => { server = await Server.start(); });
after(() => server?.dispose());

/**
 * Sends a burst that is three times the limit, or another number, and checks that the limit's worth passes and that what
 * comes too early is refused with the time to wait.
 */
async function assertLimited(perSecond, code, send, { of = 3 * perSecond, inOrder = true } = {}) {
  const startedAt = performance.now();
  const replies = await Promise.all(Array.from({ length: of }, (_, i) => send(i)));
  const passed = replies.filter((reply) => reply.code === 0).length;
  const seconds = (performance.now() - startedAt) / 1000;
  assert.ok(passed >= perSecond, 'A burst of one second passes.');
  if (inOrder) for (const reply of replies.slice(0, perSecond)) assert.equal(reply.code, 0, 'It is the first that pass.');
  // Permits come back while the burst is under way, so a slow machine lets a few more through.
  const permits = perSecond + Math.ceil(seconds * perSecond);
  assert.ok(passed <= permits, `${passed} of ${replies.length} passed in ${seconds} s.`);
  assert.ok(passed < replies.length, 'The burst was slower than the limit.');
  for (const reply of replies.filter((one) => one.code !== 0)) {
    assertRefused(reply, code, new RegExp(`At most ${perSecond} `));
    assert.ok(reply.retryAfterMs >= 1 && reply.retryAfterMs <= Math.ceil(1000 / perSecond), `${reply.retryAfterMs}`);
  }
  return replies;
}

const text = (payload) => ({ messageType: 'string', payload: `${payload}` });

describe('within a second', () => {
  test('the 11th call about metadata is refused with 10021 and the time to wait', async (t) => {
    const client = await Client.connect(t, server, 'meta caller');
    await assertLimited(10, 10021, () => client.call('GetUserMetadata', { userId: 'anybody' }));
  });

  test('the 11th acquisition of a lock is refused with 10021 and the time to wait', async (t) => {
    const client = await Client.connect(t, server, 'lock caller');
    const lock = { channel: 'limits', channelType: 'message', name: 'door' };
    await client.do('SetLock', lock);
    await assertLimited(10, 10021, () => client.call('AcquireLock', lock));
  });

  test('the 21st call is refused with 10021 and the time to wait', async (t) => {
    const client = await Client.connect(t, server, 'caller');
    await assertLimited(20, 10021, () => client.call('GetServerTime', {}));
    const other = await Client.connect(t, server, 'other caller');
    assert.equal(await other.code('GetServerTime', {}), 0, 'Another client is not limited by it.');
  });

  test('the 61st message to users is refused with 11025 and the time to wait', async (t) => {
    const sender = await Client.connect(t, server, 'sender');
    const receiver = await Client.connect(t, server, 'receiver');
    const message = { channel: 'receiver', channelType: 'user' };
    const replies = await assertLimited(60, 11025, (i) => sender.call('Publish', { ...message, ...text(i) }));
    const sent = [...replies.keys()].filter((i) => replies[i].code === 0).map(String);
    const received = await receiver.messages.take(sent.length);
    assert.deepEqual(received.map((one) => one.payload), sent, 'What passed arrives, in order.');
  });

  test('all devices of a user together have what five clients have', async (t) => {
    const devices = [];
    for (let i = 0; i < 10; i++)
      devices.push(await Client.connect(t, server, 'many devices', { query: `?device=${i}` }));
    const replies = await assertLimited(300, 11025, (i) =>
      devices[i % 10].call('Publish', { channel: 'shared', channelType: 'message', ...text(i) }), { of: 600, inOrder: false });
    assert.match(replies.find((reply) => reply.code !== 0).message, /of all clients of a user/);
    const stranger = await Client.connect(t, server, 'another user');
    assert.equal(await stranger.code('Publish', { channel: 'shared', channelType: 'message', ...text('mine') }), 0);
  });

  test('messages to channels and to users share the 60', async (t) => {
    const sender = await Client.connect(t, server, 'mixed sender');
    await Client.connect(t, server, 'mixed receiver');
    await assertLimited(60, 11025, (i) => sender.call('Publish', i % 2
      ? { channel: 'mixed receiver', channelType: 'user', ...text(i) }
      : { channel: 'mixed', channelType: 'message', ...text(i) }));
  });

  test('the 201st message in a topic is refused with 11025 and the time to wait', async (t) => {
    const publisher = await Client.connect(t, server, 'publisher');
    const subscriber = await Client.connect(t, server, 'subscriber');
    await publisher.publishIn('limited', 'busy');
    await publisher.do('JoinTopic', { channel: 'limited', topic: 'calm' });
    await subscriber.follow('limited', 'busy', ['publisher']);
    const replies = await assertLimited(200, 11025, (i) =>
      publisher.call('PublishTopic', { channel: 'limited', topic: 'busy', ...text(i) }));
    const calm = { channel: 'limited', topic: 'calm', ...text('calm') };
    assert.equal(await publisher.code('PublishTopic', calm), 0, 'Another topic is not limited by it.');
    assert.equal(await publisher.code('GetServerTime', {}), 0, 'Other calls are not limited by it.');
    const sent = [...replies.keys()].filter((i) => replies[i].code === 0).map(String);
    const received = await subscriber.messages.take(sent.length);
    assert.deepEqual(received.map((one) => one.payload), sent, 'What passed arrives, in order.');
  });
});
