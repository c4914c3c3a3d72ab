import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Client } from './support/client.mjs';
import { assertRefused } from './support/refusals.mjs';
import { RawSocket } from './support/rawSocket.mjs';
import { Server } from './support/server.mjs';

const channel = 'resumed';
const topic = 't';

let server;
before(async () => { server = await Server.start({ settings: { 'Outbox:EventsMax': 16 } }); });
after(() => server?.dispose());

/** A client as PROTOCOL.md, section 6, has it: it counts what it gets, and shows the count when it comes back. */
class Counting {
  received = 0;
  payloads = [];
  notices = [];

  async open(t) {
    const query = this.key ? { session: this.key, received: `${this.received}` } : { session: '' };
    this.socket = await RawSocket.open(t, server, { token: await server.token('counting'), query });
    this.socket.send({ protocol: 'json', version: 1 });
    await this.socket.frames.next(); // The answer to the handshake.
    // What the session has to say of its connection may share the greeting's frame.
    const [greeting, ...notices] = (await this.socket.frames.next()).arguments[0];
    this.received += notices.length;
    this.notices.push(...notices);
    this.key = greeting.session;
    return greeting;
  }

  /** Takes frames until an event fits. */
  async take(fits) {
    for (;;) {
      const { target, arguments: [events] } = await this.socket.frames.nextThat((frame) => frame.type === 1);
      this.received += events.length;
      if (target === 'OnMessages') this.payloads.push(...events.map((message) => message.payload));
        if (target === 'OnConnectionEvents') this.notices.push(...events.filter((event) => !event.channel));
      if (events.some(fits)) return;
    }
  }

  async lose() {
    this.socket.socket.terminate();
    await this.socket.closed;
  }
}

async function begin(t, publisherName) {
  const publisher = await Client.connect(t, server, publisherName);
  await publisher.publishIn(channel, topic);
  const client = new Counting();
  assert.equal((await client.open(t)).resumed, false);
  await client.socket.invoke('JoinChannel', { channel });
  client.received += 2; // Its snapshot and its state, which come before the answer.
  await client.socket.invoke('SubscribeTopic', { channel, topic, users: [publisherName] });
  const publish = (payload) => publisher.do('PublishTopic', { channel, topic, messageType: 'string', payload });
  return { client, publish };
}

test('a client that comes back gets what it has not got, in order and once', async (t) => {
  const { client, publish } = await begin(t, 'again');
  await publish('1');
  await client.take((event) => event.payload === '1');
  await publish('2'); // Written, and never read.
  await client.lose();
  for (const payload of ['3', '4', '5']) await publish(payload);
  assert.equal((await client.open(t)).resumed, true);
  await publish('6');
  await client.take((event) => event.payload === '6');
  assert.deepEqual(client.payloads, ['1', '2', '3', '4', '5', '6']);
});

test('what does not fit while it is away is counted, and the count is told', async (t) => {
  const { client, publish } = await begin(t, 'counted');
  await client.socket.invoke('AckEvents', { received: client.received });
  await client.lose();
  await publish('wait until the loss is noticed');
  for (let i = 0; i < 100; i++) await publish(`${i}`);
  assert.equal((await client.open(t)).resumed, true);
  await client.take((event) => event.payload === '99');
  const dropped = client.notices.reduce((sum, notice) => sum + notice.dropped, 0);
  assert.ok(dropped > 0, 'Something was dropped.');
  assert.equal(client.payloads.length + dropped, 101);
  assert.equal(client.payloads.at(-1), '99');
});

test('a client that confirms nothing for too long gets a new session', async (t) => {
  const { client, publish } = await begin(t, 'unconfirmed');
  for (let i = 0; i < 40; i++) await publish(`${i}`);
  await client.take((event) => event.payload === '39');
  client.received -= 30;
  await client.lose();
  assert.equal((await client.open(t)).resumed, false);
  assertRefused((await client.socket.invoke('LeaveChannel', { channel })).result, 11001);
});

test('a count that is confirmed must be a whole number', async (t) => {
  const client = await Client.connect(t, server, 'confirming');
  assertRefused(await client.call('AckEvents', {}), 10014, /'received'/);
  assertRefused(await client.call('AckEvents', { received: 'all' }), 10014, /'received'/);
  assert.equal(await client.code('AckEvents', { received: 1_000_000 }), 0);
});
