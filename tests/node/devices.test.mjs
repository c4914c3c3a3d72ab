import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Client } from './support/client.mjs';
import { Server } from './support/server.mjs';

let server;
before(async () => { server = await Server.start(); });
after(() => server?.dispose());

test('a second connection of a device takes over: the older is told why, and does not come back', async (t) => {
  const older = await Client.connect(t, server, 'taken', { query: '?device=phone', comesBack: true });
  await older.publishIn('devices', 't');
  const newer = await Client.connect(t, server, 'taken', { query: '?device=phone' });

  const { state, reason, closeCode, code } = await older.connectionEvents.next();
  assert.deepEqual({ state, reason, closeCode, code }, { state: 5, reason: 19, closeCode: 3503, code: 6 });
  await older.closed;
  const { topics } = await newer.do('JoinChannel', { channel: 'devices' });
  assert.deepEqual(topics, {}, 'What the older had is gone.');
});

test('the eleventh device of a user is told to stay away, and may come once another has gone', async (t) => {
  const devices = [];
  for (let i = 0; i < 10; i++) devices.push(await Client.connect(t, server, 'many', { query: `?device=${i}` }));
  const surplus = new Client(server, await server.token('many'), { query: '?device=10', comesBack: true });
  t.after(() => surplus.hub.stop());
  await surplus.hub.start().catch(() => {}); // It ends so soon that the client may not call it started.
  const { state, reason, closeCode, errorCode, message } = await surplus.connectionEvents.next();
  assert.deepEqual(
    { state, reason, closeCode, errorCode }, { state: 5, reason: 10, closeCode: 3504, errorCode: 10012 });
  assert.match(message, /at most 10 devices/);
  assert.equal(surplus.connectionEvents.count, 0);

  // The devices that are there are not touched, and each may connect anew.
  for (const device of devices) assert.equal(await device.code('GetServerTime', {}), 0);
  await Client.connect(t, server, 'many', { query: '?device=3' });
  await devices[0].do('Logout', {});
  await Client.connect(t, server, 'many', { query: '?device=10' });
});

test('a device without a name is a device like any other', async (t) => {
  const unnamed = await Client.connect(t, server, 'unnamed');
  await Client.connect(t, server, 'unnamed', { query: '?device=default' });
  assert.equal((await unnamed.connectionEvents.next()).reason, 19);
});

test('two devices of a user live side by side, and both receive', async (t) => {
  const phone = await Client.connect(t, server, 'both', { query: '?device=phone' });
  const tablet = await Client.connect(t, server, 'both', { query: '?device=tablet' });
  const sender = await Client.connect(t, server, 'sender');
  await sender.publishIn('side by side', 't');
  for (const device of [phone, tablet]) await device.follow('side by side', 't', ['sender']);

  await sender.do('Publish', { channel: 'both', channelType: 'user', messageType: 'string', payload: 'to the user' });
  await sender.do('PublishTopic', {
    channel: 'side by side', topic: 't', messageType: 'string', payload: 'to the topic',
  });

  // The two ways are two targets, with no order between them.
  for (const device of [phone, tablet]) {
    const payloads = (await device.messages.take(2)).map((message) => message.payload);
    assert.deepEqual(payloads.sort(), ['to the topic', 'to the user']);
  }
});

test('a user who publishes from two devices publishes once, until both have ceased', async (t) => {
  const watcher = await Client.connect(t, server, 'watcher');
  const phone = await Client.connect(t, server, 'twice', { query: '?device=phone' });
  const tablet = await Client.connect(t, server, 'twice', { query: '?device=tablet' });
  await watcher.do('JoinChannel', { channel: 'twice' });
  await phone.publishIn('twice', 't');
  await tablet.publishIn('twice', 't');
  await phone.do('LeaveTopic', { channel: 'twice', topic: 't' });
  await tablet.do('LeaveTopic', { channel: 'twice', topic: 't' });
  await tablet.do('JoinTopic', { channel: 'twice', topic: 'end' });

  const events = await watcher.topicEvents.take(4);
  assert.deepEqual(events.map((e) => `${e.type} ${e.topic}`), ['snapshot ', 'join t', 'leave t', 'join end']);
});

test('where there may be one of each class, another device of the class is told why it has to go, and does not come back', async (t) => {
  const strict = await Server.start({ settings: { 'Users:DevicePolicy': 'OnePerClass' } });
  t.after(() => strict.dispose());
  const older = await Client.connect(t, strict, 'ann', { query: '?device=phone&deviceClass=mobile', comesBack: true });
  const web = await Client.connect(t, strict, 'ann', { query: '?device=page&deviceClass=web' });
  const newer = await Client.connect(t, strict, 'ann', { query: '?device=tablet&deviceClass=mobile' });

  const { state, reason, closeCode, code, errorCode } = await older.connectionEvents.next();
  assert.deepEqual(
    { state, reason, closeCode, code, errorCode }, { state: 5, reason: 19, closeCode: 3503, code: 6, errorCode: 31010 });
  await older.closed;
  for (const device of [web, newer]) assert.equal(await device.code('GetServerTime', {}), 0);
  assert.equal(web.connectionEvents.count, 0);
});
