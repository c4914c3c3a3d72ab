import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Client } from './support/client.mjs';
import { RawSocket } from './support/rawSocket.mjs';
import { Server } from './support/server.mjs';

const channel = 'slow';
const topic = 't';
const total = 12_000;

/** Messages that are sent at once: with what goes around each, fewer bytes than may wait for a session. */
const burst = 48;

let server;
let impatient;
before(async () => {
  server = await Server.start({
    settings: { 'Outbox:BytesMax': 65536, 'RateLimits:TopicMessagesPerSecond': 100_000 },
  });
  impatient = await Server.start({ settings: { 'Outbox:StallMax': '00:00:01', 'RateLimits:MessagesPerSecond': 0 } });
});
after(() => Promise.all([server?.dispose(), impatient?.dispose()]));

test('a client that does not read at all is cut off, and told so when it comes back', async (t) => {
  const sender = await Client.connect(t, impatient, 'sender');
  const token = await impatient.token('stuck');
  const open = async (query) => {
    const raw = await RawSocket.open(t, impatient, { token, query });
    raw.send({ protocol: 'json', version: 1 });
    await raw.frames.next(); // The answer to the handshake.
    return { raw, greeting: (await raw.frames.next()).arguments[0][0] };
  };
  const first = await open({ session: '' });
  first.raw.socket.pause();

  // The session outlives its connection, so its user is there all the time.
  const message = { channel: 'stuck', channelType: 'user', messageType: 'string', payload: 'x'.repeat(32_000) };
  while (!/did not read and is closed/.test(impatient.output))
    await Promise.all(Array.from({ length: 8 }, () => sender.do('Publish', message)));
  first.raw.socket.resume(); // What is in the socket is read to its end.
  await first.raw.closed;

  const { greeting } = await open({ session: first.greeting.session, received: '0' });
  assert.equal(greeting.state, 3);
  assert.equal(greeting.previousCloseCode, 3008);
  const { greeting: later } = await open({ session: '' });
  assert.equal(later.previousCloseCode, undefined, 'It is told once.');
});

test('a subscriber that stops reading loses messages and is told how many, and nobody else notices', async (t) => {
  const publisher = await Client.connect(t, server, 'publisher');
  const healthy = await Client.connect(t, server, 'healthy');
  const slow = await RawSocket.connect(t, server, 'slow');
  await publisher.publishIn(channel, topic);
  await healthy.follow(channel, topic, ['publisher']);
  await slow.invoke('JoinChannel', { channel });
  await slow.invoke('SubscribeTopic', { channel, topic, users: ['publisher'] });

  slow.socket.pause();
  // As large as a message may be: a number, and filling.
  const payload = (i) => `${i}`.padEnd(1024, '.');
  for (let i = 0; i < total; i += burst) {
    const sending = Array.from({ length: burst }, (_, j) => i + j);
    await Promise.all(sending.map((number) =>
      publisher.do('PublishTopic', { channel, topic, messageType: 'string', payload: payload(number) })));
    const received = await healthy.messages.take(burst);
    assert.deepEqual(received.map((message) => message.payload), sending.map(payload));
    slow.send({ type: 6 }); // It does not read, but it is alive.
  }

  assert.equal(healthy.connectionEvents.count, 0, 'The healthy one lost nothing.');

  slow.socket.resume();
  const numbers = [];
  const notices = [];
  while (numbers.at(-1) !== total - 1) {
    const { target, arguments: [events] } = await slow.frames.nextThat((frame) => frame.type === 1);
    if (target === 'OnMessages') numbers.push(...events.map((message) => parseInt(message.payload)));
    else if (target === 'OnConnectionEvents')
      notices.push(...events.filter((event) => !event.channel).map((event) => ({ ...event, before: numbers.length })));
  }

  assert.ok(notices.length > 0, 'It was told.');
  for (const { state, reason, dropped, before } of notices) {
    assert.deepEqual({ state, reason }, { state: 3, reason: 0 });
    assert.ok(dropped > 0);
    assert.ok(before < numbers.length, 'Newer messages come after the notice.');
  }

  assert.ok(numbers.every((number, i) => i === 0 || number > numbers[i - 1]), 'What it got is in order.');
  const told = notices.reduce((sum, notice) => sum + notice.dropped, 0);
  assert.equal(told, total - numbers.length, 'It was told of each message that it lost.');

  // It is a subscriber like any other again.
  await publisher.do('PublishTopic', { channel, topic, messageType: 'string', payload: 'again' });
  const again = await slow.frames.nextThat((frame) => frame.target === 'OnMessages');
  assert.equal(again.arguments[0][0].payload, 'again');
});
