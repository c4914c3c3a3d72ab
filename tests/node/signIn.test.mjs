import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Client } from './support/client.mjs';
import { RawSocket, UpgradeRefused } from './support/rawSocket.mjs';
import { assertRefused } from './support/refusals.mjs';
import { Server } from './support/server.mjs';
import { inSeconds, sign, unsigned } from './support/webToken.mjs';

let server;
let secret;
before(async () => {
  server = await Server.start();
  secret = await server.secret();
});
after(() => server?.dispose());

const good = () => ({ sub: 'signer', exp: inSeconds(60) });

/** What is wrong with a token: the token, its code, and what the message says. */
const badTokens = {
  'that is missing': [() => undefined, 10005, /no token/],
  'that is empty': [() => '', 10005],
  'that is no JSON Web Token': [() => 'garbage', 10005],
  'that has expired': [() => sign({ ...good(), exp: inSeconds(-1) }, secret), 10009, /expired/],
  'that another secret signed': [() => sign(good(), '0'.repeat(32)), 10005, /signature/],
  'whose claims were changed after it was signed': [() => forged(), 10005, /signature/],
  'without a signature, which says that it needs none': [() => unsigned(good()), 10005, /alg/],
  'with a signature, which says that it needs none': [() => sign(good(), secret, 'none'), 10005, /alg/],
  'with an algorithm that is not accepted': [() => sign(good(), secret, 'HS512'), 10005, /alg/],
  'that passes the secret off as a public key': [() => sign(good(), secret, 'RS256'), 10005, /alg/],
  'without an end': [() => sign({ sub: 'signer' }, secret), 10005, /exp/],
  'that lives for longer than a day': [() => sign({ ...good(), exp: inSeconds(25 * 3600) }, secret), 10005, /exp/],
  'that names no user': [() => sign({ exp: inSeconds(60) }, secret), 10005, /sub/],
  'whose user id is not allowed': [() => sign({ ...good(), sub: 'no/slash' }, secret), 10006],
  'that is for one channel': [() => sign({ ...good(), chan: 'c' }, secret), 10005, /chan/],
};

function forged() {
  const [header, , signature] = sign(good(), secret).split('.');
  const [, claims] = sign({ ...good(), sub: 'somebody else' }, secret).split('.');
  return `${header}.${claims}.${signature}`;
}

/** Asks to negotiate, with the token where a client puts it. */
function negotiate({ token, header, query = {} }) {
  const address = new URL(server.url('/rtm/negotiate?negotiateVersion=1'));
  for (const [name, value] of Object.entries(token === undefined ? query : { access_token: token, ...query }))
    address.searchParams.set(name, value);
  const headers = header === undefined ? {} : { Authorization: `Bearer ${header}` };
  return fetch(address, { method: 'POST', headers });
}

/** Opens a WebSocket that must be refused; gives the refusal. */
async function refusedUpgrade(t, options) {
  const refusal = await RawSocket.open(t, server, options).catch((failure) => failure);
  assert.ok(refusal instanceof UpgradeRefused, `${refusal}`);
  return refusal;
}

describe('a token', () => {
  for (const [what, [make, code, message]] of Object.entries(badTokens))
    test(`${what} is refused with ${code}, when negotiating and when opening a socket`, async (t) => {
      for (const place of ['token', 'header']) {
        const response = await negotiate({ [place]: make() });
        assert.equal(response.status, 401);
        assert.match(response.headers.get('content-type'), /^application\/json/);
        assert.match(response.headers.get('www-authenticate'), /^Bearer/);
        assertRefused(await response.json(), code, message);
      }

      const refusal = await refusedUpgrade(t, { token: make() });
      assert.equal(refusal.status, 401);
      assert.match(refusal.headers['content-type'], /^application\/json/);
      assertRefused(JSON.parse(refusal.body), code, message);
    });

  test('that the app signed itself is accepted, in the header and in the query', async (t) => {
    assert.equal((await negotiate({ header: sign(good(), secret) })).status, 200);
    assert.equal((await negotiate({ token: sign(good(), secret) })).status, 200);
    const headers = { Authorization: `Bearer ${sign(good(), secret)}` };
    for (const options of [{ headers }, { token: sign(good(), secret) }]) {
      const socket = await RawSocket.open(t, server, options);
      socket.send({ protocol: 'json', version: 1 });
      assert.deepEqual(await socket.frames.next(), {});
    }
  });

  test('in the header is the one that counts when there is one in the query as well', async () => {
    assert.equal((await negotiate({ header: sign(good(), secret), token: 'garbage' })).status, 200);
    assert.equal((await negotiate({ header: 'garbage', token: sign(good(), secret) })).status, 401);
  });

  test('is asked for anew by the client at each connection', async (t) => {
    let asked = 0;
    const token = sign(good(), secret);
    const client = new Client(server, undefined, { accessTokenFactory: () => { asked++; return token; } });
    t.after(() => client.hub.stop());
    await client.hub.start();
    assert.equal((await client.connectionEvents.next()).reason, 10001);
    assert.ok(asked > 0);
  });
});

describe('the query of a connection', () => {
  const bad = {
    'a device without a name': { device: '' },
    'a device whose name is too long': { device: 'd'.repeat(65) },
    'a device whose name is not printable': { device: 'a\u0007b' },
    'a presence time-out below five seconds': { presenceTimeout: '4' },
    'a presence time-out above five minutes': { presenceTimeout: '301' },
    'a presence time-out that is no whole number': { presenceTimeout: '10.5' },
    'a presence time-out that is no number': { presenceTimeout: 'soon' },
    'a presence time-out that is empty': { presenceTimeout: '' },
    'a count of events that is no whole number': { session: '', received: '-1' },
    'a session key that is too long': { session: 'A'.repeat(513) },
  };
  for (const [what, query] of Object.entries(bad))
    test(`is refused with 400 for ${what}`, async (t) => {
      const token = await server.token('query');
      const response = await negotiate({ token, query });
      assert.equal(response.status, 400);
      const named = new RegExp(`'${Object.keys(query)[0]}'`);
      assertRefused(await response.json(), 10014, named);

      const refusal = await refusedUpgrade(t, { token, query });
      assert.equal(refusal.status, 400);
      assertRefused(JSON.parse(refusal.body), 10014, named);
    });

  test('is accepted at the ends of what is allowed', async (t) => {
    for (const [device, presenceTimeout] of [['d'.repeat(64), '5'], ['Büro 1', '300']])
      await RawSocket.connect(t, server, 'query', { query: { device, presenceTimeout } });
  });
});
