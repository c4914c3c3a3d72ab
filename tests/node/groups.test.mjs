import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Client } from './support/client.mjs';
import { drain } from './support/conversations.mjs';
import { assertProblem } from './support/problems.mjs';
import { assertRefused } from './support/refusals.mjs';
import { Server } from './support/server.mjs';
import { AppServer } from './support/serverApi.mjs';

const app = { key: '00112233445566778899aabbccddeeff', secret: '0123456789abcdef0123456789abcdef' };
let server;
let appServer;
before(async () => {
  server = await Server.start({
    settings: {
      'App:Key': app.key, 'App:Secret': app.secret, 'RateLimits:CallsPerSecond': 0, 'RateLimits:ConversationMessagesPerSecond': 0,
    },
  });
  appServer = new AppServer(server, app);
});
after(() => server?.dispose());

/** Calls the server as the app does; what is answered to a call that must be done. */
async function done(path, body) {
  const answer = await appServer.post(path, body);
  assert.equal(answer.status, 200, JSON.stringify(answer.body));
  return answer.body;
}

const say = (conversationType, targetId, content, more) =>
  ({ conversationType, targetId, objectName: 'RC:TxtMsg', content: { content }, ...more });

const words = async (client) => (await drain(client)).map(({ content }) => content.content);

/** Connects users, who have pulled once. */
async function connect(t, ...users) {
  const clients = [];
  for (const user of users) {
    const client = await Client.connect(t, server, user);
    await drain(client);
    clients.push(client);
  }

  return clients;
}

describe('a group', () => {
  test('is pushed to the members who are caught up, from their coming to their going', async (t) => {
    const [amy, ben, cat] = await connect(t, 'amy', 'ben', 'cat');
    await done('/group/create', { groupId: 'team9', name: 'Team', userIds: ['amy', 'ben'] });
    for (const member of [amy, ben]) {
      // Who comes into a group is told to pull, and pushed to from then on.
      await member.chatNotices.next();
      await drain(member);
    }

    await amy.do('SendMessage', say(3, 'team9', 'one'));
    const { messages, ackToken } = await ben.chatBatches.next();
    assert.deepEqual(messages.map(({ targetId, seq, content }) => [targetId, seq, content.content]), [['team9', 1, 'one']]);
    await ben.do('AckMessages', { ackToken });
    await amy.do('SendMessage', say(3, 'team9', 'typing', { isStatus: true }));
    const status = await ben.chatBatches.next();
    assert.deepEqual([status.messages[0].content, status.messages[0].seq, status.ackToken], [{ content: 'typing' }, 0, null]);

    await done('/group/join', { groupId: 'team9', userIds: ['cat'] });
    await cat.chatNotices.next();
    assert.deepEqual(await drain(cat), []);
    await done('/group/quit', { groupId: 'team9', userIds: ['ben'] });
    await ben.chatNotices.next();
    assert.deepEqual(await drain(ben), []);
    await amy.do('SendMessage', say(3, 'team9', 'two'));
    assert.deepEqual((await cat.chatBatches.next()).messages.map(({ seq }) => seq), [2]);
    await amy.do('SendMessage', { ...say(1, 'ben', 'bye'), conversationType: 1 });
    assert.deepEqual((await ben.chatBatches.next()).messages.map(({ content }) => content.content), ['bye']);
    assert.deepEqual(await words(ben), ['bye']);
  });

  test('tells a member who comes again what it did not get, until it has acknowledged it', async (t) => {
    const [sue, tom] = await connect(t, 'sue', 'tom');
    await done('/group/create', { groupId: 'team8', name: 'Team', userIds: ['sue', 'tom'] });
    await sue.do('SendMessage', say(3, 'team8', 'one'));
    await drain(tom);
    await done('/group/quit', { groupId: 'team8', userIds: ['tom'] });
    await sue.do('SendMessage', say(3, 'team8', 'two'));
    await done('/group/join', { groupId: 'team8', userIds: ['tom'] });
    await sue.do('SendMessage', say(3, 'team8', 'three'));

    const skipped = [{ conversationType: 3, targetId: 'team8', afterSeq: 1, beforeSeq: 3 }];
    for (const again of [false, true]) {
      const page = await tom.do('PullMessages');
      assert.deepEqual(page.messages.map(({ seq }) => seq), [3], `again: ${again}`);
      assert.deepEqual(page.skipped, skipped);
      if (again) await tom.do('AckMessages', { ackToken: page.ackToken });
    }

    await sue.do('SendMessage', say(3, 'team8', 'four'));
    const page = await tom.do('PullMessages');
    assert.deepEqual(page.messages.map(({ seq }) => seq), [4]);
    assert.equal('skipped' in page, false);
  });

  test('of five users has its messages pulled by all, and by who has quit no more', async (t) => {
    const users = ['ann1', 'bob1', 'cyd1', 'dan1', 'eve1'];
    const [ann, bob, cyd, dan, eve] = await connect(t, ...users);
    assert.deepEqual(await done('/group/create', { groupId: 'team1', name: 'Team', userIds: users.slice(0, 4) }), {});
    assertRefused(await eve.call('SendMessage', say(3, 'team1', 'no')), 22406);
    const sent = await ann.do('SendMessage', say(3, 'team1', 'one', { clientMessageId: 'k' }));
    assert.equal(sent.seq, 1);
    await done('/group/join', { groupId: 'team1', userIds: ['eve1'] });
    await bob.do('SendMessage', say(3, 'team1', 'two'));

    const [first, second] = await drain(cyd);
    assert.deepEqual(first, {
      conversationType: 3, targetId: 'team1', senderUserId: 'ann1', messageUId: sent.messageUId, seq: 1, sentTime: sent.sentTime,
      objectName: 'RC:TxtMsg', content: { content: 'one' }, clientMessageId: 'k', messageDirection: 2, isPersisted: true,
      isCounted: true, isOffLineMessage: false,
    });
    assert.equal(second.senderUserId, 'bob1');
    assert.deepEqual(await words(eve), ['two']);
    for (const client of [ann, bob, dan]) assert.deepEqual(await words(client), ['one', 'two']);

    await done('/group/quit', { groupId: 'team1', userIds: ['dan1', 'ann1'] });
    await bob.do('SendMessage', say(3, 'team1', 'three'));
    assert.deepEqual(await words(dan), []);
    assert.deepEqual(await words(cyd), ['three']);
    assertRefused(await ann.call('SendMessage', say(3, 'team1', 'four')), 22406);
    assert.deepEqual(await ann.do('SendMessage', say(3, 'team1', 'one', { clientMessageId: 'k' })), sent);
    assert.deepEqual(await done('/group/members', { groupId: 'team1', count: 2 }), {
      name: 'Team', members: [{ userId: 'bob1' }, { userId: 'cyd1' }], total: 3,
    });
    assert.deepEqual(
      (await done('/group/members', { groupId: 'team1', after: 'cyd1' })).members, [{ userId: 'eve1' }]);

    await done('/group/dismiss', { groupId: 'team1' });
    assertRefused(await bob.call('SendMessage', say(3, 'team1', 'five')), 20407);
    assertProblem(await appServer.post('/group/join', { groupId: 'team1', userIds: ['ann1'] }), 400, 20407);
  });

  test('has messages for some, and messages that mention members', async (t) => {
    const [ann, bob, cyd] = await connect(t, 'ann2', 'bob2', 'cyd2');
    await done('/group/create', { groupId: 'team2', name: 'Team', userIds: ['ann2', 'bob2', 'cyd2'] });
    const content = { content: 'psst', user: { id: 'ann2', name: 'Ann', portrait: 'p' } };
    await ann.do('SendMessage', { ...say(3, 'team2', ''), content, toUserIds: ['bob2'] });
    const mentioned = { type: 'part', userIds: ['cyd2'] };
    await ann.do('SendMessage', say(3, 'team2', 'hey', { mentioned }));
    await ann.do('SendMessage', say(3, 'team2', 'all', { mentioned: { type: 'all' } }));

    const [psst, hey, all] = await drain(bob);
    assert.deepEqual(psst.content, content);
    assert.deepEqual([psst.seq, 'mentioned' in psst], [1, false]);
    assert.deepEqual([hey.mentioned, all.mentioned], [mentioned, { type: 'all' }]);
    assert.deepEqual((await drain(cyd)).map((message) => [message.seq, message.mentioned]), [[2, mentioned], [3, { type: 'all' }]]);
    assert.deepEqual((await drain(ann)).map(({ seq }) => seq), [1, 2, 3]);
  });

  test('is among those of its members, which the app server makes as they should be', async () => {
    await done('/group/create', { groupId: 'g3a', name: 'A', userIds: ['fay'] });
    await done('/group/create', { groupId: 'g3b', name: 'B', userIds: ['fay'] });
    await done('/group/refresh', { groupId: 'g3b', name: 'New B' });
    assert.deepEqual(await done('/user/groups', { userId: 'fay' }), {
      groups: [{ groupId: 'g3a', name: 'A' }, { groupId: 'g3b', name: 'New B' }],
    });
    assert.equal((await done('/user/groups', { userId: 'fay', count: 1 })).next, 'g3a');

    const groups = [{ groupId: 'g3b', name: 'New B' }, { groupId: 'g3c', name: 'C' }];
    const synced = (await done('/group/sync', { userId: 'fay', groups })).groups;
    assert.deepEqual(
      synced.sort((a, b) => a.groupId.localeCompare(b.groupId)), [{ groupId: 'g3a', joined: false }, { groupId: 'g3c', joined: true }]);
    assert.deepEqual((await done('/user/groups', { userId: 'fay' })).groups, groups);
    assert.deepEqual((await done('/group/sync', { userId: 'fay', groups })).groups, []);
    const partly = await appServer.post('/group/sync', { userId: 'fay', groups: [{ groupId: 'none3' }, { groupId: 'g3b' }] });
    assert.equal(partly.status, 207);
    assert.deepEqual(partly.body.groups, [{ groupId: 'g3c', joined: false }]);
    assert.deepEqual([partly.body.failed[0].targetId, partly.body.failed[0].code], ['none3', 20407]);
  });
});

describe('a discussion', () => {
  test('is made by a user, grows, changes and shrinks', async (t) => {
    const [ann, bob, cyd] = await connect(t, 'ann4', 'bob4', 'cyd4');
    const { discussionId } = await ann.do('CreateDiscussion', { name: 'Talk', userIds: ['bob4'] });
    assert.deepEqual(await bob.do('GetDiscussion', { discussionId }), {
      discussionId, name: 'Talk', creatorId: 'ann4', userIds: ['ann4', 'bob4'], memberCount: 2, open: true,
    });
    assertRefused(await cyd.call('GetDiscussion', { discussionId }), 21406);
    assertRefused(await cyd.call('SendMessage', say(2, discussionId, 'no')), 21406);
    await ann.do('SendMessage', say(2, discussionId, 'one'));
    await bob.do('AddDiscussionMembers', { discussionId, userIds: ['cyd4'] });
    await cyd.do('SendMessage', say(2, discussionId, 'two'));
    assert.deepEqual(await words(bob), ['one', 'two']);
    assert.deepEqual(await words(cyd), ['two']);

    assertRefused(await bob.call('SetDiscussionInvite', { discussionId, open: false }), 21409);
    await ann.do('SetDiscussionInvite', { discussionId, open: false });
    assertRefused(await bob.call('AddDiscussionMembers', { discussionId, userIds: ['dan4'] }), 21407);
    assertRefused(await bob.call('RemoveDiscussionMember', { discussionId, userId: 'cyd4' }), 20406);
    await ann.do('RemoveDiscussionMember', { discussionId, userId: 'cyd4' });
    await bob.do('SetDiscussionName', { discussionId, name: 'Our talk' });
    await ann.do('QuitDiscussion', { discussionId });
    assert.deepEqual(await bob.do('GetDiscussion', { discussionId }), {
      discussionId, name: 'Our talk', creatorId: 'ann4', userIds: ['bob4'], memberCount: 1, open: false,
    });
    await bob.do('SendMessage', say(2, discussionId, 'three'));
    assert.deepEqual([await words(ann), await words(cyd)], [['one', 'two'], []]);
    assertRefused(await bob.call('GetDiscussion', { discussionId: 'none4' }), 20407);
  });

  test('has no more members than there may be', async (t) => {
    const [ann] = await connect(t, 'ann5');
    const many = (from, count) => Array.from({ length: count }, (_, i) => `u5-${from + i}`);
    assertRefused(await ann.call('CreateDiscussion', { name: 'Talk', userIds: many(0, 1000) }), 33003, /userIds/);
    const { discussionId } = await ann.do('CreateDiscussion', { name: 'Talk', userIds: many(0, 999) });
    await ann.do('AddDiscussionMembers', { discussionId, userIds: many(999, 1000) });
    await ann.do('AddDiscussionMembers', { discussionId, userIds: many(1999, 1000) });
    assertRefused(await ann.call('AddDiscussionMembers', { discussionId, userIds: ['one more'] }), 21407, /3000/);
    assert.equal((await ann.do('GetDiscussion', { discussionId })).memberCount, 3000);
    assert.equal((await ann.do('GetDiscussion', { discussionId })).userIds.length, 10);
  });

  test('is refused with the field that is wrong', async (t) => {
    const [ann] = await connect(t, 'ann6');
    const discussionId = 'none6';
    const cases = [
      ['CreateDiscussion', {}, 'name'], ['CreateDiscussion', { name: '' }, 'name'], ['CreateDiscussion', { name: 'x'.repeat(65) }, 'name'],
      ['CreateDiscussion', { name: 'x', userIds: ['*'] }, 'userIds'], ['GetDiscussion', {}, 'discussionId'],
      ['AddDiscussionMembers', { discussionId }, 'userIds'], ['AddDiscussionMembers', { discussionId, userIds: [] }, 'userIds'],
      ['RemoveDiscussionMember', { discussionId, userId: 5 }, 'userId'], ['QuitDiscussion', { discussionId: '' }, 'discussionId'],
      ['SetDiscussionName', { discussionId }, 'name'], ['SetDiscussionInvite', { discussionId }, 'open'],
      ['SetDiscussionInvite', { discussionId, open: 1 }, 'open'],
    ];
    for (const [method, request, field] of cases)
      assertRefused(await ann.call(method, request), 33003, new RegExp(field));
  });
});

describe('a message of the app server', () => {
  const text = (fields) => ({ fromUserId: 'news', objectName: 'RC:TxtMsg', content: { content: 'hi' }, ...fields });

  test('reaches each user that it is for, and is sent once with its id', async (t) => {
    const [gil, hal] = await connect(t, 'gil', 'hal');
    const body = text({ toUserIds: ['gil', 'hal'], clientMessageId: 'k' });
    const { messages } = await done('/message/private', body);
    assert.deepEqual(messages.map(({ targetId, seq }) => [targetId, seq]), [['gil', 1], ['hal', 1]]);
    assert.deepEqual((await done('/message/private', body)).messages, messages);
    const [got] = await drain(gil);
    assert.deepEqual(
      [got.conversationType, got.targetId, got.messageUId, got.content], [1, 'news', messages[0].messageUId, { content: 'hi' }]);
    assert.deepEqual(await words(hal), ['hi']);
  });

  test('of the system has no way back', async (t) => {
    const [ida] = await connect(t, 'ida');
    const { messages: [{ messageUId }] } = await done('/message/system', text({ toUserIds: ['ida'] }));
    const { messages: [got] } = await ida.chatBatches.next();
    assert.deepEqual([got.conversationType, got.targetId, got.messageUId], [6, 'news', messageUId]);
    assertRefused(await ida.call('SendMessage', say(6, 'news', 'hi')), 33003, /conversationType/);
  });

  test('to groups is told for each of them, whoever sends it', async (t) => {
    const [jim, kim] = await connect(t, 'jim', 'kim');
    await done('/group/create', { groupId: 'team7', name: 'Team', userIds: ['jim', 'kim'] });
    const notice = text({ objectName: 'RC:GrpNtf', toGroupIds: ['team7'], mentioned: { type: 'all' } });
    await done('/message/group', notice);
    await done('/message/group', { ...notice, toUserIds: ['kim'], content: { content: 'you' } });
    assert.deepEqual((await drain(jim)).map(({ isCounted, mentioned }) => [isCounted, mentioned]), [[false, { type: 'all' }]]);
    assert.deepEqual(await words(kim), ['hi', 'you']);

    const partly = await appServer.post('/message/group', text({ toGroupIds: ['team7', 'none7'] }));
    assert.equal(partly.status, 207);
    assert.deepEqual(partly.body.messages.map(({ targetId, seq }) => [targetId, seq]), [['team7', 3]]);
    const [failed] = partly.body.failed;
    assert.deepEqual(
      [failed.targetId, failed.code, failed.error, failed.retryable], ['none7', 20407, 'RC_DISCUSSION_GROUP_ID_INVALID', false]);
    assertProblem(await appServer.post('/message/group', text({ toGroupIds: ['none7'] })), 400, 20407);
  });

  test('is refused with the field that is wrong', async () => {
    const ids = (count) => Array.from({ length: count }, (_, i) => `u${i}`);
    const to = { toUserIds: ['bob'] };
    const cases = [
      ['private', { ...to, fromUserId: undefined }, 'fromUserId'], ['private', { ...to, fromUserId: '*' }, 'fromUserId'],
      ['private', {}, 'toUserIds'], ['private', { toUserIds: ids(1001) }, 'toUserIds'], ['private', { ...to, content: 'x' }, 'content'],
      ['private', { ...to, mentioned: { type: 'all' } }, 'mentioned'], ['system', { toUserIds: ids(101) }, 'toUserIds'],
      ['group', { toGroupIds: ids(4) }, 'toGroupIds'], ['group', to, 'toGroupIds'],
      ['group', { toGroupIds: ['a'], toUserIds: ids(101) }, 'toUserIds'],
    ];
    for (const [kind, fields, word] of cases)
      assertProblem(await appServer.post(`/message/${kind}`, text(fields)), 400, 33003, `'${word}'`);
    assertProblem(await appServer.post('/group/create', { groupId: 'x' }), 400, 33003, "'name'");
    assertProblem(await appServer.post('/group/join', { groupId: 'x', userIds: ids(1001) }), 400, 33003, "'userIds'");
    assertProblem(await appServer.post('/group/members', { groupId: 'x', count: 1001 }), 400, 33003, "'count'");
    assertProblem(await appServer.post('/group/sync', { userId: 'x' }), 400, 33003, "'groups'");
    assertProblem(await appServer.post('/group/sync', { userId: 'x', groups: [{}] }), 400, 33003, "'groupId'");
    assertProblem(await appServer.post('/user/groups', { userId: 'x', count: 201 }), 400, 33003, "'count'");
    assertProblem(await appServer.post('/message/private', '[]'), 400, 1002, 'object');
  });
});

test('groups are as they were answered after kill -9', async (t) => {
  const settings = { 'App:Key': app.key, 'App:Secret': app.secret, 'RateLimits:ConversationMessagesPerSecond': 0 };
  const first = await Server.start({ settings });
  let next;
  t.after(async () => {
    await next?.dispose();
    await first.dispose();
  });
  const before = new AppServer(first, app);
  const ann = await Client.connect(t, first, 'ann');
  await before.post('/group/create', { groupId: 'team', name: 'Team', userIds: ['ann', 'bob'] });
  const sent = await ann.do('SendMessage', say(3, 'team', 'one', { clientMessageId: 'k' }));
  await before.post('/group/quit', { groupId: 'team', userIds: ['bob'] });
  await before.post('/group/join', { groupId: 'team', userIds: ['cyd'] });
  await first.kill();

  next = await Server.start({ dataDirectory: first.dataDirectory, settings });
  const members = await new AppServer(next, app).post('/group/members', { groupId: 'team' });
  assert.deepEqual(members.body, { name: 'Team', members: [{ userId: 'ann' }, { userId: 'cyd' }], total: 2 });
  const again = await Client.connect(t, next, 'ann');
  const [bob, cyd] = [await Client.connect(t, next, 'bob'), await Client.connect(t, next, 'cyd')];
  assert.deepEqual(await again.do('SendMessage', say(3, 'team', 'one', { clientMessageId: 'k' })), sent);
  assert.equal((await again.do('SendMessage', say(3, 'team', 'two'))).seq, 2);
  assertRefused(await bob.call('SendMessage', say(3, 'team', 'no')), 22406);
  assert.deepEqual([await words(bob), await words(cyd)], [['one'], ['two']]);
});
