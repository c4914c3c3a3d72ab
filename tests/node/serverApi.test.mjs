import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Client } from './support/client.mjs';
import { assertProblem } from './support/problems.mjs';
import { Server } from './support/server.mjs';
import { AppServer, signed } from './support/serverApi.mjs';

const app = { key: '00112233445566778899aabbccddeeff', secret: '0123456789abcdef0123456789abcdef' };
let server;
let appServer;
before(async () => {
  server = await Server.start({ settings: { 'App:Key': app.key, 'App:Secret': app.secret } });
  appServer = new AppServer(server, app);
});
after(() => server?.dispose());

const publish = (fields) => appServer.post(
  '/channel/publish', { publisher: 'news', messageType: 'string', payload: 'hi', ...fields });

describe('a publish of the app server', () => {
  test('reaches who is subscribed, in the order of the calls, in the name of its publisher', async (t) => {
    const ann = await Client.connect(t, server, 'ann');
    await ann.do('Subscribe', { channel: 'lobby', withPresence: false });
    const answers = [];
    for (const payload of ['one', 'two', 'three'])
      answers.push((await publish({ channel: 'lobby', channelType: 'message', payload, customType: 'note' })).body);

    assert.deepEqual(answers.map(({ offset }) => offset), [1, 2, 3]);
    for (const [i, payload] of ['one', 'two', 'three'].entries()) {
      const { epoch, sentAt } = answers[i];
      assert.deepEqual(await ann.messages.next(), {
        channel: 'lobby', channelType: 'message', publisher: 'news', messageType: 'string', payload, customType: 'note',
        sentAt, offset: i + 1, epoch,
      });
    }
  });

  test('is answered alike and delivered once when it comes again with its key', async (t) => {
    const fields = { channel: 'keyed', channelType: 'message', idempotencyKey: 'k1' };
    const bob = await Client.connect(t, server, 'bob');
    await bob.do('Subscribe', { channel: 'keyed', withPresence: false });

    assert.deepEqual((await publish(fields)).body, (await publish(fields)).body);
    await publish({ ...fields, idempotencyKey: 'k2', payload: 'last' });
    assert.equal((await bob.messages.next()).payload, 'hi');
    assert.equal((await bob.messages.next()).payload, 'last');
  });

  test('is kept when it asks for it', async (t) => {
    await publish({ channel: 'kept', channelType: 'message', storeInHistory: true, payload: 'keep me' });
    const cyd = await Client.connect(t, server, 'cyd');
    const { messages } = await cyd.do('GetChannelMessages', { channel: 'kept', channelType: 'message' });
    assert.deepEqual(messages.map(({ publisher, payload }) => [publisher, payload]), [['news', 'keep me']]);
  });

  test('to a user says whether it arrived', async (t) => {
    const dan = await Client.connect(t, server, 'dan');
    const delivered = await publish({ channel: 'dan', channelType: 'user' });
    assert.equal(delivered.status, 200);
    assert.equal(delivered.body.code, 'message_delivered');
    const { publisher, channelType, sentAt } = await dan.messages.next();
    assert.deepEqual({ publisher, channelType, sentAt }, { publisher: 'news', channelType: 'user', sentAt: delivered.body.sentAt });

    assert.deepEqual((await publish({ channel: 'nobody', channelType: 'user' })).body, { code: 'message_offline' });
    const kept = await publish({ channel: 'nobody', channelType: 'user', storeInHistory: true });
    assert.equal(kept.body.code, 'message_offline');
    assert.equal(typeof kept.body.sentAt, 'number');
  });

  test('to a user that nobody waits for is answered at once', async (t) => {
    const eve = await Client.connect(t, server, 'eve');
    assert.deepEqual(
      (await publish({ channel: 'eve', channelType: 'user', waitForAck: false })).body, { code: 'message_sent' });
    assert.equal((await eve.messages.next()).payload, 'hi');
    assertProblem(
      await publish({ channel: 'eve', channelType: 'user', waitForAck: false, storeInHistory: true }), 400, 1002, 'waitForAck');
  });

  test('that is wrong is refused with the field and a code', async () => {
    const message = { channel: 'lobby', channelType: 'message' };
    assertProblem(await publish({ ...message, publisher: undefined }), 400, 10014, "'publisher'");
    assertProblem(await publish({ ...message, publisher: '*' }), 400, 10006, "'publisher'");
    assertProblem(await publish({ ...message, channel: '_x' }), 400, 10008, "'channel'");
    assertProblem(await publish({ ...message, channelType: undefined }), 400, 10014, "'channelType'");
    assertProblem(await publish({ ...message, channelType: 'stream' }), 400, 10019, 'topics');
    assertProblem(await publish({ ...message, channelType: 'room' }), 400, 10014, "'channelType'");
    assertProblem(await publish({ ...message, payload: 5 }), 400, 10014, "'payload'");
    assertProblem(await publish({ ...message, payload: 'x'.repeat(32 * 1024 + 1) }), 413, 11010, '32768');
    assertProblem(await appServer.post('/channel/publish', '{"a":1'), 400, 1002, 'JSON');
    assertProblem(await appServer.post('/channel/publish', '{"a":1,"a":2}'), 400, 1002, 'twice');
    assertProblem(await appServer.post('/channel/publish', '[]'), 400, 1002, 'object');
    assertProblem(await appServer.post('/channel/publish', ' '.repeat(256 * 1024 + 1)), 413, 1002, '262144');
    assertProblem(
      await appServer.post('/channel/publish', '{}', { ...signed(app), 'Content-Type': 'text/plain' }), 415, 1002, 'JSON');
  });
});

describe('who is in a channel', () => {
  test('is told to the app server page by page, or only how many', async (t) => {
    for (const user of ['fay', 'gil']) {
      const client = await Client.connect(t, server, user);
      await client.do('SetState', { channel: 'room', channelType: 'stream', state: { seat: user } });
      await client.do('JoinChannel', { channel: 'room', withPresence: true });
    }

    const room = { channel: 'room', channelType: 'stream' };
    assert.deepEqual((await appServer.get('/channel/presence', room)).body, {
      users: [{ userId: 'fay' }, { userId: 'gil' }], total: 2,
    });
    assert.deepEqual((await appServer.get('/channel/presence', { ...room, withState: true })).body.users[0], {
      userId: 'fay', state: { seat: 'fay' },
    });
    assert.deepEqual((await appServer.get('/channel/presence', { ...room, withUserId: false })).body, { users: [], total: 2 });
  });

  test('is not told when the question is wrong', async () => {
    assertProblem(await appServer.get('/channel/presence', { channelType: 'message' }), 400, 10008, "'channel'");
    assertProblem(await appServer.get('/channel/presence', { channel: 'a', channelType: 'user' }), 400, 1002, "'channelType'");
    assertProblem(
      await appServer.get('/channel/presence', { channel: 'a', channelType: 'message', withState: 1 }), 400, 1002, "'withState'");
    assertProblem(
      await appServer.get('/channel/presence', { channel: 'a', channelType: 'message', page: 'none' }), 400, 13003);
  });
});

describe('a call of the app server', () => {
  const body = { publisher: 'news', channel: 'lobby', channelType: 'message', messageType: 'string', payload: 'hi' };

  test('is done once, and not without its signature', async () => {
    const headers = signed(app);
    assert.equal((await appServer.post('/channel/publish', body, headers)).status, 200);
    assertProblem(await appServer.post('/channel/publish', body, headers), 401, 1004, 'Nonce');
    assertProblem(await appServer.post('/channel/publish', body, {}), 401, 1004, 'Signature');
    assertProblem(
      await appServer.post('/channel/publish', body, signed({ ...app, secret: app.key })), 401, 1004, 'Signature');
    assertProblem(
      await appServer.post('/channel/publish', body, signed(app, { timestamp: Date.now() - 3_600_000 })), 401, 1004, 'Timestamp');
  });

  test('is not opened by a user\'s token', async () => {
    const token = await server.token('ann');
    assertProblem(
      await appServer.post('/channel/publish', body, { Authorization: `Bearer ${token}` }), 401, 1004, 'App-Key');
  });

  test('has its headers once, with RC- before their names or without', async () => {
    const plain = signed(app);
    const prefixed = Object.fromEntries(Object.entries(signed(app)).map(([name, value]) => [`RC-${name}`, value]));
    assert.equal((await appServer.post('/channel/publish', body, prefixed)).status, 200);
    assertProblem(await appServer.post('/channel/publish', body, { ...plain, 'RC-App-Key': app.key }), 401, 1004, 'App-Key');
    assert.equal((await appServer.post('/channel/publish', body, plain)).status, 200);
  });

  test('that is made with another method says with which it is made', async () => {
    const paths = {
      POST: ['/channel/publish', '/group/create', '/group/join', '/group/quit', '/group/dismiss', '/group/refresh', '/group/members',
        '/group/sync', '/user/groups', '/message/private', '/message/group', '/message/system'],
      GET: ['/channel/presence'],
    };
    for (const [method, all] of Object.entries(paths))
      for (const path of all) {
        const response = await fetch(server.url(path), { method: method === 'GET' ? 'POST' : 'GET' });
        assert.equal(response.headers.get('allow'), method);
        const answer = { status: response.status, type: response.headers.get('content-type'), body: await response.json() };
        assertProblem(answer, 405, 1002, method);
      }
  });
});
