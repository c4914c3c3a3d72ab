import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { Client } from './support/client.mjs';
import { Server, ServerEnded } from './support/server.mjs';

/** A server with these options does not start: it says why, and ends with 1. */
async function assertRefusesToStart(options, why) {
  await assert.rejects(Server.start(options), (failure) => {
    assert.ok(failure instanceof ServerEnded, `${failure}`);
    assert.equal(failure.exitCode, 1);
    assert.match(failure.output, why);
    assert.doesNotMatch(failure.output, /Unhandled exception/);
    return true;
  });
}

test('a second server on the same data folder does not start, and the first goes on', async (t) => {
  const first = await Server.start();
  t.after(() => first.dispose());
  const client = await Client.connect(t, first, 'undisturbed');

  await assertRefusesToStart({ dataDirectory: first.dataDirectory }, new RegExp(`${first.dataDirectory}.* in use`));

  assert.equal(await client.code('GetServerTime', {}), 0);
});

test('a data folder is free again once its server has ended, however it ended', async (t) => {
  const owner = await Server.start();
  t.after(() => owner.dispose());
  const token = await owner.token('returning');
  await owner.stop();
  const killed = await Server.start({ dataDirectory: owner.dataDirectory });
  await killed.dispose();
  const next = await Server.start({ dataDirectory: owner.dataDirectory });
  t.after(() => next.dispose());
  await Client.connect(t, next, 'returning', { token });
});

test('what a server keeps is readable for its user alone, whatever the umask lets through', async (t) => {
  const dataDirectory = await mkdtemp(join(tmpdir(), 'imorleans-'));
  const umask = process.umask(0);
  const starting = Server.start({ dataDirectory }); // Its process has this umask: it begins before anything is awaited.
  process.umask(umask);
  const server = await starting;
  t.after(async () => {
    await server.dispose();
    await rm(dataDirectory, { recursive: true, force: true });
  });
  const client = await Client.connect(t, server, 'keeper');
  const item = { channel: 'kept', channelType: 'message', items: [{ key: 'k', value: 'v' }] };
  assert.equal((await client.call('SetChannelMetadata', item)).code, 0);

  const files = (await readdir(server.dataDirectory)).filter((name) => /\.(db|db-wal|db-shm|json)$/.test(name));
  assert.ok(files.includes('app.json') && files.some((name) => name.endsWith('.db-wal')), `${files}`);
  for (const name of files)
    assert.equal((await stat(join(server.dataDirectory, name))).mode & 0o777, 0o600, name);
});

test('outside of Development a server does not start without its key and secret, and says what to set', () =>
  assertRefusesToStart({ environment: 'Production' }, /App:Key and App:Secret are not set/));

test('a setting that is misspelled is told with the nearest name, and the server starts', async (t) => {
  const server = await Server.start({ settings: { 'Sessions:SilenceMx': '00:00:05', 'Room:MembersMax': 10 } });
  t.after(() => server.dispose());
  assert.match(server.output, /Sessions:SilenceMx has no effect.* nearest is Sessions:SilenceMax/);
  assert.match(server.output, /Room:MembersMax has no effect.* nearest is Rooms:MembersMax/);
  assert.equal(server.output.match(/has no effect/g).length, 2, server.output);
});

const wrong = {
  'Outbox:BytesMax': [1, /BytesMax/],
  'RateLimits:CallsPerSecond': [-1, /CallsPerSecond/],
  'Auth:Algorithms:0': ['none', /Auth:Algorithms:0/],
  'Gateway:AllowedOrigins:0': ['https://chat.example.com/path', /Gateway:AllowedOrigins:0/],
  'App:Secret': ['too short', /App:Secret/],
  'History:RetentionDays': [2, /History:RetentionDays must be 1, 7, 30, 90 or 365 days, or 0/],
};
for (const [setting, [value, why]] of Object.entries(wrong))
  test(`a server does not start with ${setting} ${value}, and says so`, () =>
    assertRefusesToStart({ settings: { [setting]: value } }, why));
