using ImOrleans.Client.Tests.Fakes;

namespace ImOrleans.Client.Tests.Server;

/// <summary>Conversations, against a real server.</summary>
public sealed class ConversationFlowTests(RealServer server) : IClassFixture<RealServer>
{
    [Fact]
    public async Task What_was_sent_is_told_pulled_in_order_and_not_again_once_it_was_taken()
    {
        await using var alice = await server.ConnectAsync("c-alice");
        await using var bob = await server.ConnectAsync("c-bob");
        var events = new FeedReader<ClientEvent>(bob.Events);
        var first = await alice.Conversations.SendTextAsync("c-bob", "one", new() { ClientMessageId = "k" });
        Assert.Equal(first, await alice.Conversations.SendTextAsync("c-bob", "one", new() { ClientMessageId = "k" }));
        var second = await alice.Conversations.SendAsync(ConversationType.Private, "c-bob", "App:Own", new { deep = new[] { 1, 2 } });
        while (await events.NextAsync() is not NewConversationMessages { Type: ConversationType.Private, TargetId: "c-alice" })
        {
            // The states of the connection.
        }

        var pulled = await AllAsync(bob);
        Assert.Equal([(first.UId, 1L, first.SentAt), (second.UId, 2L, second.SentAt)], pulled.Select(one => (one.UId, one.Seq, one.SentAt)));
        var (one, two) = (pulled[0], pulled[1]);
        Assert.Equal(
            (ConversationType.Private, "c-alice", "c-alice", "RC:TxtMsg", "k", false, true, false),
            (one.Type, one.TargetId, one.SenderUserId, one.ObjectName, one.ClientMessageId, one.IsOwn, one.IsCounted, one.IsOffline));
        Assert.Equal("one", one.Content.GetProperty("content").GetString());
        Assert.Equal("""{"deep":[1,2]}""", two.Content.GetRawText());
        Assert.Empty(await AllAsync(bob));
        Assert.All(await AllAsync(alice), message => Assert.True(message.IsOwn));
    }

    [Fact]
    public async Task Who_has_pulled_all_gets_what_is_new_and_not_again_once_it_has_acknowledged_it()
    {
        await using var alice = await server.ConnectAsync("c-fay");
        await using var bob = await server.ConnectAsync("c-gus");
        var pushed = new FeedReader<PushedMessages>(bob.Conversations.Pushed);
        Assert.Empty(await AllAsync(bob));

        var first = await alice.Conversations.SendTextAsync("c-gus", "one");
        var second = await alice.Conversations.SendTextAsync("c-gus", "two");

        // What is stored quickly one after the other may come together.
        List<PushedMessages> batches = [];
        while (batches.Sum(batch => batch.Messages.Count) < 2)
            batches.Add(await pushed.NextAsync());
        Assert.Equal(
            [(first.UId, 1L, false), (second.UId, 2L, false)],
            batches.SelectMany(batch => batch.Messages).Select(message => (message.UId, message.Seq, message.IsOffline)));
        Assert.Equal([1L, 2L], (await bob.Conversations.PullAsync()).Messages.Select(message => message.Seq));
        await bob.Conversations.AcknowledgeAsync(batches[^1].AckToken);
        Assert.Empty(await AllAsync(bob));
    }

    [Fact]
    public async Task A_page_that_was_not_taken_to_its_end_comes_again()
    {
        await using var alice = await server.ConnectAsync("c-dan");
        await alice.Conversations.SendTextAsync("c-dan", "one");
        await alice.Conversations.SendTextAsync("c-dan", "two");

        await foreach (var message in alice.Conversations.PullAllAsync())
        {
            Assert.Equal(1, message.Seq);
            break;
        }

        Assert.Equal([1L, 2L], (await AllAsync(alice)).Select(message => message.Seq));
    }

    [Fact]
    public async Task A_discussion_is_made_changed_and_left_and_messages_there_are_for_some_and_mention_some()
    {
        await using var alice = await server.ConnectAsync("d-alice");
        await using var bob = await server.ConnectAsync("d-bob");
        await using var cyd = await server.ConnectAsync("d-cyd");
        var id = await alice.Discussions.CreateAsync("Talk", ["d-bob"]);
        await alice.Discussions.AddMembersAsync(id, ["d-cyd"]);
        var made = await bob.Discussions.GetAsync(id);
        Assert.Equal((id, "Talk", "d-alice", 3, true), (made.Id, made.Name, made.CreatorUserId, made.MemberCount, made.IsOpen));
        Assert.Equal(["d-alice", "d-bob", "d-cyd"], made.UserIds);

        Task SayAsync(string text, SendOptions options) => alice.Conversations.SendAsync(
            ConversationType.Discussion, id, "RC:TxtMsg", new { content = text }, options);
        await SayAsync("for bob", new() { ToUserIds = ["d-bob"] });
        await SayAsync("at cyd", new() { Mentioned = Mention.Of("d-cyd") });
        await SayAsync("at all", new() { Mentioned = Mention.All });

        var pulled = await AllAsync(bob);
        Assert.Equal([1L, 2L, 3L], pulled.Select(message => message.Seq));
        Assert.Equal((ConversationType.Discussion, id, "d-alice"), (pulled[0].Type, pulled[0].TargetId, pulled[0].SenderUserId));
        Assert.Null(pulled[0].Mentioned);
        Assert.Equal(["d-cyd"], pulled[1].Mentioned!.UserIds);
        Assert.Equal([false, true], pulled.Skip(1).Select(message => message.Mentioned!.Includes("d-bob")));
        Assert.Equal([2L, 3L], (await AllAsync(cyd)).Select(message => message.Seq));

        await alice.Discussions.SetInviteAsync(id, false);
        Assert.Equal(21407, await CodeAsync(() => bob.Discussions.AddMembersAsync(id, ["d-dan"])));
        Assert.Equal(20406, await CodeAsync(() => bob.Discussions.RemoveMemberAsync(id, "d-cyd")));
        await alice.Discussions.RemoveMemberAsync(id, "d-cyd");
        await bob.Discussions.SetNameAsync(id, "Ours");
        await alice.Discussions.QuitAsync(id);
        Assert.Equal(21406, await CodeAsync(() => alice.Discussions.GetAsync(id)));
        var left = await bob.Discussions.GetAsync(id);
        Assert.Equal(("Ours", 1, false), (left.Name, left.MemberCount, left.IsOpen));
        Assert.Equal(33003, await CodeAsync(() => bob.Discussions.CreateAsync("", [])));

        static async Task<int> CodeAsync(Func<Task> call) => (await Assert.ThrowsAsync<RtmException>(call)).Code;
    }

    [Fact]
    public async Task Who_is_on_the_blacklist_is_refused()
    {
        await using var alice = await server.ConnectAsync("c-fay");
        await using var bob = await server.ConnectAsync("c-gus");
        await alice.Conversations.AddToBlacklistAsync("c-gus");
        await alice.Conversations.SetOfflineDaysAsync(3);

        Assert.Equal(405, (await Assert.ThrowsAsync<RtmException>(() => bob.Conversations.SendTextAsync("c-fay", "x"))).Code);
        Assert.True(await alice.Conversations.IsBlacklistedAsync("c-gus"));
        Assert.Equal(["c-gus"], await alice.Conversations.GetBlacklistAsync());

        await alice.Conversations.RemoveFromBlacklistAsync("c-gus");
        Assert.False(await alice.Conversations.IsBlacklistedAsync("c-gus"));
        await bob.Conversations.SendTextAsync("c-fay", "x");
    }

    [Fact]
    public async Task Status_messages_come_as_events()
    {
        await using var alice = await server.ConnectAsync("c-hal");
        await using var bob = await server.ConnectAsync("c-ida");
        var events = new FeedReader<ClientEvent>(bob.Events);

        var sent = await alice.Conversations.SendStatusAsync(ConversationType.Private, "c-ida", "App:Own", new { now = 1 });
        await alice.Conversations.SendTypingAsync(ConversationType.Private, "c-ida");

        var first = (await events.NextAsync<ConversationStatusReceived>(_ => true)).Message;
        Assert.Equal((0, sent.UId, sent.SentAt, "App:Own"), (first.Seq, first.UId, first.SentAt, first.ObjectName));
        Assert.Equal("RC:TypSts", (await events.NextAsync<ConversationStatusReceived>(_ => true)).Message.ObjectName);
        Assert.Empty(await AllAsync(bob));
    }

    [Fact]
    public async Task What_is_wrong_has_its_code()
    {
        await using var alice = await server.ConnectAsync("c-eve");

        Assert.Equal(33003, (await Assert.ThrowsAsync<RtmException>(() => alice.Conversations.SendTextAsync("*", "x"))).Code);
        Assert.Equal(33003, (await Assert.ThrowsAsync<RtmException>(() => alice.Conversations.PullAsync(201))).Code);
        Assert.Equal(33003, (await Assert.ThrowsAsync<RtmException>(() => alice.Conversations.AcknowledgeAsync("x"))).Code);
        var tooLong = new string('x', 300_000);
        Assert.Equal(33003, (await Assert.ThrowsAsync<RtmException>(() => alice.Conversations.SendTextAsync("c-eve", tooLong))).Code);
        Assert.Equal(ConnectionState.Connected, alice.State);
        var group = await Assert.ThrowsAsync<RtmException>(
            () => alice.Conversations.SendAsync(ConversationType.Group, "team", "RC:TxtMsg", new { }));
        Assert.Equal((20407, "RC_DISCUSSION_GROUP_ID_INVALID"), (group.Code, group.Error));
    }

    private static async Task<List<ConversationMessage>> AllAsync(RtmClient client)
    {
        List<ConversationMessage> all = [];
        await foreach (var message in client.Conversations.PullAllAsync())
            all.Add(message);
        return all;
    }
}
