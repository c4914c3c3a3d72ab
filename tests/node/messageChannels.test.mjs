import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Client } from './support/client.mjs';
import { assertRefused } from './support/refusals.mjs';
import { Server } from './support/server.mjs';

let server;
before(async () => { server = await Server.start({ settings: { 'MessageChannels:RecentMessagesMax': 3 } }); });
after(() => server?.dispose());

const text = (channel, payload) => ({ channel, channelType: 'message', messageType: 'string', payload: `${payload}` });

test('a message reaches who is subscribed, the publisher too, byte for byte and with its place', async (t) => {
  const alice = await Client.connect(t, server, 'alice');
  const bob = await Client.connect(t, server, 'bob');
  const { position, ...rest } = await alice.do('Subscribe', { channel: 'c', withPresence: false });
  assert.deepEqual(rest, {}, 'Nothing was asked for, nothing is told.');
  assert.deepEqual((await bob.do('Subscribe', { channel: 'c' })).position, position);
  const payload = Buffer.from([0, 255, 30, 128]).toString('base64');
  const message = { channel: 'c', channelType: 'message', messageType: 'binary', payload, customType: 'x'.repeat(32) };

  const published = await alice.do('Publish', message);

  assert.equal(published.offset, position.offset + 1);
  assert.equal(published.epoch, position.epoch);
  for (const client of [alice, bob])
    assert.deepEqual(await client.messages.next(), { ...message, publisher: 'alice', ...published });
});

test('who does not want messages gets none', async (t) => {
  const quiet = await Client.connect(t, server, 'quiet');
  const publisher = await Client.connect(t, server, 'publisher');
  await quiet.do('Subscribe', { channel: 'q', withMessage: false });
  await publisher.do('Publish', text('q', 'not heard'));
  await publisher.do('Publish', { ...text('quiet', 'barrier'), channelType: 'user' });
  assert.equal((await quiet.messages.next()).payload, 'barrier');
});

test('who comes back gets all that it missed or is told that it cannot', async (t) => {
  const publisher = await Client.connect(t, server, 'publisher');
  const first = await Client.connect(t, server, 'listener');
  const { position: since } = await first.do('Subscribe', { channel: 'gap' });
  await first.hub.stop();
  for (const i of [1, 2, 3]) await publisher.do('Publish', text('gap', i));

  const second = await Client.connect(t, server, 'listener');
  const back = await second.do('Subscribe', { channel: 'gap', since });
  assert.equal(back.recovered, true);
  assert.deepEqual(back.messages.map((one) => [one.payload, one.offset]), [['1', 1], ['2', 2], ['3', 3]]);
  assert.deepEqual(back.position, { offset: 3, epoch: since.epoch });

  const { offset, epoch } = await publisher.do('Publish', text('gap', 4));
  assert.equal((await second.messages.next()).payload, '4');
  assert.deepEqual(
    await second.do('Subscribe', { channel: 'gap', since, withPresence: false }),
    { position: { offset, epoch }, recovered: false, messages: [] },
    'One more than is kept: not a part of it.');
  const another = await Client.connect(t, server, 'another');
  assert.equal((await another.do('Subscribe', { channel: 'gap', since: { offset, epoch: 'x' } })).recovered, false);
  assert.deepEqual(
    await another.do('Subscribe', { channel: 'gap', since: { offset, epoch }, withPresence: false }),
    { position: { offset, epoch }, recovered: true, messages: [] });
});

test('a publish that is repeated with its key is delivered once', async (t) => {
  const listener = await Client.connect(t, server, 'listener');
  const publisher = await Client.connect(t, server, 'publisher');
  await listener.do('Subscribe', { channel: 'once' });
  const message = { ...text('once', 'once'), idempotencyKey: 'k'.repeat(128) };
  const replies = await Promise.all([1, 2, 3].map(() => publisher.do('Publish', message)));
  assert.deepEqual(replies, [replies[0], replies[0], replies[0]]);
  const other = await Client.connect(t, server, 'other');
  await other.do('Publish', { ...message, payload: 'the key of somebody else' });
  assert.deepEqual(
    (await listener.messages.take(2)).map((one) => one.payload), ['once', 'the key of somebody else']);
});

test('a channel is subscribed twice in five seconds, and not a third time', async (t) => {
  const client = await Client.connect(t, server, 'eager');
  await client.do('Subscribe', { channel: 'eager' });
  await client.do('Subscribe', { channel: 'eager', withLock: true });
  const reply = await client.call('Subscribe', { channel: 'eager' });
  assertRefused(reply, 11020, /2/);
  assert.ok(reply.retryAfterMs > 0 && reply.retryAfterMs <= 5000, `${reply.retryAfterMs}`);
  assert.equal(await client.code('Subscribe', { channel: 'another' }), 0, 'Another channel is not limited by it.');
});
