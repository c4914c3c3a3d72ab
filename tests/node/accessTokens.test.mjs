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
  });
});
