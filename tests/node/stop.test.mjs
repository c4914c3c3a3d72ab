import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Client, transports } from './support/client.mjs';
import { Server } from './support/server.mjs';

test('a server that stops tells its clients when to come back before it closes, and ends well', async (t) => {
  const server = await Server.start();
  t.after(() => server.dispose());
  const clients = [];
  for (const [name, options] of Object.entries(transports))
    clients.push([name, await Client.connect(t, server, `told over ${name}`, options)]);

  const exitCode = server.stop();

  for (const [name, client] of clients) {
    await client.closed;
    assert.equal(client.connectionEvents.count, 1, `Told over ${name}, before the close.`);
    const { state, reason, closeCode, reconnectAfterMs } = await client.connectionEvents.next();
    assert.deepEqual({ state, reason, closeCode }, { state: 1, reason: 2, closeCode: 3001 });
    assert.ok(reconnectAfterMs >= 0 && reconnectAfterMs < 5000, `${reconnectAfterMs}`);
  }

  assert.equal(await exitCode, 0);
});

for (const [name, options] of Object.entries(transports))
  test(`over ${name} a client that reconnects comes back to the next server with the same token`, async (t) => {
    const first = await Server.start();
    t.after(() => first.dispose());
    // The client asks for its token whenever it connects: held back, it does not try before the next server runs.
    const token = await first.token('returning');
    let isThereAServer = Promise.resolve();
    const accessTokenFactory = () => isThereAServer.then(() => token);
    const client = await Client.connect(t, first, 'returning', { ...options, accessTokenFactory, comesBack: true });
    await client.publishIn('before', 't');

    let serverRuns;
    isThereAServer = new Promise((resolve) => { serverRuns = resolve; });
    await first.stop();
    await client.reconnecting;
    assert.equal((await client.connectionEvents.next()).closeCode, 3001);
    const next = await Server.start({ port: first.port, dataDirectory: first.dataDirectory });
    t.after(() => next.dispose());
    serverRuns();
    await client.reconnected;

    assert.equal((await client.connectionEvents.next()).reason, 10001);
    await client.publishIn('before', 't');
    await client.follow('after', 't', ['returning']);
    await client.do('JoinTopic', { channel: 'after', topic: 't' });
    await client.do('PublishTopic', { channel: 'after', topic: 't', messageType: 'string', payload: 'back' });
    assert.equal((await client.messages.next()).payload, 'back');
  });

test('a client that is stopped while its server stops is no hindrance', async (t) => {
  const server = await Server.start();
  t.after(() => server.dispose());
  const client = await Client.connect(t, server, 'leaving');
  const [exitCode] = await Promise.all([server.stop(), client.hub.stop()]);
  assert.equal(exitCode, 0);
});
