import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Client } from './support/client.mjs';
import { assertRefused } from './support/refusals.mjs';
import { Server } from './support/server.mjs';

let server;
before(async () => {
  server = await Server.start({ settings: {
    'RateLimits:CallsPerSecond': 0, 'RateLimits:MetadataCallsPerSecond': 0, 'RateLimits:LockAcquisitionsPerSecond': 0,
  } });
});
after(() => server?.dispose());

const stream = (channel) => ({ channel, channelType: 'stream' });
const items = (values) => Object.entries(values).map(([key, value]) => ({ key, value }));

describe('metadata', () => {
  test('members of a channel see it and each change of it', async (t) => {
    const ann = await Client.connect(t, server, 'meta-ann');
    const bob = await Client.connect(t, server, 'meta-bob');
    const at = stream('meta');
    const joined = await bob.do('JoinChannel', { channel: 'meta', withMetadata: true });
    assert.deepEqual(joined, { topics: {}, metadata: { majorRevision: 0, items: [] } });
    const event = { storageType: 'channel', target: 'meta', channelType: 'stream' };
    assert.deepEqual(await bob.storageEvents.next(), { ...event, type: 'snapshot', majorRevision: 0, items: [] });

    assert.deepEqual(await ann.do('SetChannelMetadata', { ...at, items: items({ title: 'one', topic: 'x' }) }), { majorRevision: 1 });
    assert.deepEqual(await bob.storageEvents.next(), { ...event, type: 'set', majorRevision: 1, items: [
      { key: 'title', value: 'one', revision: 1 }, { key: 'topic', value: 'x', revision: 1 }] });
    await ann.do('UpdateChannelMetadata', { ...at, items: items({ title: 'two' }), recordTs: true, recordAuthor: true });
    const { items: [{ updateTs, ...updated }], ...update } = await bob.storageEvents.next();
    assert.deepEqual(update, { ...event, type: 'update', majorRevision: 2 });
    assert.deepEqual(updated, { key: 'title', value: 'two', revision: 2, author: 'meta-ann' });
    assert.ok(Math.abs(updateTs - Date.now()) < 60_000);
    await ann.do('RemoveChannelMetadata', { ...at, items: [{ key: 'topic' }] });
    assert.deepEqual((await bob.storageEvents.next()).items, [{ key: 'topic', value: 'x', revision: 1 }]);

    const { majorRevision, items: left } = await bob.do('GetChannelMetadata', at);
    assert.deepEqual([majorRevision, left.map((item) => item.key)], [3, ['title']]);
    assert.deepEqual(await bob.do('GetChannelMetadata', { ...at, channelType: 'message' }), { majorRevision: 0, items: [] });
    await bob.do('LeaveChannel', { channel: 'meta' });
    await ann.do('RemoveChannelMetadata', at);
    assert.equal(bob.storageEvents.count, 0);
  });

  test('subscribers of a message channel see it and its locks, snapshots first', async (t) => {
    const ann = await Client.connect(t, server, 'mdata-ann');
    const bob = await Client.connect(t, server, 'mdata-bob');
    const at = { channel: 'mdata', channelType: 'message' };
    const asked = { channel: 'mdata', withMetadata: true, withLock: true };
    const { metadata, locks } = await bob.do('Subscribe', asked);
    assert.deepEqual([metadata, locks], [{ majorRevision: 0, items: [] }, []]);
    const { channel: target, channelType } = at;
    assert.deepEqual(await bob.storageEvents.next(), {
      storageType: 'channel', target, channelType, type: 'snapshot', majorRevision: 0, items: [] });
    assert.deepEqual(await bob.lockEvents.next(), { type: 'snapshot', ...at, revision: 0, locks: [] });

    await ann.do('SetChannelMetadata', { ...at, items: items({ k: 'v' }) });
    assert.deepEqual((await bob.storageEvents.next()).items, [{ key: 'k', value: 'v', revision: 1 }]);
    await bob.do('SetLock', { ...at, name: 'door' });
    assert.equal((await bob.lockEvents.next()).type, 'set');
    await bob.do('AcquireLock', { ...at, name: 'door' });
    assert.equal((await bob.lockEvents.next()).type, 'acquired');

    // Again: what is not wanted ends, what is wanted begins anew.
    const again = await bob.do('Subscribe', { channel: 'mdata', withMetadata: true });
    assert.deepEqual([again.metadata.majorRevision, again.locks], [1, undefined]);
    assert.equal((await bob.storageEvents.next()).type, 'snapshot');
    await ann.do('SetLock', { ...at, name: 'gate' });

    // Whoever unsubscribes is told no more, and has no lock of the channel any more.
    await bob.do('Unsubscribe', { channel: 'mdata' });
    assert.deepEqual((await ann.do('GetLocks', at)).locks.map(({ name, owner }) => [name, owner]), [['door', ''], ['gate', '']]);
    await ann.do('RemoveChannelMetadata', at);
    await ann.do('Publish', { channel: 'mdata-bob', channelType: 'user', messageType: 'string', payload: 'barrier' });
    await bob.messages.next();
    assert.deepEqual([bob.storageEvents.count, bob.lockEvents.count], [0, 0]);
  });

  test('of a user is subscribed by anybody', async (t) => {
    const ann = await Client.connect(t, server, 'user-ann');
    const bob = await Client.connect(t, server, 'user-bob');
    await ann.do('SetUserMetadata', { userId: 'user-ann', items: items({ mood: 'fine' }) });
    const snapshot = await bob.do('SubscribeUserMetadata', { userId: 'user-ann' });
    assert.deepEqual(snapshot, { majorRevision: 1, items: [{ key: 'mood', value: 'fine', revision: 1 }] });
    const event = { storageType: 'user', target: 'user-ann' };
    assert.deepEqual(await bob.storageEvents.next(), { ...event, type: 'snapshot', ...snapshot });
    await bob.do('SetUserMetadata', { userId: 'user-ann', items: items({ mood: 'grand' }) });
    assert.equal((await bob.storageEvents.next()).items[0].value, 'grand');
    assertRefused(await bob.call('SubscribeUserMetadata', { userId: 'user-ann' }), 10017);
    await bob.do('UnsubscribeUserMetadata', { userId: 'user-ann' });
    assertRefused(await bob.call('UnsubscribeUserMetadata', { userId: 'user-ann' }), 12015);
  });

  test('refuses at its limits with their codes', async (t) => {
    const client = await Client.connect(t, server, 'limit-ann');
    const at = stream('limits');
    const set = (list, more) => client.call('SetChannelMetadata', { ...at, items: list, ...more });
    assertRefused(await set([]), 12004);
    assertRefused(await set(items({ '': 'v' })), 12009);
    assert.equal((await set(items({ ['k'.repeat(32)]: 'v' }))).code, 0);
    assertRefused(await set(items({ ['k'.repeat(33)]: 'v' })), 12011);
    assertRefused(await set(items({ k: 'v'.repeat(16385) })), 12012);
    assertRefused(await set([{ key: 'k', value: '1' }, { key: 'k', value: '2' }]), 12013);
    assertRefused(await set([{ key: 'k', value: '1', revision: 0 }]), 12005);
    assertRefused(await set(items({ k: 'v' }), { majorRevision: 0 }), 12005);
    assertRefused(await set(items({ k: 'v' }), { majorRevision: 7 }), 12014);
    assertRefused(await set([{ key: 'k', value: '1', revision: 7 }]), 12014);
    assertRefused(await set(items({ k: 'v' }), { lock: 'none' }), 12007);
    assertRefused(await client.call('UpdateChannelMetadata', { ...at, items: items({ no: 'v' }) }), 12003);
    assertRefused(await client.call('RemoveChannelMetadata', { ...at, items: [{ key: 'no' }] }), 12003);
    assertRefused(await client.call('SetChannelMetadata', { channel: 'limits', channelType: 'user', items: [] }), 10019);
    await client.do('RemoveChannelMetadata', at);
    await client.do('SetChannelMetadata', { ...at, items: items({ k: 'v'.repeat(16383) }) });
    assertRefused(await set(items({ l: '' })), 12006);
    const { items: [item] } = await client.do('GetChannelMetadata', at);
    assert.equal(item.value.length, 16383);
  });
});

describe('locks', () => {
  test('are set, acquired, queued for, released, revoked and removed', async (t) => {
    const ann = await Client.connect(t, server, 'lock-ann');
    const bob = await Client.connect(t, server, 'lock-bob');
    const eve = await Client.connect(t, server, 'lock-eve');
    const at = stream('locks');
    const door = { ...at, name: 'door' };
    assert.deepEqual((await eve.do('JoinChannel', { channel: 'locks', withLock: true })).locks, []);
    let told = -1;
    const next = async () => {
      const { type, locks, endedToken, ...where } = await eve.lockEvents.next();
      assert.deepEqual(where, { ...at, revision: ++told });
      return [type, ...locks.map(({ owner, fencingToken }) => [owner, fencingToken ?? endedToken])];
    };
    assert.deepEqual(await next(), ['snapshot']);

    assert.deepEqual(await ann.do('SetLock', { ...door, ttl: 30 }), { locks: [{ name: 'door', owner: '', ttl: 30 }], revision: 1 });
    assert.deepEqual(await next(), ['set', ['', undefined]]);
    assertRefused(await ann.call('SetLock', door), 14004);
    assertRefused(await ann.call('SetLock', { ...at, name: '' }), 14005);
    assert.deepEqual(await ann.do('AcquireLock', door), { acquired: true, queued: false, fencingToken: 1, revision: 2 });
    assert.deepEqual(await next(), ['acquired', ['lock-ann', 1]]);
    assert.deepEqual(await ann.do('AcquireLock', door), { acquired: true, queued: false, fencingToken: 1, revision: 2 });
    assertRefused(await bob.call('AcquireLock', door), 14007);
    assertRefused(await bob.call('AcquireLock', { ...at, name: 'none' }), 14008);
    assertRefused(await bob.call('ReleaseLock', door), 14006);

    // Bob does not watch the channel's locks; he hears of his own all the same.
    assert.deepEqual(await bob.do('AcquireLock', { ...door, retry: true }), { acquired: false, queued: true, revision: 2 });
    assertRefused(await bob.call('AcquireLock', { ...door, retry: true }), 14003);
    await ann.do('ReleaseLock', door);
    assert.equal((await ann.lockEvents.next()).type, 'released');
    assert.deepEqual(await bob.lockEvents.next(), {
      type: 'acquired', ...at, revision: 4, locks: [{ name: 'door', owner: 'lock-bob', ttl: 30, fencingToken: 2 }] });
    assert.deepEqual(await next(), ['released', ['', 1]]);
    assert.deepEqual(await next(), ['acquired', ['lock-bob', 2]]);

    assertRefused(await eve.call('SetChannelMetadata', { ...at, items: items({ k: 'v' }), lock: 'door' }), 12008);
    assert.equal(await bob.code('SetChannelMetadata', { ...at, items: items({ k: 'v' }), lock: 'door' }), 0);
    const guarded = { ...at, items: items({ k: 'w' }), lock: 'door' };
    assertRefused(await bob.call('SetChannelMetadata', { ...guarded, fencingToken: 1 }), 12008);
    assert.equal(await bob.code('SetChannelMetadata', { ...guarded, fencingToken: 2 }), 0);
    assertRefused(await bob.call('SetChannelMetadata', { ...at, items: items({ k: 'w' }), fencingToken: 2 }), 12004);
    assertRefused(await eve.call('RevokeLock', { ...door, owner: 'lock-ann' }), 14006);
    await eve.do('RevokeLock', { ...door, owner: 'lock-bob' });
    assert.equal((await bob.lockEvents.next()).type, 'released');
    assert.deepEqual(await next(), ['released', ['', 2]]);

    await ann.do('AcquireLock', door);
    assert.deepEqual(await next(), ['acquired', ['lock-ann', 3]]);
    assert.deepEqual(await eve.do('RemoveLock', door), { locks: [], revision: 7 });
    assert.equal((await ann.lockEvents.next()).type, 'remove');
    assert.deepEqual(await next(), ['remove', ['lock-ann', 3]]);
    assert.deepEqual(await eve.do('GetLocks', at), { locks: [], revision: 7 });
  });

  test('go with a logout at once', async (t) => {
    const ann = await Client.connect(t, server, 'out-ann');
    const bob = await Client.connect(t, server, 'out-bob');
    const door = { ...stream('out'), name: 'door' };
    await ann.do('SetLock', door);
    await ann.do('AcquireLock', door);
    await bob.do('AcquireLock', { ...door, retry: true });
    await ann.do('Logout', {});
    assert.equal((await bob.lockEvents.next()).locks[0].owner, 'out-bob');
  });

  test('outlive the presence of their owner by their time to live', async (t) => {
    const ann = await Client.connect(t, server, 'lost-ann');
    const bob = await Client.connect(t, server, 'lost-bob');
    const door = { ...stream('lost'), name: 'door', ttl: 10 };
    await ann.do('SetLock', door);
    await ann.do('AcquireLock', door);
    await bob.do('JoinChannel', { channel: 'lost', withLock: true });
    assert.equal((await bob.lockEvents.next()).locks[0].owner, 'lost-ann');
    const lostAt = performance.now();
    await ann.hub.stop();
    const again = await Client.connect(t, server, 'lost-ann', { query: '?presenceTimeout=5' });
    assert.deepEqual(await again.do('AcquireLock', door), { acquired: true, queued: false, fencingToken: 1, revision: 2 });
    await again.hub.stop();
    assert.deepEqual((await bob.lockEvents.next()).type, 'expired');
    assert.ok(performance.now() - lostAt >= 14_900, 'Not before its time.');
  });
});
