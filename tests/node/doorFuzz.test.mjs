import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import WebSocket from 'ws';
import { ImClient } from './support/imClient.mjs';
import { PackageType, RoomClient, encode } from './support/roomClient.mjs';
import { Server } from './support/server.mjs';
import { within } from './support/within.mjs';

const frames = process.env.IMORLEANS_FULL_RUNS === '1' ? 200_000 : 4_000;
const framesOfOne = 40;
const seed = 20261121;

let server;
before(async () => { server = await Server.start({ settings: { 'RateLimits:MessagesPerSecond': 0 } }); });
after(() => server?.dispose());

/** Numbers below `end`, the same for each seed (mulberry32). */
function numbers(state) {
  return (end) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 2 ** 32) * end);
  };
}

/** Random bytes, or a genuine frame that was cut, flipped, stretched or joined to another. */
function damage(next, genuine) {
  const random = () => Buffer.from(Array.from({ length: next(64) }, () => next(256)));
  const bytes = Buffer.from(genuine[next(genuine.length)]);
  switch (next(6)) {
    case 0: return random();
    case 1: return bytes.subarray(0, next(bytes.length + 1));
    case 2: return Buffer.concat([bytes, random()]);
    case 3: return Buffer.concat([bytes, genuine[next(genuine.length)]]);
    case 4: return Buffer.concat([bytes.subarray(0, 2), Buffer.from([0xff, 0xff, 0xff, 0xff, 0x0f]), bytes.subarray(2)]);
    default:
      for (let flips = 1 + next(4); flips > 0; flips--)
        if (bytes.length > 0) bytes[next(bytes.length)] ^= 1 << next(8);
      return bytes;
  }
}

/** Sends damaged frames over one connection after the other, and looks after others in between. */
async function attack(path, genuine, isServed) {
  const next = numbers(seed);
  const codes = new Map();
  for (let sent = 0; sent < frames; sent += framesOfOne) {
    const socket = new WebSocket(server.url(path, 'ws'));
    socket.on('error', () => {});
    const closed = new Promise((resolve) => socket.on('close', resolve));
    await within(new Promise((resolve) => socket.once('open', resolve)), `A connection to ${path}`);
    for (const frame of genuine.signIn ?? []) socket.send(frame);
    for (let i = 0; i < framesOfOne; i++) {
      const frame = damage(next, genuine.frames);
      // Text that is no UTF-8 breaks the rules of WebSockets themselves.
      if (next(8) > 0 === genuine.isBinary) socket.send(frame);
      else socket.send(frame.toString());
    }
    socket.close(1000);
    const code = await within(closed, `The end of a connection to ${path}, seed ${seed}, frame ${sent}`);
    codes.set(code, (codes.get(code) ?? 0) + 1);
    if (sent % (framesOfOne * 10) === 0) await isServed();
  }

  assert.deepEqual([...codes.keys()], [1000], 'None of it ends a connection.');
  assert.doesNotMatch(server.output, /\b(fail|crit): /, 'The server logged a defect.');
}

test('damaged frames at /room touch nobody else', async (t) => {
  const bystander = await RoomClient.enter(t, server, 'ann', 'quiet');
  const req = (type, name, fields) => Buffer.from(encode('Req', { type, ...(name && { data: encode(name, fields) }) }));
  const signIn = req(PackageType.SIGN_IN, 'SignIn', { token: await server.token('fuzz'), roomID: 'noise' });
  const message = (data) => req(PackageType.MESSAGE, 'BroadcastRoomReq', { roomID: 'noise', msgLv: 1, data: Buffer.from(data) });
  const genuine = [signIn, message('x'), message('y'.repeat(300)), req(PackageType.HEARTBEAT), req(PackageType.MEMBERS)];
  await attack('/room', { frames: genuine, signIn: [signIn], isBinary: true }, async () => {
    assert.equal(await bystander.ask(PackageType.HEARTBEAT), 'pong');
  });
  assert.equal(bystander.packs.count, 0);
});

test('damaged frames at /im touch nobody else', async (t) => {
  const bystander = await ImClient.login(t, server, 'ann');
  const text = (value) => Buffer.from(JSON.stringify(value));
  const genuine = [
    text({ seq: '1', cmd: 'login', data: { userId: 'fuzz', appId: 5 } }), text({ seq: '2', cmd: 'heartbeat', data: {} }),
    text({ seq: '3', cmd: 'ping' }), text({ seq: '4', cmd: 'dance', data: [[[{ a: 1e9 }]], 'ü😀'] }),
  ];
  await attack('/im', { frames: genuine, isBinary: false }, async () => {
    assert.equal((await bystander.ask('heartbeat')).code, 200);
  });
});
