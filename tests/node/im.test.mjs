import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Client } from './support/client.mjs';
import { ImClient } from './support/imClient.mjs';
import { Server } from './support/server.mjs';
import { signed } from './support/serverApi.mjs';

const app = { key: '00112233445566778899aabbccddeeff', secret: '0123456789abcdef0123456789abcdef' };
let server;
let strict;
before(async () => {
  [server, strict] = await Promise.all([
    Server.start({ settings: { 'Presence:Debounce': '00:00:00' } }),
    Server.start({
      environment: 'Production',
      settings: {
        'App:Key': app.key, 'App:Secret': app.secret, 'Auth:TestTokens': true,
        'Im:AcceptWithoutToken': false, 'Im:OpenHttp': false, 'Im:AppIds:0': 101, 'Im:IdleMax': '00:00:03',
        'Im:LoginCodeZero': true,
      },
    }),
  ]);
});
after(() => Promise.all([server?.dispose(), strict?.dispose()]));

/** Calls over HTTP as the original's clients do; the whole text of the answer. */
async function call(path, fields, { of = server, method = 'GET', headers = {} } = {}) {
  const values = new URLSearchParams(fields);
  const response = await fetch(
    of.url(method === 'GET' ? `${path}?${values}` : path), { method, headers, ...(method === 'POST' && { body: values }) });
  return { status: response.status, type: response.headers.get('content-type'), text: await response.text() };
}

const post = (path, fields, options) => call(path, fields, { method: 'POST', ...options });
const text = async (answer) => (await answer).text;
const sent = '{"code":200,"msg":"Success","data":{"sendResults":true}}';
const nothing = '{"code":200,"msg":"Success","data":{}}';

describe('the frames, byte for byte', () => {
  test('as the original writes them', async (t) => {
    const client = await ImClient.open(t, server);
    const dialogue = [
      ['{"seq":"1","cmd":"heartbeat","data":{}}', '{"seq":"1","cmd":"heartbeat","response":{"code":1000,"codeMsg":"未登录","data":null}}'],
      ['{"seq":"2","cmd":"login","data":{"userId":"","appId":101}}', '{"seq":"2","cmd":"login","response":{"code":1002,"codeMsg":"非法的用户Id","data":null}}'],
      ['{"seq":"3","cmd":"login","data":"bytes"}', '{"seq":"3","cmd":"login","response":{"code":1001,"codeMsg":"参数不合法","data":null}}'],
      ['{"seq":"4","cmd":"login","data":{"userId":"bytes","appId":101}}', '{"seq":"4","cmd":"login","response":{"code":200,"codeMsg":"Success","data":null}}'],
      ['{"seq":"5","cmd":"login","data":{"userId":"bytes","appId":101}}', '{"seq":"5","cmd":"login","response":{"code":1009,"codeMsg":"操作失败","data":null}}'],
      ['{"seq":"6","cmd":"heartbeat","data":{}}', '{"seq":"6","cmd":"heartbeat","response":{"code":200,"codeMsg":"Success","data":null}}'],
      ['{"seq":"7","cmd":"ping"}', '{"seq":"7","cmd":"ping","response":{"code":200,"codeMsg":"Success","data":"pong"}}'],
      ['{"seq":"<8>","cmd":"dance","data":{}}', '{"seq":"\\u003c8\\u003e","cmd":"dance","response":{"code":1010,"codeMsg":"路由不存在","data":null}}'],
      ['nonsense', '数据不合法'],
    ];
    for (const [said, answer] of dialogue) assert.equal(await client.exchange(said), answer);
  });

  test('of a message, an arrival and a departure', async (t) => {
    const ann = await ImClient.login(t, server, 'frames-ann', { appId: 7 });
    const bob = await ImClient.login(t, server, 'frames-bob', { appId: 7, path: '/acc' });
    const mask = (frame) => frame.replace(/^\{"seq":"[^"]+"/, '{"seq":"#"');
    assert.equal(
      mask(await ann.frames.next()),
      '{"seq":"#","cmd":"enter","response":{"code":200,"codeMsg":"Ok","data":{"target":"","type":"text","msg":"哈喽~","from":"frames-bob"}}}');

    await post('/user/sendMessage', { appID: 7, userID: 'frames-ann', msgID: 'm-1', message: 'a<b>&"c"' });
    assert.equal(
      await ann.frames.next(),
      '{"seq":"m-1","cmd":"msg","response":{"code":200,"codeMsg":"Ok","data":'
      + '{"target":"","type":"text","msg":"a\\u003cb\\u003e\\u0026\\"c\\"","from":"system"}}}');

    await bob.close();
    assert.equal(
      mask(await ann.frames.next()),
      '{"seq":"#","cmd":"exit","response":{"code":200,"codeMsg":"Ok","data":{"target":"","type":"text","msg":"用户已经离开~","from":"frames-bob"}}}');
  });
});

describe('private messages', () => {
  test('of the hub arrive at /im, and those of HTTP at the hub, each once and in order', async (t) => {
    const im = await ImClient.login(t, server, 'cross-im');
    const hub = await Client.connect(t, server, 'cross-hub');
    for (const content of ['one', 'two', 'three'])
      await hub.do('SendMessage', {
        conversationType: 1, targetId: 'cross-im', objectName: 'RC:TxtMsg', content: { content },
      });
    const messages = [await im.message(), await im.message(), await im.message()];
    assert.deepEqual(
      messages.map(({ msg, from, target, type }) => [msg, from, target, type]),
      ['one', 'two', 'three'].map((word) => [word, 'cross-hub', '', 'text']));
    assert.equal(new Set(messages.map(({ seq }) => seq)).size, 3);

    assert.equal(await text(post('/user/sendMessage', {
      appID: 101, userID: 'cross-hub', fromUserID: 'cross-im', msgID: 'back-1', message: 'back',
    })), sent);
    const pulled = (await hub.do('PullMessages', { count: 10 })).messages.at(-1);
    assert.deepEqual(
      [pulled.conversationType, pulled.targetId, pulled.senderUserId, pulled.objectName, pulled.content],
      [1, 'cross-im', 'cross-im', 'RC:TxtMsg', { content: 'back' }]);

    // What oneself has said elsewhere says to whom.
    const own = await im.message();
    assert.deepEqual([own.msg, own.from, own.target, own.seq], ['back', 'cross-im', 'cross-hub', 'back-1']);
  });

  test('that came while nobody was there arrive with the next login, and not again with the one after', async (t) => {
    const hub = await Client.connect(t, server, 'away-hub');
    const say = (content) => hub.do('SendMessage', {
      conversationType: 1, targetId: 'away-im', objectName: 'RC:TxtMsg', content: { content },
    });
    for (const content of ['early 1', 'early 2', 'early 3']) await say(content);
    const first = await ImClient.login(t, server, 'away-im');
    for (const content of ['early 1', 'early 2', 'early 3']) assert.equal((await first.message()).msg, content);
    // It is pushed once those before are acknowledged.
    await say('late');
    assert.equal((await first.message()).msg, 'late');
    await first.close();

    const last = await ImClient.login(t, server, 'away-im');
    await say('again');
    // That it was written may not have been stored yet when the connection was closed.
    const { msg } = await last.message();
    assert.equal(msg === 'late' ? (await last.message()).msg : msg, 'again');
  });

  test('of a group and of other types tell so', async (t) => {
    const im = await ImClient.login(t, server, 'types-im');
    const hub = await Client.connect(t, server, 'types-hub');
    const { discussionId } = await hub.do('CreateDiscussion', { name: 'talk', userIds: ['types-im'] });
    await hub.do('SendMessage', {
      conversationType: 2, targetId: discussionId, objectName: 'RC:TxtMsg', content: { content: 'to all' },
    });
    await hub.do('SendMessage', {
      conversationType: 1, targetId: 'types-im', objectName: 'app:card', content: { name: 'x' },
    });
    const seen = new Map();
    while (!seen.has('to all') || !seen.has('{"name":"x"}')) {
      const { msg, type, target } = await im.message();
      seen.set(msg, [type, target]);
    }
    assert.deepEqual(seen.get('to all'), ['text', discussionId]);
    assert.deepEqual(seen.get('{"name":"x"}'), ['app:card', '']);
  });

  test('of the other family, from user to user, arrive while their receiver is there', async (t) => {
    const im = await ImClient.login(t, server, 'signal-im');
    const hub = await Client.connect(t, server, 'signal-hub');
    await hub.do('Publish', { channel: 'signal-im', channelType: 'user', messageType: 'string', payload: 'psst' });
    const { msg, from, type } = await im.message();
    assert.deepEqual([msg, from, type], ['psst', 'signal-hub', 'text']);
  });

  test('with an id that was seen are not sent again', async (t) => {
    const im = await ImClient.login(t, server, 'twice');
    const message = { appID: 101, userID: 'twice', msgID: 'same', message: 'first' };
    assert.equal(await text(post('/user/sendMessage', message)), sent);
    assert.equal(await text(post('/user/sendMessage', { ...message, message: 'second' })), nothing);
    assert.equal(await text(post('/user/sendMessage', { ...message, msgID: 'other', message: 'third' })), sent);
    assert.equal((await im.message()).msg, 'first');
    assert.equal((await im.message()).msg, 'third');
  });
});

describe('an app', () => {
  test('knows who is there, and a message to all reaches all but its sender', async (t) => {
    const [ann, bob] = [
      await ImClient.login(t, server, 'all-ann', { appId: 9 }), await ImClient.login(t, server, 'all-bob', { appId: 9 })];
    await ann.next('enter');
    const list = JSON.parse(await text(call('/user/list', { appID: 9 })));
    assert.deepEqual(list.data.userList.sort(), ['all-ann', 'all-bob']);
    assert.equal(list.data.userCount, 2);
    assert.equal(await text(call('/user/list', { appID: 10 })), '{"code":200,"msg":"Success","data":{"userCount":0,"userList":[]}}');
    assert.equal(
      await text(call('/user/online', { appID: 9, userID: 'all-bob' })),
      '{"code":200,"msg":"Success","data":{"online":true,"userID":"all-bob"}}');
    assert.equal(
      await text(call('/user/online', { appID: 10, userID: 'all-bob' })),
      '{"code":200,"msg":"Success","data":{"online":false,"userID":"all-bob"}}');

    const toAll = { appID: 9, userID: 'all-ann', msgID: 'all-1', message: '大家好' };
    assert.equal(await text(post('/user/sendMessageAll', toAll)), sent);
    assert.equal(await text(post('/user/sendMessageAll', toAll)), nothing);
    assert.equal(await text(post('/user/sendMessageAll', { ...toAll, userID: 'all-bob', msgID: 'all-2', message: 'hi' })), sent);
    const { seq, msg, from } = await bob.message();
    assert.deepEqual([seq, msg, from], ['all-1', '大家好', 'all-ann']);
    assert.equal((await ann.message()).msg, 'hi');

    const state = JSON.parse(await text(call('/system/state', {})));
    assert.ok(state.data.managerInfo.usersLen >= 2 && state.data.managerInfo.clientsLen >= state.data.managerInfo.usersLen);
  });

  test('is not among the channels that clients are told of', async (t) => {
    await ImClient.login(t, server, 'hidden', { appId: 11 });
    const hub = await Client.connect(t, server, 'seeker');
    assert.deepEqual(await hub.do('WhereNow', { userId: 'hidden' }), { channels: [] });
    assert.notEqual(await hub.code('Subscribe', { channel: '_im:11' }), 0);
  });
});

test('the same user of the same app again closes the older connection, of another app it does not', async (t) => {
  const older = await ImClient.login(t, server, 'double');
  const other = await ImClient.login(t, server, 'double', { appId: 102 });
  const newer = await ImClient.login(t, server, 'double');
  assert.equal((await older.closed).code, 3503);
  assert.equal((await other.ask('ping')).data, 'pong');
  assert.equal((await newer.ask('heartbeat')).code, 200);
});

describe('where only those who can prove it may come', () => {
  test('a login needs a token of its user, and an app that is listed', async (t) => {
    // Each over a connection of its own: there is no heartbeat before the login, and little time.
    const login = async (data) => (await ImClient.open(t, strict)).ask('login', data);
    const code = async (data) => (await login(data)).code;
    assert.equal(await code({ userId: 'eve', appId: 101 }), 1003);
    assert.equal(await code({ userId: 'eve', appId: 101, serviceToken: 'nonsense' }), 1003);
    assert.equal(await code({ userId: 'eve', appId: 101, serviceToken: await strict.token('ann') }), 1003);
    assert.equal(await code({ userId: 'eve', appId: 102, serviceToken: await strict.token('eve') }), 1003);
    const { code: done, codeMsg } = await login({ userId: 'eve', appId: 101, serviceToken: await strict.token('eve') });
    assert.deepEqual([done, codeMsg], [0, '未定义错误类型!']); // As it is configured here.
  });

  test('a call over HTTP needs a signature', async () => {
    const fields = { appID: 101, userID: 'eve', message: 'hi' };
    const refused = await post('/user/sendMessage', fields, { of: strict });
    assert.equal(refused.status, 401);
    assert.match(refused.text, /^\{"code":1003,"msg":"未授权","data":\{"reason":"/);
    const done = await post('/user/sendMessage', fields, { of: strict, headers: signed(app) });
    assert.deepEqual([done.status, done.text], [200, sent]);
    assert.equal(done.type, 'application/json; charset=utf-8');
    const wrongApp = await call('/user/list', { appID: 102 }, { of: strict, headers: signed(app) });
    assert.equal(wrongApp.text, '{"code":1003,"msg":"未授权","data":{}}');
  });

  test('a client that sends no heartbeat is closed, whatever else it says', async (t) => {
    const client = await ImClient.open(t, strict);
    await client.exchange('{"seq":"1","cmd":"ping"}');
    assert.equal((await client.closed).code, 3012);
  });
});

test('what cannot be read over HTTP is a parameter error', async () => {
  const wrong = '{"code":1001,"msg":"参数不合法","data":{}}';
  assert.equal(await text(call('/user/list', {})), wrong);
  assert.equal(await text(call('/user/list', { appID: -1 })), wrong);
  assert.equal(await text(post('/user/sendMessage', { appID: 1, userID: 'a', msgID: 'x'.repeat(65), message: 'm' })), wrong);
  assert.equal(await text(post('/user/sendMessage', { appID: 1, userID: '', message: 'm' })), '{"code":1002,"msg":"非法的用户Id","data":{}}');
  assert.equal(
    await text(fetch(server.url('/user/sendMessage'), { method: 'POST', body: '{}' }).then(async (r) => ({ text: await r.text() }))),
    wrong);
  assert.equal((await call('/user/sendMessage', {})).status, 405);
});

test('a frame that is too long closes with 1009', async (t) => {
  const client = await ImClient.open(t, server);
  client.send('x'.repeat(300 * 1024));
  assert.equal((await client.closed).code, 1009);
});

// The last one: it ends a server.
test('a server that stops tells its clients to come back', async (t) => {
  const known = await ImClient.open(t, strict);
  await known.ask('login', { userId: 'leaver', appId: 101, serviceToken: await strict.token('leaver') });
  const stranger = await ImClient.open(t, strict);
  await strict.stop();
  assert.equal((await known.closed).code, 3001);
  assert.equal((await stranger.closed).code, 3001);
});
