import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Client } from './support/client.mjs';
import { assertRefused } from './support/refusals.mjs';
import { Server } from './support/server.mjs';

let server;
before(async () => { server = await Server.start(); });
after(() => server?.dispose());

test('two users walk through the whole flow', async (t) => {
  const alice = await Client.connect(t, server, 'flow-alice', { token: await server.token('flow-alice', 31) });
  const bob = await Client.connect(t, server, 'flow-bob');
  const channel = 'MyChannel';
  const topic = 'MyTopic';

  await t.test('a channel is joined, and its snapshot comes first, also when it is empty', async () => {
    const snapshot = { type: 'snapshot', channel, topic: '', userId: '', snapshot: {} };
    for (const user of [alice, bob]) {
      assert.deepEqual(await user.do('JoinChannel', { channel }), { topics: {} });
      assert.deepEqual(await user.topicEvents.next(), snapshot);
      assert.equal(user.channelStates.count, 1, 'It is told before the answer.');
      const { state, reason, channel: name, closeCode } = await user.channelStates.next();
      assert.deepEqual(
        { state, reason, name, closeCode }, { state: 3, reason: 1, name: channel, closeCode: undefined });
    }
  });

  await t.test('everybody in the channel hears of a new publisher', async () => {
    assert.equal(await alice.do('JoinTopic', { channel, topic, qos: 'ordered', priority: 'high' }), undefined);
    for (const user of [alice, bob])
      assert.deepEqual(await user.topicEvents.next(), { type: 'join', channel, topic, userId: 'flow-alice' });
  });

  await t.test('a subscriber receives what the publisher says', async () => {
    const subscribed = await bob.do('SubscribeTopic', { channel, topic, users: ['flow-alice'] });
    assert.deepEqual(subscribed, { succeeded: ['flow-alice'], failed: [] });
    const payload = 'Hello world! 你好';
    const message = { channel, topic, messageType: 'string', payload, customType: 'ct', sendTs: 7 };
    await alice.do('PublishTopic', message);
    const { sentAt, ...received } = await bob.messages.next();
    assert.deepEqual(received, { ...message, channelType: 'stream', publisher: 'flow-alice' });
    assert.ok(Number.isInteger(sentAt));
  });

  await t.test('bytes arrive as they were sent', async () => {
    const payload = Buffer.from(Array.from({ length: 1024 }, (_, i) => i % 256)).toString('base64');
    await alice.do('PublishTopic', { channel, topic, messageType: 'binary', payload });
    const received = await bob.messages.next();
    assert.equal(received.messageType, 'binary');
    assert.equal(received.payload, payload);
  });

  await t.test('the subscriber lists whom it follows, and follows nobody after it has unsubscribed', async () => {
    assert.deepEqual(await bob.do('GetSubscribedUsers', { channel, topic }), { users: ['flow-alice'] });
    await bob.do('UnsubscribeTopic', { channel, topic, users: ['flow-alice'] });
    assert.deepEqual(await bob.do('GetSubscribedUsers', { channel, topic }), { users: [] });
    await alice.do('PublishTopic', { channel, topic, messageType: 'string', payload: 'to nobody' });
  });

  await t.test('whoever comes later finds the publisher in the snapshot', async (t) => {
    const carol = await Client.connect(t, server, 'flow-carol');
    assert.deepEqual(await carol.do('JoinChannel', { channel }), { topics: { [topic]: ['flow-alice'] } });
    assert.deepEqual((await carol.topicEvents.next()).snapshot, { [topic]: ['flow-alice'] });
  });

  await t.test('the others hear of a publisher that leaves its topic', async () => {
    await alice.do('LeaveTopic', { channel, topic });
    assert.deepEqual(await bob.topicEvents.next(), { type: 'leave', channel, topic, userId: 'flow-alice' });
    assertRefused(await alice.call('LeaveTopic', { channel, topic }), 11016);
  });

  await t.test('a channel that was left is not joined any more', async () => {
    await alice.do('LeaveChannel', { channel });
    assertRefused(await alice.call('LeaveChannel', { channel }), 11001);
    await bob.do('LeaveChannel', { channel });
  });

  await t.test('a message to a user needs no channel', async () => {
    const text = { messageType: 'string', payload: 'Hi!', customType: 'x' };
    const message = { channel: 'flow-alice', channelType: 'user', ...text };
    const { sentAt } = await bob.do('Publish', message);
    assert.deepEqual(await alice.messages.next(), { ...message, publisher: 'flow-bob', sentAt });
  });

  await t.test('a token that is about to end is announced and renewed', async () => {
    const warning = await alice.tokenEvents.next();
    assert.equal(warning.type, 'willExpire');
    assert.equal(warning.channel, '');
    const token = await server.token('flow-alice', 600);
    const { expiresAt } = await alice.do('RenewToken', { token });
    assert.ok(expiresAt > warning.expiresAt + 500_000);
    assertRefused(await alice.call('RenewToken', { token }), 10017);
  });

  await t.test('after a logout no call has an effect any more', async () => {
    await alice.do('Logout');
    const { state, reason, closeCode } = await alice.connectionEvents.next();
    assert.deepEqual({ state, reason, closeCode }, { state: 1, reason: 10002, closeCode: 3505 });
    assert.equal(await alice.code('JoinChannel', { channel }), 10002);
    const message = { channel: 'flow-alice', channelType: 'user', messageType: 'string', payload: 'Still there?' };
    assertRefused(await bob.call('Publish', message), 11033);
  });

  assert.equal(bob.messages.count, 0, 'Nothing came that was not subscribed to.');
});

test('a token that ends without being renewed ends the connection', async (t) => {
  const client = await Client.connect(t, server, 'ending', { token: await server.token('ending', 1), comesBack: true });
  assert.equal((await client.tokenEvents.next()).type, 'willExpire');
  assert.equal((await client.tokenEvents.next()).type, 'expired');
  const { state, reason, closeCode } = await client.connectionEvents.next();
  assert.deepEqual({ state, reason, closeCode }, { state: 5, reason: 9, closeCode: 3500 });
  await client.closed;
});

test('a publisher whose connection is lost leaves its topics after its presence time-out', async (t) => {
  const watcher = await Client.connect(t, server, 'lost-watcher');
  await watcher.do('JoinChannel', { channel: 'lost' });
  const lost = await Client.connect(t, server, 'lost-publisher', { query: '?presenceTimeout=5' });
  await lost.publishIn('lost', 't');

  await lost.hub.stop();

  const types = (await watcher.topicEvents.take(3)).map((event) => `${event.type} ${event.userId}`);
  assert.deepEqual(types, ['snapshot ', 'join lost-publisher', 'leave lost-publisher']);
});

test('the server tells its time', async (t) => {
  const client = await Client.connect(t, server, 'clock');
  const before = Date.now();
  const { now } = await client.do('GetServerTime');
  assert.ok(before <= now && now <= Date.now());
});
