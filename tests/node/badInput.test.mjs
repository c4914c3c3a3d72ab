import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Client } from './support/client.mjs';
import { assertRefused } from './support/refusals.mjs';
import { Server } from './support/server.mjs';
import { inSeconds, sign } from './support/webToken.mjs';

/*
 * Every method with every field, each wrong in every way, on one connection that has to work to the end. A field is
 * what can be wrong with it: [what, value, code]; the message names the field unless a pattern says otherwise.
 */

const invalidParameter = 10014;
const channel = 'bad input';
const topic = 'joined';
const user = 'tester';

const missing = [['is missing', undefined, invalidParameter], ['is null', null, invalidParameter]];
const notText = [
  ['is a number', 5, invalidParameter],
  ['is true', true, invalidParameter],
  ['is a list', ['c'], invalidParameter],
  ['is an object', { value: 'c' }, invalidParameter],
  ['has half of a surrogate pair', 'a\ud800', invalidParameter],
];
const illegal = (code, values) => [
  ['is empty', '', code],
  ['has 65 characters', 'x'.repeat(65), code],
  ['has 66 bytes in 33 characters', 'é'.repeat(33), code],
  ...values.map((value) => [`is ${JSON.stringify(value)}`, value, code]),
];
const channelName = [
  ...missing, ...notText,
  ...illegal(10008, ['_a', 'a.b', 'a*b', 'a/b', 'a\\b', 'a\0b', "a'b", 'a\tb', ' a', 'a ', 'ä', '\u202e', '😀']),
];
const topicName = [
  ...missing, ...notText, ...illegal(11008, ['_a', 'a.b', 'a*b', 'a/b', 'a\\b', 'a\0b', 'a\u0007b']),
];
const userId = [...missing, ...notText, ...illegal(10006, ['a*b', 'a/b', 'a\\b', 'a\0b', 'a`b', ' a', 'a ', 'ä'])];
const userList = [
  ['is a text', 'bob', invalidParameter],
  ['is an object', {}, invalidParameter],
  ['is a number', 1, invalidParameter],
  ['is true', true, invalidParameter],
  ['has a number', ['bob', 1], invalidParameter],
  ['has a null', ['bob', null], invalidParameter],
  ['has a list', [['bob']], invalidParameter],
  ['has half of a surrogate pair', ['\udc00'], invalidParameter],
  ['has an empty text', ['bob', ''], 10006],
  ['has a user id of 65 characters', ['x'.repeat(65)], 10006],
  ['has a user id that is not allowed', ['a*b'], 10006],
  ['has 257 users', Array.from({ length: 257 }, (_, i) => `u${i}`), 11011],
];
const flag = [
  ['is a text', 'true', invalidParameter],
  ['is a number', 1, invalidParameter],
  ['is an object', {}, invalidParameter],
  ['is a list', [true], invalidParameter],
];
const word = [...notText, ['is another word', 'whatever', invalidParameter], ['is empty', '', invalidParameter]];
const wholeNumber = [
  ['is a text', '1', invalidParameter],
  ['is true', true, invalidParameter],
  ['has a fraction', 1.5, invalidParameter],
  ['is too large', 1e30, invalidParameter],
  ['is an object', {}, invalidParameter],
  ['is a list', [1], invalidParameter],
];
const payload = (bytesMax) => [
  ...missing, ...notText,
  [`has ${bytesMax + 1} bytes`, 'x'.repeat(bytesMax + 1), 11010],
  ['has too many bytes in fewer characters', '世'.repeat(Math.ceil((bytesMax + 1) / 3)), 11010],
];
const binaryPayload = (bytesMax) => [
  ['is binary and no base64', '%%%%', invalidParameter],
  ['is binary and cut short', 'abc', invalidParameter],
  ['is binary and has too many bytes', Buffer.alloc(bytesMax + 1).toString('base64'), 11010],
];
const messageType = [
  ...missing, ...notText,
  ['is another word', 'text', 11031], ['is in capitals', 'STRING', 11031], ['is empty', '', 11031],
];
const customType = [...notText, ['has 33 characters', 'x'.repeat(33), 11029]];
const meta = [
  ...notText, ['has 257 bytes', 'x'.repeat(257), 11018], ['has 258 bytes in 129 characters', 'é'.repeat(129), 11018],
];

const channelType = [...missing, ...word, ['is user', 'user', 10019, /'message' or 'stream'/]];
const lockName = (code) => illegal(code, ['a\0b', 'a\tb']);
const items = [
  ['is a text', 'k', invalidParameter],
  ['is an object', { k: 'v' }, invalidParameter],
  ['has a text', ['k'], invalidParameter],
  ['has an item without a key', [{ value: 'v' }], invalidParameter, /'key'/],
  ['has an item with a key that is a number', [{ key: 1, value: 'v' }], invalidParameter, /'key'/],
  ['has an item with a value that is a number', [{ key: 'k', value: 1 }], invalidParameter, /'value'/],
  ['has an item with a revision that is a text', [{ key: 'k', value: 'v', revision: '1' }], invalidParameter, /'revision'/],
  ['has half of a surrogate pair in a key', [{ key: 'a\ud800', value: 'v' }], invalidParameter, /'key'/],
  ['has an item with an empty key', [{ key: '', value: 'v' }], 12009, /key/],
  ['has a key of 33 characters', [{ key: 'k'.repeat(33), value: 'v' }], 12011, /32/],
  ['has a key twice', [{ key: 'k', value: 'v' }, { key: 'k', value: 'w' }], 12013, /'k'/],
  ['has a revision of zero', [{ key: 'k', value: 'v', revision: 0 }], 12005, /revision/],
];
const written = [
  ...missing, ...items, ['is empty', [], 12004],
  ['has an item without a value', [{ key: 'k' }], invalidParameter, /'value'/],
  ['has a value of 16385 bytes', [{ key: 'k', value: 'v'.repeat(16385) }], 12012, /16384/],
];

/** The methods for metadata and locks: what all of a kind have in common once. */
function sharedData() {
  const [item, at] = [[{ key: 'k', value: 'v' }], { channel, channelType: 'stream' }];
  const where = { channel: channelName, channelType };
  const change = {
    majorRevision: [...wholeNumber, ['is zero', 0, 12005], ['is -2', -2, 12005]], recordTs: flag, recordAuthor: flag,
    fencingToken: [...wholeNumber, ['is zero', 0, 12004], ['is of no lock', 4, 12004]],
    lock: [...notText, ...lockName(12007).slice(1), ['is not there', 'never set', 12007, /never set/]],
  };
  const lock = { ...where, name: [...missing, ...notText, ...lockName(14005)] };
  return [
    ...['Set', 'Update'].flatMap((verb) => [
      [`${verb}ChannelMetadata`, { ...at, items: item }, { ...where, ...change, items: written }],
      [`${verb}UserMetadata`, { userId: user, items: item }, { ...change, userId, items: written }],
    ]),
    ['RemoveChannelMetadata', { ...at, items: item }, { ...where, ...change, items }],
    ['RemoveUserMetadata', { userId: user, items: item }, { ...change, userId, items }],
    ['GetChannelMetadata', at, where],
    ...['GetUserMetadata', 'SubscribeUserMetadata', 'UnsubscribeUserMetadata']
      .map((method) => [method, { userId: user }, { userId }]),
    ['SetLock', { ...at, name: 'door' }, { ...lock, ttl: wholeNumber }],
    ['AcquireLock', { ...at, name: 'door' }, { ...lock, retry: flag }],
    ['RevokeLock', { ...at, name: 'door', owner: user }, { ...lock, owner: userId }],
    ...['RemoveLock', 'ReleaseLock'].map((method) => [method, { ...at, name: 'door' }, lock]),
    ['GetLocks', at, where],
  ];
}

const pairs = (count) => Object.fromEntries(Array.from({ length: count }, (_, i) => [`k${i}`, 'v']));
const state = [
  ...missing,
  ['is a text', 'k=v', invalidParameter],
  ['is a number', 1, invalidParameter],
  ['is true', true, invalidParameter],
  ['is a list', [['k', 'v']], invalidParameter],
  ['has a number', { k: 1 }, invalidParameter],
  ['has a null', { k: null }, invalidParameter],
  ['has an object', { k: {} }, invalidParameter],
  ['has a value with half of a surrogate pair', { k: 'a\ud800' }, invalidParameter],
  ['has a key with half of a surrogate pair', { 'a\udc00': 'v' }, invalidParameter],
  ['has 33 pairs', pairs(33), 13005],
  ['has an empty key', { '': 'v' }, 13006],
  ['has a key with a dot', { 'a.b': 'v' }, 13006],
  ['has a key with brackets', { 'a[0]': 'v' }, 13006],
  ['has an empty value', { k: '' }, 13007],
  ['has a key of 65 bytes', { ['k'.repeat(65)]: 'v' }, 13008],
  ['has a value of 1025 bytes', { k: 'v'.repeat(1025) }, 13009],
  ['has 4097 bytes', { a: 'v'.repeat(1023), b: 'v'.repeat(1023), c: 'v'.repeat(1023), d: 'v'.repeat(1023), e: 'v' }, 13009],
];
const stateKeys = [
  ['is a text', 'k', invalidParameter],
  ['is a number', 1, invalidParameter],
  ['is an object', { k: 'v' }, invalidParameter],
  ['has a number', ['k', 1], invalidParameter],
  ['has a null', [null], invalidParameter],
  ['has half of a surrogate pair', ['\ud800'], invalidParameter],
  ['has 33 keys', Object.keys(pairs(33)), 13005],
  ['has an empty key', [''], 13006],
  ['has a key with a dot', ['a.b'], 13006],
  ['has a key of 65 bytes', ['k'.repeat(65)], 13008],
  ['has a key twice', ['k', 'k'], 13010],
];

/** What is wrong with a token that is for a channel (`chan`), or for the login. */
function token(secret, chan) {
  const claims = { sub: user, exp: inSeconds(600), ...(chan ? { chan } : {}) };
  const other = chan ? 'another' : undefined;
  return [
    ['is no JSON Web Token', 'garbage', 10005, /token/],
    ['was signed with another secret', sign(claims, 'f'.repeat(32)), 10005, /signature/],
    ['is for another user', sign({ ...claims, sub: 'somebody' }, secret), 10005, /another user/],
    ['is for a user id that is not allowed', sign({ ...claims, sub: 'a*b' }, secret), 10006, /user id/],
    ['is for another channel', sign({ ...claims, chan: other ?? 'c' }, secret), 10005, /chan/],
    ...(chan ? [['is for no channel', sign({ ...claims, chan: undefined }, secret), 10005, /chan/]] : []),
    ['has expired', sign({ ...claims, exp: inSeconds(-1) }, secret), 10009, /expired/],
    ['lives for too long', sign({ ...claims, exp: inSeconds(48 * 3600) }, secret), 10005, /exp/],
  ];
}

/** Each method with a request that is good, and its fields. */
function methods(secret) {
  const text = { messageType: 'string', payload: 'x' };
  const binary = { messageType: 'binary', payload: '' };
  const login = sign({ sub: user, exp: inSeconds(600) }, secret);
  return [
    ['RenewToken', { token: login }, {
      token: [...missing, ...notText, ['is empty', '', 10005, /token/], ...token(secret)],
      channel: [...notText, ...illegal(10008, ['_a', 'a.b']).slice(1)],
    }],
    ['RenewToken', { token: sign({ sub: user, exp: inSeconds(600), chan: channel }, secret), channel }, {
      token: [...missing, ...notText, ...token(secret, channel)],
    }],
    ['Publish', { channel: user, channelType: 'user', ...text }, {
      channel: userId,
      channelType: [...missing, ...word, ['is stream', 'stream', 10019, /PublishTopic/]],
      messageType,
      payload: payload(32 * 1024),
      customType,
    }],
    ['Publish', { channel: user, channelType: 'user', ...binary }, { payload: binaryPayload(32 * 1024) }],
    ['Publish', { channel: 'messages', channelType: 'message', ...text }, {
      channel: channelName,
      messageType,
      payload: payload(32 * 1024),
      customType,
      idempotencyKey: [
        ...notText, ['is empty', '', invalidParameter],
        ['has 129 bytes', 'x'.repeat(129), invalidParameter],
        ['has 130 bytes in 65 characters', 'é'.repeat(65), invalidParameter],
      ],
    }],
    ['Publish', { channel: 'messages', channelType: 'message', ...binary }, { payload: binaryPayload(32 * 1024) }],
    ['Subscribe', { channel: 'never subscribed' }, {
      channel: channelName,
      withMessage: flag,
      withPresence: flag,
      beQuiet: flag,
      withMetadata: flag,
      withLock: flag,
      since: [
        ['is a text', '1', invalidParameter],
        ['is a number', 1, invalidParameter],
        ['is a list', [1], invalidParameter],
        ['is empty', {}, invalidParameter],
        ['has no epoch', { offset: 1 }, invalidParameter],
        ['has no offset', { epoch: '1' }, invalidParameter],
        ['has an epoch that is a number', { offset: 1, epoch: 1 }, invalidParameter],
        ['has an offset that is a text', { offset: '1', epoch: '1' }, invalidParameter],
        ['has an offset below zero', { offset: -1, epoch: '1' }, invalidParameter],
        ['has an offset with a fraction', { offset: 0.5, epoch: '1' }, invalidParameter],
      ],
    }],
    ['Unsubscribe', { channel: 'never subscribed' }, { channel: channelName }],
    ['JoinChannel', { channel: 'never joined' }, {
      channel: channelName,
      token: [...notText, ...token(secret, 'never joined')],
      withPresence: flag,
      beQuiet: flag,
      withMetadata: flag,
      withLock: flag,
    }],
    ['LeaveChannel', { channel }, { channel: channelName }],
    ['JoinTopic', { channel, topic: 'never joined' }, {
      channel: channelName, topic: topicName, qos: word, priority: word, meta, syncMedia: flag,
    }],
    ['LeaveTopic', { channel, topic }, { channel: channelName, topic: topicName }],
    ['PublishTopic', { channel, topic, ...text }, {
      channel: channelName, topic: topicName, messageType, payload: payload(1024), customType, sendTs: wholeNumber,
    }],
    ['PublishTopic', { channel, topic, ...binary }, { payload: binaryPayload(1024) }],
    ['SubscribeTopic', { channel, topic }, { channel: channelName, topic: topicName, users: userList }],
    ['UnsubscribeTopic', { channel, topic }, { channel: channelName, topic: topicName, users: userList }],
    ['GetSubscribedUsers', { channel, topic }, { channel: channelName, topic: topicName }],
    ...sharedData(),
    ['SetState', { channel, channelType: 'stream', state: { k: 'v' } }, { channel: channelName, channelType, state }],
    ['RemoveState', { channel, channelType: 'stream' }, { channel: channelName, channelType, keys: stateKeys }],
    ['GetState', { channel, channelType: 'stream', userId: user }, { channel: channelName, channelType, userId }],
    ['WhoNow', { channel, channelType: 'stream' }, {
      channel: channelName,
      channelType,
      withUserId: flag,
      withState: flag,
      page: [...notText, ['is none', 'nonsense', 13003, /page/], ['is of another time', '1-1', 13003, /page/]],
    }],
    ['WhereNow', { userId: user }, { userId }],
    ['GetServerTime', {}, {}],
    ['Logout', {}, {}],
  ];
}

const requests = ['x', 1, true, [{ channel, topic }]];

// The table is needed before there is a server, so the secret is the test's own.
const secret = '0123456789abcdef0123456789abcdef';
const table = methods(secret);

let server;
let client;
before(async () => {
  server = await Server.start({
    settings: {
      'App:Key': 'f'.repeat(32), 'App:Secret': secret,
      'RateLimits:CallsPerSecond': 0, 'RateLimits:MessagesPerSecond': 0,
      'RateLimits:MetadataCallsPerSecond': 0, 'RateLimits:LockAcquisitionsPerSecond': 0,
    },
  });
  client = new Client(server, await server.token(user));
  await client.hub.start();
  await client.connectionEvents.next();
  await client.publishIn(channel, topic);
});
after(async () => {
  await client?.hub.stop();
  await server?.dispose();
});

for (const [method, request, fields] of table)
  for (const [field, wrongs] of Object.entries(fields))
    describe(`${method} is refused when its '${field}'`, () => {
      for (const [what, value, code, message = new RegExp(`'${field}'`)] of wrongs)
        test(`${what}: ${code}`, async () => {
          assertRefused(await client.call(method, { ...request, [field]: value }), code, message);
        });
    });

describe('a request that is no object is refused with 10014, by', () => {
  for (const method of new Set(table.map(([name]) => name)))
    test(method, async () => {
      for (const request of requests)
        assertRefused(await client.call(method, request), invalidParameter, /one JSON object/);
      assertRefused(await client.call(method, {}, {}), invalidParameter, /one JSON object/);
    });
});

describe('a request that is fine in itself is refused with', () => {
  const text = { messageType: 'string', payload: 'x' };
  const unjoined = {
    LeaveChannel: {}, JoinTopic: { topic }, LeaveTopic: { topic }, PublishTopic: { topic, ...text },
    SubscribeTopic: { topic, users: ['bob'] }, UnsubscribeTopic: { topic }, GetSubscribedUsers: { topic },
    RenewToken: { token: sign({ sub: user, exp: inSeconds(600), chan: 'not joined' }, secret) },
  };
  for (const [method, request] of Object.entries(unjoined))
    test(`11001 by ${method} for a channel that is not joined`, async () => {
      assertRefused(await client.call(method, { channel: 'not joined', ...request }), 11001);
    });

  const others = [
    ['11007 for a channel that is joined already', 'JoinChannel', { channel }, 11007],
    ['11015 for a topic that is joined already', 'JoinTopic', { channel, topic }, 11015],
    ['11016 for a topic to publish in that is not joined', 'PublishTopic', { channel, topic: 'other', ...text }, 11016],
    ['11016 for a topic to leave that is not joined', 'LeaveTopic', { channel, topic: 'other' }, 11016],
    ['11013 for a topic that is not subscribed', 'UnsubscribeTopic', { channel, topic: 'other' }, 11013],
    ['11002 for a message channel that is not subscribed', 'Unsubscribe', { channel: 'not subscribed' }, 11002],
    ['13003 for states without users', 'WhoNow',
      { channel, channelType: 'stream', withUserId: false, withState: true }, 13003],
    ['13011 for the state of a user who is not there', 'GetState',
      { channel, channelType: 'stream', userId: 'nobody' }, 13011],
    ['11033 for a user who is not there', 'Publish', { channel: 'nobody', channelType: 'user', ...text }, 11033],
  ];
  for (const [what, method, request, code] of others)
    test(what, async () => assertRefused(await client.call(method, request), code));

  test('10017 for a token that is in force already', async () => {
    const token = await server.token(user, 1000);
    await client.do('RenewToken', { token });
    assertRefused(await client.call('RenewToken', { token }), 10017);
    const chan = sign({ sub: user, exp: inSeconds(600), chan: 'with a token' }, secret);
    await client.do('JoinChannel', { channel: 'with a token', token: chan });
    assertRefused(await client.call('RenewToken', { channel: 'with a token', token: chan }), 10017);
  });

  test('11003 for the 65th publisher of a topic, and 64 are followed', async () => {
    const users = Array.from({ length: 64 }, (_, i) => `u${i}`);
    const { succeeded } = await client.do('SubscribeTopic', { channel, topic: 'many', users: users.slice(0, 60) });
    assert.equal(succeeded.length, 60);
    const rest = [...users.slice(60), 'u64', 'u65'];
    assert.deepEqual(
      await client.do('SubscribeTopic', { channel, topic: 'many', users: rest }),
      { succeeded: users.slice(60), failed: ['u64', 'u65'] });
    assertRefused(await client.call('SubscribeTopic', { channel, topic: 'many', users: ['u64'] }), 11003, /64/);
    const followed = await client.do('GetSubscribedUsers', { channel, topic: 'many' });
    assert.deepEqual(followed.users.sort(), users.sort());
  });

  test('11014 for the 9th topic that a client publishes in', async () => {
    for (let i = 2; i <= 8; i++) await client.do('JoinTopic', { channel, topic: `p${i}` });
    assertRefused(await client.call('JoinTopic', { channel, topic: 'p9' }), 11014, /8/);
    await client.do('LeaveTopic', { channel, topic: 'p8' });
    await client.do('JoinTopic', { channel, topic: 'p9' });
  });

  test('11014 for the 51st topic that a client subscribes to', async () => {
    await client.do('JoinChannel', { channel: 'fifty' });
    const subscribe = (i) => client.call('SubscribeTopic', { channel: 'fifty', topic: `s${i}`, users: ['bob'] });
    for (let i = 1; i <= 50; i++) assert.equal((await subscribe(i)).code, 0);
    assertRefused(await subscribe(51), 11014, /50/);
    assert.equal((await subscribe(50)).code, 0, 'One that is subscribed to already is no other.');
    await client.do('UnsubscribeTopic', { channel: 'fifty', topic: 's1' });
    assert.equal((await subscribe(51)).code, 0);
  });

  test('11005 for the 51st message channel', async (t) => {
    const listener = await Client.connect(t, server, 'listener');
    for (let i = 1; i <= 50; i++) await listener.do('Subscribe', { channel: `m${i}` });
    assertRefused(await listener.call('Subscribe', { channel: 'm51' }), 11005, /50/);
    await listener.do('Subscribe', { channel: 'm50' });
    await listener.do('Unsubscribe', { channel: 'm1' });
    await listener.do('Subscribe', { channel: 'm51' });
  });

  test('11005 for the 101st channel', async (t) => {
    const joiner = await Client.connect(t, server, 'joiner');
    for (let i = 1; i <= 100; i++) await joiner.do('JoinChannel', { channel: `c${i}` });
    assertRefused(await joiner.call('JoinChannel', { channel: 'c101' }), 11005, /100/);
    await joiner.do('LeaveChannel', { channel: 'c1' });
    await joiner.do('JoinChannel', { channel: 'c101' });
  });
});

describe('a request is accepted', () => {
  test('at the ends of what is allowed', async () => {
    const name = 'é'.repeat(32);
    const all = { channel: 'x'.repeat(64), topic: name };
    await client.do('JoinChannel', { channel: all.channel });
    await client.do('JoinTopic', { ...all, meta: 'é'.repeat(128), qos: 'unordered', priority: 'low' });
    await client.do('SubscribeTopic', { ...all, users: Array.from({ length: 256 }, (_, i) => `${i}`) });
    await client.do('SubscribeTopic', { ...all, topic: 'without publishers', users: [] });
    await client.do('PublishTopic', {
      ...all, messageType: 'string', payload: 'x'.repeat(1024), customType: 'x'.repeat(32), sendTs: -1,
    });
    await client.do('PublishTopic', { ...all, messageType: 'binary', payload: '' });
    await client.do('Publish', {
      channel: user, channelType: 'user', messageType: 'binary', payload: Buffer.alloc(32 * 1024).toString('base64'),
    });
    assert.equal((await client.messages.next()).payload.length, Math.ceil(32 * 1024 / 3) * 4);
  });

  test('with null for what may be left out, and with fields that nobody knows', async () => {
    const all = { channel: 'nulls', topic: 't', unknown: { deeply: ['nested'] }, '': 1 };
    await client.do('JoinChannel', { ...all, token: null, withPresence: null, withMetadata: null, withLock: null });
    await client.do('JoinTopic', { ...all, qos: null, priority: null, meta: null, syncMedia: null });
    await client.do('PublishTopic', { ...all, messageType: 'string', payload: '', customType: null, sendTs: null });
    await client.do('SubscribeTopic', { ...all, users: null });
    await client.do('UnsubscribeTopic', { ...all, users: null });
    await client.do('RenewToken', { token: await server.token(user, 2000), channel: null });
    await client.do('Subscribe', {
      ...all, withMessage: null, withPresence: null, withMetadata: null, withLock: null, since: null,
    });
    await client.do('Publish', {
      ...all, channelType: 'message', messageType: 'string', payload: '', customType: null, idempotencyKey: null,
    });
    assert.equal((await client.messages.next()).payload, '');
    await client.do('Unsubscribe', all);
    await client.do('WhoNow', { channel, channelType: 'stream', withUserId: null, withState: null, page: null });
    await client.do('RemoveState', { channel, channelType: 'stream', keys: null });
    await client.do('GetServerTime', null);
  });
});

test('after all that the same connection works, and still has what it had', async (t) => {
  assert.equal(client.connectionEvents.count, 0);
  const subscriber = await Client.connect(t, server, 'subscriber');
  await subscriber.follow(channel, topic, [user]);
  await client.do('PublishTopic', { channel, topic, messageType: 'string', payload: 'still here' });
  assert.equal((await subscriber.messages.next()).payload, 'still here');
  await client.do('Logout');
});
