import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import agora from 'agora-token';
import { Client } from './support/client.mjs';
import { Server } from './support/server.mjs';

const appId = '00112233445566778899aabbccddeeff';
const secret = '0123456789abcdef0123456789abcdef';

let server;
before(async () => {
  server = await Server.start({ settings: { 'App:Key': appId, 'App:Secret': secret } });
});
after(() => server?.dispose());

/** A login token as the vendor's own package makes it. */
const login = (user, { seconds = 600, app = appId } = {}) =>
  agora.RtmTokenBuilder.buildToken(app, secret, user, seconds);

/** A token for one stream channel, likewise. */
const channelToken = (user, channel) => agora.RtcTokenBuilder.buildTokenWithUserAccount(
  appId, secret, channel, user, agora.RtcRole.PUBLISHER, 600, 600);

const { kMessageChannels, kStreamChannels, kUsers, kRead, kWrite } = agora.Rtm2Permissions;

/** A login token that lists what may be read and written: [resource, permission, names]. */
const restricted = (user, ...lists) => {
  const permissions = new agora.Rtm2Permissions();
  lists.forEach((list) => permissions.add(...list));
  return agora.RtmTokenBuilder.buildTokenWithPermissions(appId, secret, user, permissions, 600);
};

const negotiate = (token) => fetch(
  server.url(`/rtm/negotiate?negotiateVersion=1&access_token=${encodeURIComponent(token)}`), { method: 'POST' });

describe("an access token of the vendor's own package", () => {
  test('signs in, is renewed, and opens a stream channel', async (t) => {
    const client = await Client.connect(t, server, 'walker', { token: login('walker') });
    assert.equal((await client.call('RenewToken', { token: login('walker', { seconds: 900 }) })).code, 0);
    const token = channelToken('walker', 'hall');
    assert.equal((await client.call('JoinChannel', { channel: 'attic', token })).code, 10005);
    assert.equal((await client.call('JoinChannel', { channel: 'hall', token })).code, 0);
    assert.equal((await client.call('RenewToken', { channel: 'hall', token })).code, 10017);
    const other = channelToken('somebody else', 'hall');
    assert.equal((await client.call('RenewToken', { channel: 'hall', token: other })).code, 10005);
  });

  test('is refused with its code', async () => {
    const codes = {
      10005: login('walker').replace(/.{8}$/, 'AAAAAA=='),
      10006: login('no/slash'),
      10015: agora.ChatTokenBuilder.buildUserToken(appId, secret, 'walker', 600),
      10016: login('walker', { app: 'f'.repeat(32) }),
    };
    for (const [code, token] of Object.entries(codes)) {
      const refusal = await negotiate(token);
      assert.equal(refusal.status, 401);
      assert.equal((await refusal.json()).code, Number(code));
    }
    assert.equal((await (await negotiate(channelToken('walker', 'hall'))).json()).code, 10005);
    assert.equal((await negotiate(login('walker'))).status, 200);
    const unknown = await negotiate(restricted('walker', [7, kRead, ['lobby']]));
    assert.equal(unknown.status, 401);
    assert.equal((await unknown.json()).code, 10005);
  });

  test('that lists what may be read and written opens that and nothing else, until another replaces it', async (t) => {
    const token = restricted(
      'reader', [kMessageChannels, kRead, ['lobby', 'news-*']], [kMessageChannels, kWrite, ['lobby']],
      [kStreamChannels, kRead, ['hall']], [kUsers, kWrite, ['reader']]);
    const client = await Client.connect(t, server, 'reader', { token });
    const codes = async (...calls) => {
      const replies = await Promise.all(calls.map(([method, request]) => client.call(method, request)));
      return replies.map((reply) => reply.code);
    };
    const say = (channel, channelType = 'message') =>
      ['Publish', { channel, channelType, messageType: 'string', payload: 'hi' }];

    assert.deepEqual(await codes(['Subscribe', { channel: 'lobby' }], ['Subscribe', { channel: 'news-1' }]), [0, 0]);
    assert.deepEqual(await codes(say('lobby'), say('reader', 'user'), ['JoinChannel', { channel: 'hall' }]), [0, 0, 0]);
    const messages = [(await client.messages.next()).channel, (await client.messages.next()).channel];
    assert.deepEqual(messages.sort(), ['lobby', 'reader']);

    assert.deepEqual(
      await codes(
        ['Subscribe', { channel: 'Lobby' }], ['Subscribe', { channel: 'attic' }], say('news-1'), say('bob', 'user'),
        ['JoinChannel', { channel: 'attic' }], ['JoinTopic', { channel: 'hall', topic: 'talk' }],
        ['PublishTopic', { channel: 'hall', topic: 'talk', messageType: 'string', payload: 'hi' }],
        ['GetUserMetadata', { userId: 'reader' }], ['WhereNow', { userId: 'reader' }],
        ['SetLock', { channel: 'news-1', channelType: 'message', name: 'door' }]),
      Array(10).fill(10015));
    const history = { channel: 'attic', channelType: 'message' };
    const refusal = await client.call('GetChannelMessages', history);
    assert.deepEqual([refusal.code, refusal.retryable], [15004, false]);

    // A token for the channel does not help; another login token does, from its answer on.
    const attic = { channel: 'attic', token: channelToken('reader', 'attic') };
    assert.equal((await client.call('JoinChannel', attic)).code, 10015);
    assert.equal((await client.call('RenewToken', { token: login('reader') })).code, 0);
    assert.deepEqual(
      await codes(['JoinChannel', attic], say('news-1'), ['JoinTopic', { channel: 'hall', topic: 'talk' }],
        ['GetChannelMessages', history]),
      [0, 0, 0, 0]);
    assert.equal((await client.messages.next()).channel, 'news-1');

    // What it has it keeps; to leave needs no permission.
    const other = restricted('reader', [kMessageChannels, kWrite, ['other']]);
    assert.equal((await client.call('RenewToken', { token: other })).code, 0);
    const speaker = await Client.connect(t, server, 'speaker', { token: login('speaker') });
    const said = { channel: 'news-1', channelType: 'message', messageType: 'string', payload: 'still heard' };
    assert.equal((await speaker.call('Publish', said)).code, 0);
    assert.equal((await client.messages.next()).payload, 'still heard');
    assert.deepEqual(await codes(['Unsubscribe', { channel: 'news-1' }], say('lobby')), [0, 10015]);
    assert.deepEqual(await codes(['Subscribe', { channel: 'news-1' }]), [10015]);
  });
});
