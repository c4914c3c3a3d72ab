import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Client } from './support/client.mjs';
import { assertRefused } from './support/refusals.mjs';
import { Server } from './support/server.mjs';

let server;
before(async () => {
  server = await Server.start({ settings: { 'RateLimits:CallsPerSecond': 0, 'RateLimits:ConversationMessagesPerSecond': 0 } });
});
after(() => server?.dispose());

const text = (targetId, content, more) =>
  ({ conversationType: 1, targetId, objectName: 'RC:TxtMsg', content: { content }, ...more });

/** An object of so many levels. */
const nested = (levels) => (levels === 1 ? {} : { a: nested(levels - 1) });

/** All that a device has not acknowledged; acknowledges it. */
async function drain(client, count) {
  const all = [];
  for (let finished = false; !finished;) {
    const page = await client.do('PullMessages', { count });
    all.push(...page.messages);
    finished = page.finished;
    if (page.ackToken) await client.do('AckMessages', { ackToken: page.ackToken });
  }
  return all;
}

describe('a private message', () => {
  test('is stored, told, pulled in order, acknowledged, and not pulled again', async (t) => {
    const ann = await Client.connect(t, server, 'ann1');
    const bob = await Client.connect(t, server, 'bob1');
    assert.deepEqual(await drain(bob), []);
    const sent = [];
    for (const word of ['one', 'two', 'three'])
      sent.push(await ann.do('SendMessage', text('bob1', word, { clientMessageId: word })));

    assert.deepEqual(sent.map(({ seq }) => seq), [1, 2, 3]);
    for (const { messageUId } of sent) assert.match(messageUId, /^[0-9A-V]{4}(-[0-9A-V]{4}){3}$/);
    assert.deepEqual(await bob.chatNotices.next(), { conversationType: 1, targetId: 'ann1' });
    const pulled = await drain(bob);
    assert.deepEqual(pulled, ['one', 'two', 'three'].map((word, i) => ({
      conversationType: 1, targetId: 'ann1', senderUserId: 'ann1', messageUId: sent[i].messageUId, seq: i + 1,
      sentTime: sent[i].sentTime, objectName: 'RC:TxtMsg', content: { content: word }, clientMessageId: word,
      messageDirection: 2, isPersisted: true, isCounted: true, isOffLineMessage: false,
    })));
    assert.deepEqual(await drain(bob), []);
    assert.deepEqual((await drain(ann)).map(({ messageDirection, targetId }) => [messageDirection, targetId]),
      [[1, 'bob1'], [1, 'bob1'], [1, 'bob1']]);
  });

  test('waits for who is away, page by page, on each device', async (t) => {
    const ann = await Client.connect(t, server, 'ann2');
    const known = await Client.connect(t, server, 'bob2', { query: '?device=phone' });
    await drain(known);
    await known.do('Logout');
    for (let i = 1; i <= 5; i++) await ann.do('SendMessage', text('bob2', i));

    const back = await Client.connect(t, server, 'bob2', { query: '?device=phone' });
    const got = await drain(back, 2);
    assert.deepEqual(got.map(({ content }) => content.content), [1, 2, 3, 4, 5]);
    assert.ok(got.every(({ isOffLineMessage }) => isOffLineMessage));
    const fresh = await Client.connect(t, server, 'bob2', { query: '?device=tablet' });
    assert.equal((await drain(fresh)).length, 5);
    await ann.do('SendMessage', text('bob2', 6));
    for (const device of [back, fresh]) {
      await device.chatNotices.next();
      assert.deepEqual((await drain(device)).map(({ content }) => content.content), [6]);
    }
  });

  test('that is sent again with its id is answered alike and stored once', async (t) => {
    const ann = await Client.connect(t, server, 'ann3');
    const first = await ann.do('SendMessage', text('bob3', 'hi', { clientMessageId: 'k' }));
    assert.deepEqual(await ann.do('SendMessage', text('bob3', 'hi', { clientMessageId: 'k' })), first);
    assert.equal((await ann.do('SendMessage', text('bob3', 'next'))).seq, 2);
  });

  test('is carried as it was written', async (t) => {
    const ann = await Client.connect(t, server, 'ann4');
    await drain(ann);
    const content = { user: { id: 'ann4', name: 'Ann "A" \u{1F600}' }, n: 1e400 > 0 ? '1e400' : 0, deep: [{}, null, true, 1.50] };
    await ann.do('SendMessage', { conversationType: 1, targetId: 'ann4', objectName: 'App:Own', content });
    await ann.do('SendMessage', text('ann4', 'no count', { objectName: 'RC:InfoNtf' }));
    await ann.do('SendMessage', { conversationType: 1, targetId: 'ann4', objectName: 'App:Deep', content: nested(32) });

    const [own, info, deep] = await drain(ann);
    assert.deepEqual(deep.content, nested(32));
    assert.deepEqual(own.content, content);
    assert.deepEqual([own.objectName, own.isCounted, own.targetId], ['App:Own', true, 'ann4']);
    assert.equal(info.isCounted, false);
  });

  test('is told once until it is pulled, and not to who sent it', async (t) => {
    const ann = await Client.connect(t, server, 'ann5');
    const bob = await Client.connect(t, server, 'bob5');
    for (let i = 0; i < 3; i++) await ann.do('SendMessage', text('bob5', i));
    await bob.chatNotices.next();
    await bob.do('PullMessages');
    await ann.do('SendMessage', text('bob5', 'more'));
    await bob.chatNotices.next();
    await bob.do('SendMessage', text('ann5', 'answer'));
    await ann.chatNotices.next();
    assert.equal(bob.chatNotices.count, 0);
    assert.equal(ann.chatNotices.count, 0);
  });
});

describe('a call about conversations', () => {
  test('that is wrong is 33003 with the field', async (t) => {
    const ann = await Client.connect(t, server, 'ann6');
    const cases = [
      [{ conversationType: undefined }, 'conversationType'], [{ conversationType: 9 }, 'conversationType'],
      [{ conversationType: 6 }, 'conversationType'], [{ conversationType: '1' }, 'conversationType'],
      [{ targetId: undefined }, 'targetId'], [{ targetId: '*' }, 'targetId'], [{ targetId: 5 }, 'targetId'],
      [{ objectName: '' }, 'objectName'], [{ objectName: 'a b' }, 'objectName'], [{ objectName: 'x'.repeat(65) }, 'objectName'],
      [{ content: undefined }, 'content'], [{ content: 'text' }, 'content'],
      [{ content: { content: 'x'.repeat(128 * 1024) } }, 'content'], [{ content: nested(33) }, 'content'],
      [{ clientMessageId: '' }, 'clientMessageId'], [{ clientMessageId: 'x'.repeat(65) }, 'clientMessageId'],
      [{ pushContent: 'x'.repeat(1025) }, 'pushContent'], [{ toUserIds: ['a'] }, 'toUserIds'],
    ];
    for (const [change, field] of cases)
      assertRefused(await ann.call('SendMessage', { ...text('bob6', 'hi'), ...change }), 33003, new RegExp(field));
    for (const count of [0, 201, 'x'])
      assertRefused(await ann.call('PullMessages', { count }), 33003, /count/);
    assertRefused(await ann.call('AckMessages', {}), 33003, /ackToken/);
    assertRefused(await ann.call('AckMessages', { ackToken: 'none' }), 33003, /ackToken/);
  });

  test('about a group that nobody has made is 20407', async (t) => {
    const ann = await Client.connect(t, server, 'ann7');
    for (const conversationType of [2, 3])
      assertRefused(
        await ann.call('SendMessage', { ...text('team', 'hi'), conversationType }), 20407);
  });

  test('acknowledges with the token of its own device only', async (t) => {
    const ann = await Client.connect(t, server, 'ann8', { query: '?device=phone' });
    const other = await Client.connect(t, server, 'ann8', { query: '?device=tablet' });
    await ann.do('SendMessage', text('ann8', 'hi'));
    const { ackToken } = await ann.do('PullMessages');
    assertRefused(await other.call('AckMessages', { ackToken }), 33003, /ackToken/);
    await ann.do('AckMessages', { ackToken });
  });
});

test('a user sends five messages a second, with all devices together', async (t) => {
  const limited = await Server.start();
  t.after(() => limited.dispose());
  const devices = [
    await Client.connect(t, limited, 'ann', { query: '?device=phone' }),
    await Client.connect(t, limited, 'ann', { query: '?device=tablet' }),
  ];
  const replies = await Promise.all(
    Array.from({ length: 8 }, (_, i) => devices[i % 2].call('SendMessage', text('bob', i))));
  const refused = replies.filter(({ code }) => code !== 0);
  assert.ok(refused.length >= 1 && refused.length <= 3, JSON.stringify(replies));
  for (const reply of refused) {
    assert.equal(reply.code, 20604);
    assert.ok(reply.retryable && reply.retryAfterMs > 0);
  }
});

test('what was acknowledged is there after kill -9, once and in order', async (t) => {
  const first = await Server.start({ settings: { 'RateLimits:ConversationMessagesPerSecond': 0 } });
  let next;
  t.after(async () => {
    await next?.dispose();
    await first.dispose();
  });
  const ann = await Client.connect(t, first, 'ann');
  const bob = await Client.connect(t, first, 'bob');
  await drain(bob);
  const sent = [];
  for (let i = 0; i < 20; i++) sent.push(await ann.do('SendMessage', text('bob', i, { clientMessageId: `k${i}` })));
  await first.kill();

  next = await Server.start({
    dataDirectory: first.dataDirectory, settings: { 'RateLimits:ConversationMessagesPerSecond': 0 },
  });
  const again = await Client.connect(t, next, 'ann');
  assert.deepEqual(await again.do('SendMessage', text('bob', 19, { clientMessageId: 'k19' })), sent[19]);
  assert.equal((await again.do('SendMessage', text('bob', 20))).seq, 21);
  const back = await Client.connect(t, next, 'bob');
  assert.deepEqual((await drain(back, 7)).map(({ content }) => content.content), Array.from({ length: 21 }, (_, i) => i));
});
