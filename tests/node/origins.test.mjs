import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { Client, transports } from './support/client.mjs';
import { RawSocket } from './support/rawSocket.mjs';
import { assertRefused } from './support/refusals.mjs';
import { Server } from './support/server.mjs';
import { inSeconds, sign } from './support/webToken.mjs';

const secret = randomBytes(16).toString('hex');
const app = { 'App:Key': randomBytes(16).toString('hex'), 'App:Secret': secret };
const token = () => sign({ sub: 'page', exp: inSeconds(60) }, secret);
const from = (origin) => ({ Origin: origin });

describe('outside of Development', () => {
  let server;
  before(async () => {
    const settings = { ...app, 'Gateway:AllowedOrigins:0': 'https://chat.example.com' };
    server = await Server.start({ environment: 'Production', settings });
  });
  after(() => server?.dispose());

  const negotiate = (origin, method = 'POST', headers = {}) => fetch(server.url('/rtm/negotiate?negotiateVersion=1'), {
    method, headers: { Authorization: `Bearer ${token()}`, ...from(origin), ...headers },
  });

  const foreign = [
    'https://evil.example.com', 'https://chat.example.com.evil.example', 'http://chat.example.com', 'null',
  ];
  for (const origin of foreign)
    test(`a page of ${origin} is refused with 403, when negotiating and when opening a socket`, async (t) => {
      const response = await negotiate(origin);
      assert.equal(response.status, 403);
      assert.equal(response.headers.get('access-control-allow-origin'), null);
      assertRefused(await response.json(), 10012, /origin/);

      const opening = RawSocket.open(t, server, { token: token(), headers: from(origin) });
      const refusal = await opening.catch((failure) => failure);
      assert.equal(refusal.status, 403);
      assertRefused(JSON.parse(refusal.body), 10012, /origin/);
    });

  test('a page of an origin that is listed is allowed, and its browser is told so', async () => {
    const asked = await negotiate('https://chat.example.com', 'OPTIONS', {
      'Access-Control-Request-Method': 'POST', 'Access-Control-Request-Headers': 'authorization,x-signalr-user-agent',
    });
    assert.equal(asked.status, 204);
    assert.equal(asked.headers.get('access-control-allow-headers'), 'authorization,x-signalr-user-agent');
    for (const response of [asked, await negotiate('https://chat.example.com')]) {
      assert.equal(response.headers.get('access-control-allow-origin'), 'https://chat.example.com');
      assert.equal(response.headers.get('access-control-allow-credentials'), 'true');
    }
  });

  for (const [name, options] of Object.entries(transports))
    test(`a page of an origin that is listed connects over ${name}`, async (t) => {
      const headers = from('https://chat.example.com');
      const client = await Client.connect(t, server, 'page', { token: token(), headers, ...options });
      assert.equal(await client.code('GetServerTime', {}), 0);
    });

  test("a page of the server's own origin is allowed", async (t) => {
    assert.equal((await negotiate(server.address)).status, 200);
    await RawSocket.open(t, server, { token: token(), headers: from(server.address) });
  });

  test('a client that is no page is allowed', async (t) => {
    await Client.connect(t, server, 'page', { token: token() });
  });

  test('nobody is given a token', async () => {
    const response = await fetch(server.url('/tk'), { method: 'POST', body: new URLSearchParams({ uid: 'x' }) });
    assert.equal(response.status, 404);
  });
});

test('in Development every page is allowed', async (t) => {
  const server = await Server.start({ settings: app });
  t.after(() => server.dispose());
  const headers = from('https://anything.example.com');
  await Client.connect(t, server, 'page', { token: token(), headers });
  await RawSocket.open(t, server, { token: token(), headers });
});
