import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Client } from './support/client.mjs';
import { drain } from './support/conversations.mjs';
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

/** Takes pushed batches until they have so many messages. */
async function pushed(client, count) {
  const messages = [];
  let ackToken;
  while (messages.length < count) {
    const batch = await client.chatBatches.next();
    messages.push(...batch.messages);
    ackToken = batch.ackToken;
  }
  return { messages, ackToken };
}

describe('a private message', () => {
  test('is stored, told, pulled in order, acknowledged, and not pulled again', async (t) => {
    const ann = await Client.connect(t, server, 'ann1');
    const bob = await Client.connect(t, server, 'bob1');
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
    for (const device of [back, fresh])
      assert.deepEqual((await pushed(device, 1)).messages.map(({ content }) => content.content), [6]);
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

describe('a message to who is caught up', () => {
  test('is pushed as a pull would have it, and not again once it is acknowledged', async (t) => {
    const ann = await Client.connect(t, server, 'ann10');
    const bob = await Client.connect(t, server, 'bob10');
    assert.deepEqual(await drain(bob), []);
    const sent = [];
    for (const word of ['one', 'two'])
      sent.push(await ann.do('SendMessage', text('bob10', word, { clientMessageId: word })));

    const { messages, ackToken } = await pushed(bob, 2);
    assert.deepEqual(messages, ['one', 'two'].map((word, i) => ({
      conversationType: 1, targetId: 'ann10', senderUserId: 'ann10', messageUId: sent[i].messageUId, seq: i + 1,
      sentTime: sent[i].sentTime, objectName: 'RC:TxtMsg', content: { content: word }, clientMessageId: word,
      messageDirection: 2, isPersisted: true, isCounted: true, isOffLineMessage: false,
    })));
    assert.deepEqual((await bob.do('PullMessages')).messages, messages);
    await bob.do('AckMessages', { ackToken });
    assert.deepEqual(await drain(bob), []);
    assert.equal(bob.chatNotices.count, 0);
  });

  test('is pushed to the other devices of who wrote it, and not to the one', async (t) => {
    const phone = await Client.connect(t, server, 'ann11', { query: '?device=phone' });
    const tablet = await Client.connect(t, server, 'ann11', { query: '?device=tablet' });
    for (const device of [phone, tablet]) await drain(device);
    await phone.do('SendMessage', text('bob11', 'mine'));
    const [message] = (await pushed(tablet, 1)).messages;
    assert.deepEqual([message.messageDirection, message.targetId, message.senderUserId], [1, 'bob11', 'ann11']);
    await tablet.do('SendMessage', text('bob11', 'back'));
    assert.equal((await pushed(phone, 1)).messages[0].content.content, 'back');
    assert.equal(phone.chatBatches.count + tablet.chatBatches.count, 0);
  });

  test('that is the 257th without an acknowledgement is told, and then pulled', async (t) => {
    const ann = await Client.connect(t, server, 'ann12');
    const bob = await Client.connect(t, server, 'bob12');
    await drain(bob);
    const send = async (from, to) => {
      for (let i = from; i <= to; i += 8)
        await Promise.all(Array.from({ length: Math.min(8, to - i + 1) }, (_, j) => ann.do('SendMessage', text('bob12', i + j))));
    };
    await send(1, 256);
    const { messages } = await pushed(bob, 256);
    assert.deepEqual(messages.map(({ seq }) => seq), Array.from({ length: 256 }, (_, i) => i + 1));
    await send(257, 257);
    assert.deepEqual(await bob.chatNotices.next(), { conversationType: 1, targetId: 'ann12' });
    await send(258, 258);
    assert.deepEqual((await drain(bob, 200)).map(({ seq }) => seq), Array.from({ length: 258 }, (_, i) => i + 1));
    await send(259, 259);
    assert.equal((await pushed(bob, 1)).messages[0].seq, 259);
    assert.equal(bob.chatBatches.count + bob.chatNotices.count, 0);
  });

  test('comes again with the pull after a reconnect, where its token has no effect any more', async (t) => {
    const ann = await Client.connect(t, server, 'ann13');
    const bob = await Client.connect(t, server, 'bob13');
    await drain(bob);
    await ann.do('SendMessage', text('bob13', 'lost'));
    const { ackToken } = await pushed(bob, 1);
    await bob.hub.stop();

    const back = await Client.connect(t, server, 'bob13');
    await back.do('AckMessages', { ackToken });
    await ann.do('SendMessage', text('bob13', 'told'));
    await back.chatNotices.next();
    assert.equal(back.chatBatches.count, 0);
    assert.deepEqual((await drain(back)).map(({ content }) => content.content), ['lost', 'told']);
    await ann.do('SendMessage', text('bob13', 'live'));
    assert.equal((await pushed(back, 1)).messages[0].content.content, 'live');
    assertRefused(await back.call('AckMessages', { ackToken: `${ackToken}A` }), 33003, /ackToken/);
  });

  // The client as the protocol has it: it pulls after connecting and when it is told, and takes each message once.
  test('comes once and in order while others go on writing and it connects again and again', async (t) => {
    const count = 240;
    const ann = await Client.connect(t, server, 'ann14');
    const seen = new Set();
    const order = [];
    let live = 0;
    let reached = () => {};
    const take = (messages) => {
      for (const { messageUId, seq } of messages) {
        if (seen.has(messageUId)) continue;
        seen.add(messageUId);
        order.push(seq);
        reached();
      }
    };
    const until = (number) => new Promise((resolve) => {
      reached = () => { if (order.length >= number) resolve(); };
      reached();
    });

    const listen = async () => {
      const bob = await Client.connect(t, server, 'bob14');
      let pulling = Promise.resolve();
      const pull = () => {
        pulling = pulling.then(async () => {
          for (let finished = false; !finished;) {
            const page = await bob.do('PullMessages', { count: 7 });
            take(page.messages);
            finished = page.finished;
            if (page.ackToken) await bob.do('AckMessages', { ackToken: page.ackToken });
          }
        }).catch(() => {}); // The connection was ended.
      };
      bob.hub.on('OnChatMessages', (messages, ackToken) => {
        live += messages.length;
        take(messages);
        bob.hub.invoke('AckMessages', { ackToken }).catch(() => {});
      });
      bob.hub.on('OnChatNotify', pull);
      pull();
      return bob;
    };

    const sending = (async () => {
      for (let i = 1; i <= count; i++) await ann.do('SendMessage', text('bob14', i));
    })();
    for (const number of [60, 120, 180]) {
      const bob = await listen();
      await until(number);
      await bob.hub.stop();
    }
    await listen();
    await until(count);
    await sending;
    assert.deepEqual(order, Array.from({ length: count }, (_, i) => i + 1));
    assert.ok(live > count / 4, `${live} of ${count} were pushed`);
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
    for (const from of ['', 'later', 5])
      assertRefused(await ann.call('PullMessages', { from }), 33003, /from/);
    for (const count of [0, 201, 'x'])
      assertRefused(await ann.call('PullMessages', { count }), 33003, /count/);
    assertRefused(await ann.call('AckMessages', {}), 33003, /ackToken/);
    assertRefused(await ann.call('AckMessages', { ackToken: 'none' }), 33003, /ackToken/);
  });

  test('may let a new device begin now', async (t) => {
    const ann = await Client.connect(t, server, 'ann9');
    await ann.do('SendMessage', text('bob9', 'before'));
    const bob = await Client.connect(t, server, 'bob9');
    assert.deepEqual((await bob.do('PullMessages', { from: 'now' })).messages, []);
    await ann.do('SendMessage', text('bob9', 'after'));
    assert.equal((await pushed(bob, 1)).messages[0].content.content, 'after');
    const tablet = await Client.connect(t, server, 'bob9', { query: '?device=tablet' });
    assert.equal((await tablet.do('PullMessages', { from: 'offline' })).messages.length, 2);
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
