import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RawSocket } from './support/rawSocket.mjs';
import { Server } from './support/server.mjs';

test('a client that pings and then falls silent is told 3012 and may come back, one that never pings stays', async (t) => {
  const server = await Server.start({ settings: { 'Sessions:SilenceMax': '00:00:01' } });
  t.after(() => server.dispose());
  const mute = await RawSocket.connect(t, server, 'mute');
  const silent = await RawSocket.connect(t, server, 'silent');
  silent.send({ type: 6 });

  const told = await silent.frames.nextThat((frame) => frame.target === 'OnConnectionEvents');
  const { state, reason, closeCode } = told.arguments[0][0];
  assert.deepEqual({ state, reason, closeCode }, { state: 1, reason: 2, closeCode: 3012 });
  const close = await silent.frames.nextThat((frame) => frame.type === 7);
  assert.equal(close.allowReconnect, true);
  await silent.closed;

  assert.equal((await mute.invoke('GetServerTime')).result.code, 0);
});
