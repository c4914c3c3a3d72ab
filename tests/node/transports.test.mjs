import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Client, transports } from './support/client.mjs';
import { assertRefused } from './support/refusals.mjs';
import { Server } from './support/server.mjs';

let server;
before(async () => { server = await Server.start(); });
after(() => server?.dispose());

for (const [name, options] of Object.entries(transports))
  describe(`over ${name}`, () => {
    const channel = `over ${options.transport} ${options.skipNegotiation ?? false}`;
    const topic = 't';

    test('a subscriber receives what it is sent, in order, and is answered', async (t) => {
      const publisher = await Client.connect(t, server, 'publisher', options);
      const subscriber = await Client.connect(t, server, 'subscriber', options);
      await publisher.publishIn(channel, topic);
      await subscriber.follow(channel, topic, ['publisher']);

      const payloads = Array.from({ length: 100 }, (_, i) => `${i}`);
      // Not awaited one by one: the order of the connection itself has to hold.
      const sent = payloads.map((payload) =>
        publisher.do('PublishTopic', { channel, topic, messageType: 'string', payload }));
      await Promise.all(sent);

      const received = await subscriber.messages.take(payloads.length);
      assert.deepEqual(received.map((message) => message.payload), payloads);
      assert.deepEqual(await subscriber.do('GetSubscribedUsers', { channel, topic }), { users: ['publisher'] });
    });

    test('a refusal is an answer', async (t) => {
      const client = await Client.connect(t, server, 'refused', options);
      assertRefused(await client.call('LeaveChannel', { channel }), 11001);
      assertRefused(await client.call('LeaveChannel', {}), 10014, /'channel'/);
    });

    test('a client that logs out is gone for the others at once', async (t) => {
      const watcher = await Client.connect(t, server, 'watcher');
      const leaver = await Client.connect(t, server, 'leaver', options);
      await watcher.do('JoinChannel', { channel: `${channel} gone` });
      await leaver.publishIn(`${channel} gone`, topic);

      await leaver.do('Logout', {});

      const [, , leave] = await watcher.topicEvents.take(3);
      assert.equal(`${leave.type} ${leave.userId}`, 'leave leaver');
    });

    test('a connection without a good token is refused', async () => {
      const client = new Client(server, 'no token', options);
      await assert.rejects(client.hub.start());
    });
  });
