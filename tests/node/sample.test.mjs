import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { copyFile, mkdtemp, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { Server } from './support/server.mjs';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const sample = here('../../samples/node-quickstart');
const run = promisify(execFile);

// The sample as it is, with the packages of this suite, so that it need not be installed to be tested.
let folder;
let flow;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'imorleans-sample-'));
  flow = join(folder, 'flow.mjs');
  for (const file of ['flow.mjs', 'conversations.mjs']) await copyFile(join(sample, file), join(folder, file));
  await symlink(here('node_modules'), join(folder, 'node_modules'), 'dir');
});
after(() => rm(folder, { recursive: true, force: true }));

test('the sample runs through, twice on one server', async (t) => {
  const server = await Server.start();
  t.after(() => server.dispose());
  for (let i = 0; i < 2; i++) {
    const { stdout, stderr } = await run(process.execPath, [flow, server.address]);
    assert.equal(stderr, '');
    const lines = stdout.trimEnd().split('\n');
    assert.ok(lines.length >= 12 && lines.every((line) => line.startsWith('✔ ')), stdout);
    assert.match(stdout, /bob received "Hello world!" from alice/);
    assert.match(stdout, /alice received "Hi, it is bob\." from bob/);
    assert.match(stdout, /willExpire/);
  }
});

test('the sample of conversations runs through, twice on one server', async (t) => {
  const server = await Server.start();
  t.after(() => server.dispose());
  for (let i = 0; i < 2; i++) {
    const { stdout, stderr } = await run(
      process.execPath, [join(folder, 'conversations.mjs'), server.address, join(server.dataDirectory, 'app.json')]);
    assert.equal(stderr, '');
    assert.match(stdout, /bob was handed "Hello, all!"/);
    assert.match(stdout, /carol, who came later, found "Hello, all!"/);
    assert.ok(stdout.trimEnd().split('\n').every((line) => line.startsWith('✔ ')), stdout);
  }
});

test('the sample fails when there is no server', async (t) => {
  const server = await Server.start();
  t.after(() => server.dispose());
  await server.stop();
  await assert.rejects(run(process.execPath, [flow, server.address]), (failure) => failure.code === 1);
});

test('the sample fails when a call is refused', async (t) => {
  const server = await Server.start({ settings: { 'RateLimits:CallsPerSecond': 1 } });
  t.after(() => server.dispose());
  await assert.rejects(run(process.execPath, [flow, server.address]), (failure) => {
    assert.equal(failure.code, 1);
    assert.match(failure.stderr, /was refused with 10021 OPERATION_RATE_EXCEED_LIMITATION/);
    return true;
  });
});

test('the sample is short, and pins the packages that are tested', async () => {
  assert.ok((await readFile(join(sample, 'flow.mjs'), 'utf8')).trimEnd().split('\n').length <= 60);
  const { dependencies } = JSON.parse(await readFile(join(sample, 'package.json'), 'utf8'));
  const { devDependencies } = JSON.parse(await readFile(here('package.json'), 'utf8'));
  assert.equal(dependencies['@microsoft/signalr'], devDependencies['@microsoft/signalr']);
  assert.match(dependencies['@microsoft/signalr'], /^\d+\.\d+\.\d+$/);
  const page = JSON.parse(await readFile(here('../../samples/room-page/package.json'), 'utf8'));
  assert.equal(page.dependencies.protobufjs, devDependencies.protobufjs);
});
