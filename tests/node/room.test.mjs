import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Client } from './support/client.mjs';
import { clientTypes, PackageType, RoomClient, serverTypes } from './support/roomClient.mjs';
import { Server } from './support/server.mjs';

let server;
let short;
before(async () => {
  server = await Server.start({ settings: { 'RateLimits:MessagesPerSecond': 0 } });
  short = await Server.start({
    settings: {
      'RoomDoor:SignInTimeout': '00:00:01', 'RoomDoor:ConnectionsMax': 1, 'Outbox:StallMax': '00:00:01',
      'RateLimits:MessagesPerSecond': 0,
    },
  });
});
after(() => Promise.all([server?.dispose(), short?.dispose()]));

const post = async (path, body, token) => {
  const response = await fetch(server.url(path), {
    method: 'POST', body: new URLSearchParams(body), headers: token ? { Authorization: `Bearer ${token}` } : {},
  });
  assert.equal(response.status, 200);
  return response.json();
};

test('the types of clients are those of the server', async () => {
  const path = fileURLToPath(new URL('../../src/Gateway/Protocols/Room/room.proto', import.meta.url));
  const types = await serverTypes(path);
  for (const { name } of clientTypes.nestedArray)
    assert.equal(JSON.stringify(types.lookup(name)), JSON.stringify(clientTypes.lookup(name)), name);
});

test('members sign in, are counted, and get what is said together, their own too', async (t) => {
  const alice = await RoomClient.enter(t, server, 'alice', 'lobby');
  const bob = await RoomClient.enter(t, server, 'bob', 'lobby');
  const again = await RoomClient.enter(t, server, 'bob', 'lobby');
  assert.equal(alice.frames[0].toString('hex'), '12051203737563', 'The bytes of a success');
  assert.equal(await alice.ask(PackageType.MEMBERS), 3);
  assert.equal(await alice.ask(PackageType.HEARTBEAT), 'pong');

  const long = 'x'.repeat(300);
  alice.say('lobby', 'one');
  alice.say('lobby', '');
  alice.say('lobby', long);
  alice.say('lobby', 'now', 1);
  for (const client of [alice, bob, again]) {
    assert.deepEqual(await client.packs.next(), { roomID: 'lobby', msgLv: 1, payloads: ['now'] });
    assert.deepEqual(await client.packs.next(), { roomID: 'lobby', msgLv: 0, payloads: ['one', '', long] });
  }

  const watcher = await Client.connect(t, server, 'watcher');
  await watcher.do('Subscribe', { channel: 'lobby', withMessage: false });
  again.socket.close();
  bob.socket.close();
  await watcher.presenceEvents.nextThat(({ type, userId }) => type === 'leave' && userId === 'bob');
  assert.equal(await alice.ask(PackageType.MEMBERS), 2, 'She and who watches.');
});

test('what is said in a room is heard at the hub, and the other way round', async (t) => {
  const hub = await Client.connect(t, server, 'hubert');
  await hub.do('Subscribe', { channel: 'crossing' });
  const room = await RoomClient.enter(t, server, 'rosa', 'crossing');
  assert.equal(await room.ask(PackageType.MEMBERS), 2, 'Members of all doors count.');
  const { users } = await hub.do('WhoNow', { channel: 'crossing', channelType: 'message' });
  assert.deepEqual(users.map((user) => user.userId).sort(), ['hubert', 'rosa']);

  room.say('crossing', '{"type":1}', 1);
  const { payload, messageType, publisher, level } = await hub.messages.next();
  assert.deepEqual({ payload, messageType, publisher, level }, {
    payload: '{"type":1}', messageType: 'string', publisher: 'rosa', level: 'important',
  });
  assert.deepEqual((await room.packs.next()).payloads, ['{"type":1}']);
  room.say('crossing', Buffer.from([0, 255]));
  const bytes = await hub.messages.next();
  assert.deepEqual([bytes.messageType, bytes.payload, bytes.level], ['binary', 'AP8=', undefined]);

  await room.packs.next(); // Those bytes.
  const said = { channel: 'crossing', channelType: 'message', messageType: 'string' };
  await hub.do('Publish', { ...said, payload: '你好' });
  await hub.do('Publish', { ...said, payload: 'quick', level: 'important' });
  assert.deepEqual(await room.packs.next(), { roomID: 'crossing', msgLv: 1, payloads: ['quick'] });
  assert.deepEqual(await room.packs.next(), { roomID: 'crossing', msgLv: 0, payloads: ['你好'] });
  const wrong = await hub.call('Publish', { ...said, payload: 'x', level: 'urgent' });
  assert.equal(wrong.code, 10014);
});

test('POST /msg is an important message, as JSON within JSON', async (t) => {
  const room = await RoomClient.enter(t, server, 'carol', 'post');
  const { code, msg, data: token } = await post('/tk', { uid: 'dave' });
  assert.deepEqual({ code, msg }, { code: 1, msg: 'suc' });
  assert.deepEqual(await post('/msg', { room_id: 'post', msg: '{"a":1}' }, token), { code: 1, msg: 'suc' });
  const { msgLv, payloads: [payload] } = await room.packs.next();
  assert.equal(msgLv, 1);
  assert.equal(payload, '"{\\"a\\":1}"');
  assert.deepEqual(JSON.parse(JSON.parse(payload)), { a: 1 });
  assert.deepEqual(await post('/msg', { room_id: 'post', msg: 'x' }), { code: 0, msg: '无效token' });
  assert.deepEqual(await post('/msg', { room_id: 'post' }, token), { code: 0, msg: '参数错误' });
});

test('who is not signed in is told so, and who does not sign in is closed', async (t) => {
  const client = await RoomClient.open(t, short);
  assert.deepEqual(await client.ask(PackageType.MEMBERS), { code: 100, msg: '请登录' });
  assert.deepEqual(await client.signIn('nonsense', 'r'), { code: 100, msg: '无效token' });
  const crowd = await RoomClient.open(t, short);
  assert.deepEqual(await crowd.answers.next(), { code: 100, msg: '连接数已满' });
  assert.deepEqual(await crowd.closed, { code: 1013, reason: 'too many connections' });
  assert.deepEqual(await client.closed, { code: 1008, reason: 'sign-in overdue' });
});

test('a message that is too long for the door closes with 1009', async (t) => {
  const client = await RoomClient.enter(t, server, 'erin', 'long');
  client.say('long', Buffer.alloc(64 * 1024));
  assert.equal((await client.closed).code, 1009);
});

test('a member that does not read is cut off, and leaves', async (t) => {
  const talker = await Client.connect(t, short, 'talker');
  await talker.do('Subscribe', { channel: 'slow' });
  const slow = await RoomClient.enter(t, short, 'sloth', 'slow', { perMessageDeflate: false });
  slow.socket.pause();
  const message = {
    channel: 'slow', channelType: 'message', messageType: 'string', payload: 'x'.repeat(32_000), level: 'important',
  };
  while (!/did not read and is closed/.test(short.output))
    await Promise.all(Array.from({ length: 8 }, () => talker.do('Publish', message)));
  slow.socket.resume();
  assert.deepEqual(await slow.closed, { code: 3008, reason: 'slow client' }, 'It read again in time to hear why.');
  const { total } = await talker.do('WhoNow', { channel: 'slow', channelType: 'message' });
  assert.equal(total, 1);
});

test('a server that stops tells its members to come again', async (t) => {
  const leaving = await Server.start();
  t.after(() => leaving.dispose());
  const [member, stranger] = [
    await RoomClient.enter(t, leaving, 'fred', 'r'), await RoomClient.open(t, leaving),
  ];
  assert.equal(await leaving.stop(), 0);
  assert.deepEqual(await member.closed, { code: 3001, reason: 'server stops' });
  assert.deepEqual(await stranger.closed, { code: 3001, reason: 'server stops' });
});
