import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { after, before, test } from 'node:test';
import { Client } from './support/client.mjs';
import { Cuttable } from './support/cuttable.mjs';
import { EventQueue } from './support/eventQueue.mjs';
import { Server } from './support/server.mjs';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

// The examples as the documents have them, with the packages of this suite and the address of the test's server.
let folder;
let server;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'imorleans-docs-'));
  await symlink(here('node_modules'), join(folder, 'node_modules'), 'dir');
  server = await Server.start();
});
after(async () => {
  await server?.dispose();
  await rm(folder, { recursive: true, force: true });
});

/** Runs the whole program in JavaScript that a document has; what it prints, line by line. */
async function run(t, document, address) {
  const text = await readFile(here(`../../${document}`), 'utf8');
  const programs = [...text.matchAll(/```js\n(import [^]*?)```/g)].map(([, program]) => program);
  assert.equal(programs.length, 1, `${document} has one whole program`);
  assert.ok(programs[0].includes('http://127.0.0.1:5080'));
  const file = join(folder, document.replace(/\W/g, '-') + '.mjs');
  await writeFile(file, programs[0].replaceAll('http://127.0.0.1:5080', address));
  const child = spawn(process.execPath, [file], { stdio: ['ignore', 'pipe', 'pipe'] });
  t.after(() => child.kill('SIGKILL'));
  const lines = new EventQueue(document);
  createInterface(child.stdout).on('line', (line) => {
    if (!/^\[[-:.\dTZ]+\] /.test(line)) lines.add(line); // SignalR's client says things of its own.
  });
  let errors = '';
  child.stderr.setEncoding('utf8').on('data', (part) => { errors += part; });
  const ended = new Promise((resolve) => child.once('close', (code) => resolve({ code, errors })));
  return { lines, ended };
}

test('the chat of the readme publishes and receives', async (t) => {
  const { lines } = await run(t, 'README.md', server.address);
  await lines.nextThat((line) => line === 'alice: Hello!');
});

test('the chat of the readme says what was refused', async (t) => {
  const strict = await Server.start({ settings: { 'RateLimits:CallsPerSecond': 1 } });
  t.after(() => strict.dispose());
  const { ended } = await run(t, 'README.md', strict.address);
  const { code, errors } = await ended;
  assert.equal(code, 1);
  assert.match(errors, /(JoinTopic|SubscribeTopic): 10021 OPERATION_RATE_EXCEED_LIMITATION/);
});

test('the example of coming back goes on where it was, and what it missed follows once', async (t) => {
  const way = await Cuttable.before(server);
  t.after(() => way.dispose());
  const { lines } = await run(t, 'docs/PROTOCOL.md', way.address);
  assert.equal(await lines.next(), 'a new session');

  const speaker = await Client.connect(t, server, 'bob');
  // Its subscription comes after the line; its presence there is told to who subscribes, too.
  await speaker.do('Subscribe', { channel: 'alerts' });
  await speaker.presenceEvents.nextThat((event) => JSON.stringify(event).includes('"alice"'));
  const message = { channel: 'alerts', channelType: 'message', messageType: 'string' };
  const say = (payload) => speaker.do('Publish', { ...message, payload });
  for (let i = 1; i <= 40; i++) await say(`${i}`); // More than are confirmed at once.
  for (let i = 1; i <= 40; i++) assert.equal(await lines.next(), `${i}`);
  way.cut();
  await say('while away');
  assert.deepEqual(await lines.take(2), ['resumed', 'while away']);
  way.cut();
  assert.equal(await lines.next(), 'resumed');
  await say('live');
  assert.equal(await lines.next(), 'live');
});
