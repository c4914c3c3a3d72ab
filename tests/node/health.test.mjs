import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Server } from './support/server.mjs';

let server;
before(async () => { server = await Server.start(); });
after(() => server?.dispose());

for (const [path, text] of [['/healthz', 'alive'], ['/readyz', 'ready']])
  test(`${path} says that a running server is ${text}, to anyone`, async () => {
    const response = await fetch(server.url(path));
    assert.equal(response.status, 200);
    assert.equal(await response.text(), text);
  });
