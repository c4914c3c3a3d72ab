import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Client } from './support/client.mjs';
import { assertRefused } from './support/refusals.mjs';
import { Server } from './support/server.mjs';

let server;
before(async () => {
  server = await Server.start({
    settings: {
      'RateLimits:CallsPerSecond': 0, 'Presence:AnnounceUsersMax': 8, 'Presence:IntervalPeriod': '00:00:05',
    },
  });
});
after(() => server?.dispose());

/** A client that is in a channel and has taken its snapshot. */
async function join(t, user, channel, { query, ...options } = {}) {
  const client = await Client.connect(t, server, user, { query });
  client.joined = await client.do('JoinChannel', { channel, withPresence: true, ...options });
  if (options.withPresence !== false) client.snapshot = await client.presenceEvents.next();
  return client;
}

const stream = (channel) => ({ channel, channelType: 'stream' });

describe('in a small stream channel', () => {
  test('each change is told at once, and the snapshot first', async (t) => {
    const [channel, head] = ['small', { channel: 'small', channelType: 'stream' }];
    const ann = await join(t, 'ann', channel);
    assert.deepEqual(ann.snapshot, {
      type: 'snapshot', ...head, userId: '', mode: 'announce', total: 1, states: [{ userId: 'ann', state: {} }],
    });
    const bob = await Client.connect(t, server, 'bob');
    assert.deepEqual(await bob.do('SetState', { ...head, state: { mood: 'fine' } }), { state: { mood: 'fine' } });

    const { presence } = await bob.do('JoinChannel', { channel, withPresence: true });
    assert.deepEqual(presence, {
      mode: 'announce', total: 2,
      states: [{ userId: 'ann', state: {} }, { userId: 'bob', state: { mood: 'fine' } }],
    });
    assert.deepEqual((await bob.presenceEvents.next()).states, presence.states);
    assert.deepEqual(await ann.presenceEvents.next(), { type: 'join', ...head, userId: 'bob', state: { mood: 'fine' } });

    await bob.do('SetState', { ...head, state: { mood: 'great', at: 'work' } });
    await bob.do('RemoveState', { ...head, keys: ['at'] });
    assert.deepEqual(await ann.presenceEvents.next(), {
      type: 'stateChange', ...head, userId: 'bob', state: { at: 'work', mood: 'great' },
    });
    assert.deepEqual(await ann.presenceEvents.next(), {
      type: 'stateChange', ...head, userId: 'bob', state: {}, removedKeys: ['at'],
    });
    assert.deepEqual(await ann.do('GetState', { ...head, userId: 'bob' }), { state: { mood: 'great' } });

    await bob.do('LeaveChannel', { channel });
    assert.deepEqual(await ann.presenceEvents.next(), { type: 'leave', ...head, userId: 'bob' });
    assertRefused(await ann.call('GetState', { ...head, userId: 'bob' }), 13011);
  });

  test('a user who has left is gone for who-now at once, and its coming back at once is not told', async (t) => {
    const ann = await join(t, 'ann', 'debounced');
    const bob = await join(t, 'bob', 'debounced');
    await bob.do('LeaveChannel', { channel: 'debounced' });
    assert.equal((await ann.do('WhoNow', stream('debounced'))).total, 1);
    await bob.do('JoinChannel', { channel: 'debounced' });
    const cleo = await join(t, 'cleo', 'debounced');
    assert.deepEqual(cleo.snapshot.states.map((one) => one.userId), ['ann', 'bob', 'cleo']);

    const told = await ann.presenceEvents.take(2);
    assert.deepEqual(told.map((event) => [event.type, event.userId]), [['join', 'bob'], ['join', 'cleo']]);
  });

  test('a lost connection times out, and a logout leaves', async (t) => {
    const ann = await join(t, 'ann', 'ends');
    const bob = await join(t, 'bob', 'ends', { query: '?presenceTimeout=5' });
    const cleo = await join(t, 'cleo', 'ends');
    await bob.hub.stop();
    assert.deepEqual((await ann.presenceEvents.take(3)).map((event) => `${event.type} ${event.userId}`), [
      'join bob', 'join cleo', 'timeout bob',
    ]);
    await cleo.do('Logout');
    assert.equal((await ann.presenceEvents.next()).type, 'leave');
  });

  test('two devices of a user are one', async (t) => {
    const ann = await join(t, 'ann', 'devices');
    const phone = await join(t, 'bob', 'devices');
    const tablet = await Client.connect(t, server, 'bob', { query: '?device=tablet' });
    await tablet.do('JoinChannel', { channel: 'devices', withPresence: true });
    assert.equal((await tablet.presenceEvents.next()).total, 2);
    await phone.do('LeaveChannel', { channel: 'devices' });
    await tablet.do('SetState', { ...stream('devices'), state: { on: 'tablet' } });

    assert.deepEqual((await ann.presenceEvents.take(2)).map((event) => event.type), ['join', 'stateChange']);
    assert.equal((await ann.do('WhoNow', stream('devices'))).total, 2);
  });

  test('who declines is told so, who says nothing is told nothing, and who is quiet is not seen', async (t) => {
    const ann = await join(t, 'ann', 'quiet');
    const declined = await join(t, 'declined', 'quiet', { withPresence: false });
    assert.deepEqual(await declined.presenceEvents.next(), {
      type: 'outOfService', channel: 'quiet', channelType: 'stream', userId: '',
    });
    const spy = await join(t, 'spy', 'quiet', { beQuiet: true });
    assertRefused(await spy.call('SetState', { ...stream('quiet'), state: { k: 'v' } }), 13002);
    assert.deepEqual((await spy.do('WhereNow', { userId: 'spy' })).channels, []);
    assert.equal((await spy.do('WhoNow', stream('quiet'))).total, 2);
    await join(t, 'cleo', 'quiet');

    assert.equal((await spy.presenceEvents.next()).userId, 'cleo');
    assert.deepEqual((await ann.presenceEvents.take(2)).map((event) => event.userId), ['declined', 'cleo']);
    assert.equal(declined.presenceEvents.count, 0);
  });
});

test('a large channel tells once a period, and a snapshot when it is small again', async (t) => {
  const members = [];
  for (let i = 1; i <= 10; i++) members.push(await join(t, `u${i}`, 'large'));
  assert.equal(members[8].snapshot.mode, 'interval');
  assert.equal(members[9].snapshot.total, 10);
  await members[9].do('SetState', { ...stream('large'), state: { k: 'v' } });

  const first = members[0].presenceEvents;
  assert.deepEqual((await first.take(7)).map((event) => event.type), Array(7).fill('join'));
  assert.deepEqual(await first.next(), {
    type: 'interval', channel: 'large', channelType: 'stream', userId: '',
    joined: ['u9', 'u10'], left: [], timedOut: [], states: [{ userId: 'u10', state: { k: 'v' } }], total: 10, omitted: 0,
  });
  for (let i = 6; i <= 9; i++) await members[i].do('LeaveChannel', { channel: 'large' });
  const snapshot = await first.next();
  assert.deepEqual([snapshot.type, snapshot.mode, snapshot.total], ['snapshot', 'announce', 6]);
});

describe('a message channel', () => {
  const head = (channel) => ({ channel, channelType: 'message' });

  test('shows and tells who is there unless that is declined', async (t) => {
    const ann = await Client.connect(t, server, 'ann');
    const { presence } = await ann.do('Subscribe', { channel: 'open' });
    assert.deepEqual(presence, { mode: 'announce', total: 1, states: [{ userId: 'ann', state: {} }] });
    assert.deepEqual(await ann.presenceEvents.next(), { type: 'snapshot', ...head('open'), userId: '', ...presence });
    const bob = await Client.connect(t, server, 'bob');
    await bob.do('SetState', { ...head('open'), state: { k: 'v' } });
    assert.equal('presence' in await bob.do('Subscribe', { channel: 'open', withPresence: false }), false);
    assert.equal((await bob.presenceEvents.next()).type, 'outOfService');
    await bob.do('SetState', { ...head('open'), state: { k: 'w' } });
    await bob.do('Unsubscribe', { channel: 'open' });

    assert.deepEqual(await ann.presenceEvents.take(3), [
      { type: 'join', ...head('open'), userId: 'bob', state: { k: 'v' } },
      { type: 'stateChange', ...head('open'), userId: 'bob', state: { k: 'w' } },
      { type: 'leave', ...head('open'), userId: 'bob' },
    ]);
  });

  test('has a presence of its own, apart from the stream channel of its name', async (t) => {
    const ann = await Client.connect(t, server, 'ann');
    await ann.do('Subscribe', { channel: 'twin' });
    await ann.do('JoinChannel', { channel: 'twin' });
    const bob = await join(t, 'bob', 'twin');

    assert.equal(bob.snapshot.total, 2);
    assert.equal((await bob.do('WhoNow', head('twin'))).total, 1);
    assert.deepEqual((await bob.do('WhereNow', { userId: 'ann' })).channels, [stream('twin'), head('twin')]);
    assert.deepEqual((await ann.presenceEvents.take(1)).map((event) => event.type), ['snapshot']);
  });
});

describe('who is where', () => {
  test('is paged, named, counted, and needs no join', async (t) => {
    const asker = await Client.connect(t, server, 'asker');
    const client = await join(t, 'ann', 'asked', { withPresence: false });
    await client.do('SetState', { ...stream('asked'), state: { a: '1' } });

    assert.deepEqual(await asker.do('WhoNow', stream('asked')), { users: [{ userId: 'ann' }], total: 1 });
    assert.deepEqual(
      await asker.do('WhoNow', { ...stream('asked'), withState: true }),
      { users: [{ userId: 'ann', state: { a: '1' } }], total: 1 });
    assert.deepEqual(await asker.do('WhoNow', { ...stream('asked'), withUserId: false }), { users: [], total: 1 });
    assert.deepEqual(await asker.do('WhoNow', stream('nobody is here')), { users: [], total: 0 });
  });

  test('is told of a user', async (t) => {
    const client = await join(t, 'wanderer', 'b');
    await client.do('JoinChannel', { channel: 'a' });
    const { channels } = await client.do('WhereNow', { userId: 'wanderer' });

    assert.deepEqual(channels, [stream('a'), stream('b')]);
    assert.deepEqual(await client.do('WhereNow', { userId: 'unknown' }), { channels: [] });
  });
});

test('states wait for 100 channels, and no more', async (t) => {
  const client = await Client.connect(t, server, 'cacher');
  const set = (i) => client.call('SetState', { ...stream(`c${i}`), state: { k: 'v' } });
  for (let i = 1; i <= 100; i++) assert.equal((await set(i)).code, 0);
  assertRefused(await set(101), 13004, /100/);
});
