import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Client, transports } from './support/client.mjs';
import { RawSocket } from './support/rawSocket.mjs';
import { assertRefused } from './support/refusals.mjs';
import { Server } from './support/server.mjs';
import { within } from './support/within.mjs';

const separator = '\x1e';
const frameBytesMax = 256 * 1024;

let server;
let bystander;
before(async () => {
  server = await Server.start();
  bystander = new Client(server, await server.token('bystander'));
  await bystander.hub.start();
  await bystander.connectionEvents.next();
});
after(async () => {
  await bystander?.hub.stop();
  await server?.dispose();
});

/** The one connection is gone, and nothing else has changed. */
async function assertOnlyThisIsClosed(socket) {
  await within(socket.closed, 'The end of the connection');
  assert.equal(await bystander.code('GetServerTime', {}), 0);
  const message = { channel: 'bystander', channelType: 'user', messageType: 'string', payload: 'still here' };
  await bystander.do('Publish', message);
  assert.equal((await bystander.messages.next()).payload, 'still here');
  assert.equal(bystander.connectionEvents.count, 0);
}

/** A PublishTopic whose frame has so many bytes, the terminating one included. */
function frameOf(bytes) {
  const request = { channel: 'c', topic: 't', messageType: 'string', payload: '' };
  const frame = () => JSON.stringify({ type: 1, invocationId: 'long', target: 'PublishTopic', arguments: [request] });
  request.payload = 'x'.repeat(bytes - Buffer.byteLength(frame()) - 1);
  return frame() + separator;
}

describe('a frame', () => {
  test('of 256 KiB is answered: its payload is too long', async (t) => {
    const socket = await RawSocket.connect(t, server, 'long');
    socket.socket.send(frameOf(frameBytesMax));
    const { result } = await socket.frames.nextThat((frame) => frame.type === 3);
    assertRefused(result, 11010, /'payload'/);
    assert.equal((await socket.invoke('GetServerTime')).result.code, 0);
  });

  test('of one byte more closes its connection, which is told why before', async (t) => {
    const socket = await RawSocket.connect(t, server, 'long');
    socket.socket.send(frameOf(frameBytesMax + 1));
    const { target, arguments: [[event]] } = await socket.frames.next();
    assert.equal(target, 'OnConnectionEvents');
    assert.deepEqual([event.state, event.reason, event.closeCode], [5, 10, 3501]);
    assert.match(event.message, /262144/);
    const close = await socket.frames.next();
    assert.equal(close.type, 7);
    assert.notEqual(close.allowReconnect, true);
    await assertOnlyThisIsClosed(socket);
  });

  for (const [name, options] of Object.entries(transports))
    test(`that is far too long closes its connection over ${name}, and the client does not come back`, async (t) => {
      const client = await Client.connect(t, server, 'far too long', { ...options, comesBack: true });
      const payload = 'x'.repeat(2 * frameBytesMax);
      const call = client.call('PublishTopic', { channel: 'c', topic: 't', messageType: 'string', payload });
      await assert.rejects(call);
      await client.closed;
      assert.equal((await client.connectionEvents.next()).closeCode, 3501);
      await assertOnlyThisIsClosed(client);
    });
});

describe('a socket is closed, and no other connection with it, that', () => {
  const openings = {
    'opens with something that is not JSON': `hello${separator}`,
    'opens with JSON that is no handshake': `[1,2,3]${separator}`,
    'opens with a call': `{"type":1,"invocationId":"1","target":"GetServerTime","arguments":[]}${separator}`,
    'opens with a protocol that is not served': `{"protocol":"smoke","version":1}${separator}`,
    'opens with a version of the protocol that is not served': `{"protocol":"json","version":99}${separator}`,
    'opens with bytes': Buffer.from([0, 1, 2, 0xff, 0x1e]),
    'opens without an end': 'x'.repeat(2 * frameBytesMax),
  };
  for (const [what, opening] of Object.entries(openings))
    test(what, async (t) => {
      const socket = await RawSocket.open(t, server, { token: await server.token('abuser') });
      socket.socket.send(opening);
      await assertOnlyThisIsClosed(socket);
    });

  const frames = {
    'sends something that is not JSON': [`hello${separator}`],
    'sends a frame of no type': [`{}${separator}`],
    'sends JSON that is no frame': [`[]${separator}`],
    'sends bytes': [Buffer.from([0xde, 0xad, 0xbe, 0xef, 0x1e])],
    'sends bytes without an end, many of them': [Buffer.alloc(2 * frameBytesMax, 0xee)],
    'sends half a frame and then a whole one': [
      '{"type":1,"invocationId":"1","target":"GetSer',
      `{"type":1,"invocationId":"2","target":"GetServerTime","arguments":[]}${separator}`,
    ],
    'sends a call whose arguments are no list': [
      `{"type":1,"invocationId":"1","target":"JoinChannel","arguments":{"channel":"c"}}${separator}`,
    ],
    'sends a call whose method is no text': [`{"type":1,"invocationId":"1","target":5,"arguments":[]}${separator}`],
    'sends a call whose method has no name': [`{"type":1,"invocationId":"1","target":"","arguments":[]}${separator}`],
    'sends JSON that is nested too deeply': [
      `{"type":1,"invocationId":"1","target":"JoinChannel","arguments":${'['.repeat(1e4)}${']'.repeat(1e4)}}${separator}`,
    ],
  };
  for (const [what, parts] of Object.entries(frames))
    test(what, async (t) => {
      const socket = await RawSocket.connect(t, server, 'abuser');
      for (const part of parts) socket.socket.send(part);
      await assertOnlyThisIsClosed(socket);
    });

  test('sends half a frame and ends', async (t) => {
    const socket = await RawSocket.connect(t, server, 'abuser');
    socket.socket.send('{"type":1,"invocationId":"1","target":"GetSer', () => socket.socket.terminate());
    await assertOnlyThisIsClosed(socket);
  });

  test('breaks the WebSocket protocol', async (t) => {
    const socket = await RawSocket.connect(t, server, 'abuser');
    socket.socket._socket.write(Buffer.alloc(64, 0xff));
    await assertOnlyThisIsClosed(socket);
  });
});

describe('a connection stays usable after', () => {
  test('a frame that comes in pieces', async (t) => {
    const socket = await RawSocket.connect(t, server, 'pieces');
    const frame = `{"type":1,"invocationId":"1","target":"GetServerTime","arguments":[]}${separator}`;
    for (const letter of frame) socket.socket.send(letter);
    assert.equal((await socket.frames.next()).result.code, 0);
  });

  test('several frames that come in one', async (t) => {
    const socket = await RawSocket.connect(t, server, 'several');
    const frame = (id) => `{"type":1,"invocationId":"${id}","target":"GetServerTime","arguments":[]}${separator}`;
    socket.socket.send(frame('a') + frame('b'));
    const ids = [(await socket.frames.next()).invocationId, (await socket.frames.next()).invocationId];
    assert.deepEqual(ids.sort(), ['a', 'b']);
  });

  test('a call of a method that does not exist, which fails', async (t) => {
    const client = await Client.connect(t, server, 'unknown');
    for (const method of ['Missing', 'OnConnectedAsync', 'RefuseFrame', 'Dispose', 'ToString'])
      await assert.rejects(client.call(method, {}), new RegExp(`Unknown hub method '${method}'`));
    assert.equal(await client.code('GetServerTime', {}), 0);
  });

  test('a method that needs nothing is called with nothing', async (t) => {
    const client = await Client.connect(t, server, 'nothing');
    assert.equal((await client.call('GetServerTime')).code, 0);
    assert.equal((await client.call('GetServerTime', null)).code, 0);
    assertRefused(await client.call('JoinChannel'), 10014, /'channel'/);
  });

  test('a method is called with two arguments', async (t) => {
    const client = await Client.connect(t, server, 'two');
    assertRefused(await client.call('JoinChannel', { channel: 'c' }, { channel: 'd' }), 10014, /one JSON object/);
    assertRefused(await client.call('GetServerTime', {}, {}), 10014, /one JSON object/);
    assert.equal(await client.code('JoinChannel', { channel: 'c' }), 0);
  });

  test('a method is called as a stream, which it is not', async (t) => {
    const socket = await RawSocket.connect(t, server, 'stream');
    socket.send({ type: 4, invocationId: 's', target: 'GetServerTime', arguments: [{}] });
    assert.match((await socket.frames.next()).error, /streaming/);
    assert.equal((await socket.invoke('GetServerTime')).result.code, 0);
  });
});
