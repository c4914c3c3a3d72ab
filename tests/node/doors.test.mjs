import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Client } from './support/client.mjs';
import { ImClient } from './support/imClient.mjs';
import { PackageType, RoomClient } from './support/roomClient.mjs';
import { Server } from './support/server.mjs';
import { AppServer } from './support/serverApi.mjs';

const app = { key: '00112233445566778899aabbccddeeff', secret: '0123456789abcdef0123456789abcdef' };
let server;
let appServer;
before(async () => {
  server = await Server.start({
    settings: {
      'App:Key': app.key, 'App:Secret': app.secret, 'Users:DevicePolicy': 'OnePerClass', 'Presence:Debounce': '00:00:00',
      'RateLimits:ConversationMessagesPerSecond': 0,
    },
  });
  appServer = new AppServer(server, app);
});
after(() => server?.dispose());

const form = async (path, fields, headers = {}) =>
  (await fetch(server.url(path), { method: 'POST', headers, body: new URLSearchParams(fields) })).json();
const succeeded = ({ status, body }) => assert.equal(status, 200, JSON.stringify(body));

test('what is said to a room is heard by all who are in it, whichever door either uses', async (t) => {
  const channel = 'square';
  const message = { channel, channelType: 'message', messageType: 'string' };
  const hub = await Client.connect(t, server, 'ann');
  await hub.do('Subscribe', { channel });
  const room = await RoomClient.enter(t, server, 'bob', channel);
  const token = await server.token('carol');

  // Important ones, so that none waits for others.
  const speakers = {
    'the hub': () => hub.do('Publish', { ...message, payload: 'the hub', level: 'important' }),
    '/room': () => room.say(channel, '/room', 1),
    '/msg': () => form('/msg', { room_id: channel, msg: '/msg' }, { Authorization: `Bearer ${token}` }),
    'the app server': async () => succeeded(await appServer.post(
      '/channel/publish', { ...message, publisher: 'news', payload: 'the app server', level: 'important' })),
  };
  for (const [door, speak] of Object.entries(speakers)) {
    const said = door === '/msg' ? '"/msg"' : door;
    await speak();
    assert.equal((await hub.messages.next()).payload, said);
    assert.deepEqual((await room.packs.next()).payloads, [said]);
  }
});

test('a private message reaches its receiver at every door, whichever door it came through', async (t) => {
  const hub = await Client.connect(t, server, 'dora');
  const im = await ImClient.login(t, server, 'dora');
  assert.equal((await hub.do('PullMessages')).finished, true);
  const sender = await Client.connect(t, server, 'emil');

  const speakers = {
    'the hub': () => sender.do('SendMessage', {
      conversationType: 1, targetId: 'dora', objectName: 'RC:TxtMsg', content: { content: 'the hub' },
    }),
    'the app server': async () => succeeded(await appServer.post('/message/private', {
      fromUserId: 'emil', toUserIds: ['dora'], objectName: 'RC:TxtMsg', content: { content: 'the app server' },
    })),
    '/user/sendMessage': () => form('/user/sendMessage', {
      appID: 101, userID: 'dora', fromUserID: 'emil', msgID: '1', message: '/user/sendMessage',
    }),
  };
  for (const [door, speak] of Object.entries(speakers)) {
    await speak();
    const { messages: [pushed], ackToken } = await hub.chatBatches.next();
    assert.deepEqual([pushed.senderUserId, pushed.content], ['emil', { content: door }]);
    await hub.do('AckMessages', { ackToken });
    const { from, msg } = await im.message();
    assert.deepEqual([from, msg], ['emil', door]);
  }
});

test('one token serves at every door, and none ends the login of another', async (t) => {
  const token = await server.token('fred');
  const hub = await Client.connect(t, server, 'fred', { token });
  const room = await RoomClient.open(t, server);
  assert.deepEqual(await room.signIn(token, 'fair'), { code: 0, msg: 'suc' });
  const im = await ImClient.login(t, server, 'fred', { serviceToken: token });
  const second = await RoomClient.open(t, server);
  assert.deepEqual(await second.signIn(token, 'fair'), { code: 0, msg: 'suc' });

  assert.equal(await room.ask(PackageType.HEARTBEAT), 'pong');
  assert.equal((await im.ask('heartbeat')).code, 200);
  await hub.do('Subscribe', { channel: 'fair' });
  assert.deepEqual(await hub.do('WhereNow', { userId: 'fred' }), { channels: [{ channel: 'fair', channelType: 'message' }] });

  // A kick stays within a door: this one ends the hub's other login, and nothing else.
  await Client.connect(t, server, 'fred', { token, query: '?device=other' });
  await hub.closed;
  assert.equal(await second.ask(PackageType.HEARTBEAT), 'pong');
  assert.equal((await im.ask('heartbeat')).code, 200);
});

test('who is there, and how many, is the same at every door', async (t) => {
  const hub = await Client.connect(t, server, 'gina');
  await hub.do('Subscribe', { channel: 'hall', withPresence: true });
  const room = await RoomClient.enter(t, server, 'hugo', 'hall');
  await hub.presenceEvents.nextThat(({ type, userId }) => type === 'join' && userId === 'hugo');
  assert.equal(await room.ask(PackageType.MEMBERS), 2);
  const who = { channel: 'hall', channelType: 'message' };
  assert.equal((await hub.do('WhoNow', who)).total, 2);
  const { body } = await appServer.get('/channel/presence', who);
  assert.deepEqual(body.users.map(({ userId }) => userId).sort(), ['gina', 'hugo']);

  const second = await RoomClient.enter(t, server, 'hugo', 'hall');
  assert.equal(await second.ask(PackageType.MEMBERS), 3, 'A room counts connections.');
  assert.equal((await hub.do('WhoNow', who)).total, 2, 'Presence counts users.');
  second.socket.close();
  room.socket.close();
  await hub.presenceEvents.nextThat(({ type, userId }) => type === 'leave' && userId === 'hugo');
  assert.equal((await hub.do('WhoNow', who)).total, 1);
});
