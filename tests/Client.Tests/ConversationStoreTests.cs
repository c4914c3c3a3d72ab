using System.Text.Json;
using ImOrleans.Client.Tests.Fakes;
using ImOrleans.Client.Wire;
using ImOrleans.TestKit;

namespace ImOrleans.Client.Tests;

/// <summary>What a store makes of pulls, pushes, notices, losses and an app that cannot save.</summary>
public sealed class ConversationStoreTests : IAsyncLifetime
{
    private readonly FakedClient _faked = new();
    private readonly FakeInbox _inbox = new();
    private readonly List<UnsavedMessages> _saved = [];
    private Func<Task> _save = () => Task.CompletedTask;
    private ConversationStore _store = null!;
    private Task? _pausing;

    public Task InitializeAsync()
    {
        _faked.Server.Answer = _inbox.Answer;
        _store = NewStore();
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        await _store.DisposeAsync().AsTask().Guard();
        await _faked.DisposeAsync();
    }

    [Fact]
    public async Task What_waits_is_pulled_saved_shown_and_acknowledged_page_by_page()
    {
        for (var i = 0; i < 250; i++)
            _inbox.Store("bob");
        _inbox.Store("cyd");
        await CaughtUpAsync();

        Assert.Equal(["pull", "ack bob:200", "pull", "ack bob:250 cyd:1"], _inbox.Calls);
        Assert.Equal([200, 51], _saved.Select(one => one.Messages.Count));
        Assert.Equal(["bob", "cyd"], _store.Conversations.Select(one => one.TargetId));
        Assert.Equal(Enumerable.Range(1, 250).Select(seq => (long)seq), Seqs("bob"));
        Assert.Empty(_store.Find(ConversationType.Private, "bob")!.Gaps);
        Assert.Null(_store.Find(ConversationType.Group, "bob"));
    }

    [Fact]
    public async Task Nothing_is_shown_or_acknowledged_before_it_is_saved_and_it_comes_again_after_growing_pauses()
    {
        _inbox.Store("bob");
        var fails = 3;
        _save = () => fails-- > 0 ? throw new IOException("full") : Task.CompletedTask;
        await _faked.ConnectAsync();
        for (var seconds = 1; seconds <= 4; seconds *= 2)
        {
            await _faked.Clock.SeenAsync(TimeSpan.FromSeconds(seconds));
            Assert.Empty(_store.Conversations);
            Assert.DoesNotContain(_inbox.Calls, call => call != "pull");
            _faked.Clock.Advance(TimeSpan.FromSeconds(seconds));
        }

        await _store.CaughtUpAsync().Guard();
        Assert.Equal(["pull", "pull", "pull", "pull", "ack bob:1"], _inbox.Calls);
        Assert.Equal([1], Seqs("bob"));

        // It is not held against what goes wrong later.
        (fails, _inbox.Instead) = (1, _ => null);
        _inbox.Push(_faked.Server.Last!, "bob", _inbox.Store("bob"));
        await _faked.Clock.PassAsync(TimeSpan.FromSeconds(1));
        await _store.CaughtUpAsync().Guard();
        Assert.Equal(2, _inbox.Acknowledged("bob"));
    }

    [Fact]
    public async Task A_lost_acknowledgement_brings_messages_again_and_nobody_sees_it()
    {
        _inbox.Store("bob");
        var never = new TaskCompletionSource<WireReply>();
        _inbox.Instead = call => call == "ack bob:1" ? never.Task : null;
        var changes = new FeedReader<ConversationChange>(_store.Changes);
        var link = await _faked.ConnectAsync();
        Assert.Equal([1L], (await changes.NextAsync()).Added.Select(message => message.Seq));
        await AskedAsync(link, "AckMessages");
        _inbox.Instead = _ => null;
        link.Lose();
        var retryIn = (await _faked.StateAsync(ConnectionState.Reconnecting)).RetryIn;
        await _faked.Clock.SeenAsync(retryIn);

        // The store pauses too; whichever was first, the other follows.
        await _faked.Clock.SeenAsync(retryIn);
        Assert.Equal(ConversationReader.PauseMin, retryIn);
        _faked.Clock.Advance(retryIn);
        await _store.CaughtUpAsync().Guard();

        Assert.Equal(["pull", "ack bob:1", "pull", "ack bob:1"], _inbox.Calls);
        Assert.Single(_saved);
        _inbox.Push(_faked.Server.Last!, "bob", _inbox.Store("bob"));
        Assert.Equal([2L], (await changes.NextAsync()).Added.Select(message => message.Seq));
    }

    [Fact]
    public async Task What_comes_by_a_pull_and_by_a_push_is_there_once()
    {
        _inbox.Store("bob");
        var link = await _faked.ConnectAsync();
        await _store.CaughtUpAsync().Guard();
        _inbox.Store("bob");
        _inbox.Store("bob");

        // The pull has all; the pushes come nevertheless.
        link.Events.OnChatNotices([new(1, "bob")]);
        _inbox.Push(link, "bob", 2);
        _inbox.Push(link, "bob", 2, 3);
        await SettledAsync();

        Assert.Equal([1, 2, 3], Seqs("bob"));
        Assert.Equal([1, 2, 3], SavedSeqs("bob"));
        Assert.Equal(3, _inbox.Acknowledged("bob"));
    }

    [Fact]
    public async Task A_notice_during_a_pull_leads_to_another_one()
    {
        var answer = new TaskCompletionSource<WireReply>();
        _inbox.Instead = call => call == "pull" ? answer.Task : null;
        var link = await _faked.ConnectAsync();
        await AskedAsync(link, "PullMessages");
        _inbox.Instead = _ => null;
        _inbox.Store("bob");
        link.Events.OnChatNotices([new(1, "bob")]);
        answer.SetResult(new(0, JsonSerializer.Deserialize<JsonElement>("""{"messages":[],"finished":true}""")));
        await _store.CaughtUpAsync().Guard();

        Assert.Equal([1], Seqs("bob"));
    }

    [Fact]
    public async Task What_does_not_go_on_from_what_is_here_is_pulled_before_it_is_acknowledged()
    {
        _inbox.Store("bob");
        var link = await _faked.ConnectAsync();
        await _store.CaughtUpAsync().Guard();

        // The answer to an own message was lost; it is not pushed to who wrote it.
        _inbox.Store("bob", isOwn: true);
        _inbox.Push(link, "bob", _inbox.Store("bob"));
        await SettledAsync();

        Assert.Equal(["pull", "ack bob:1", "pull", "ack bob:3"], _inbox.Calls.Take(4));
        Assert.Equal([1, 2, 3], Seqs("bob"));
        Assert.Equal([1, 2, 3], SavedSeqs("bob"));
    }

    [Fact]
    public async Task What_is_for_others_is_no_gap()
    {
        _inbox.Store("bob");
        var link = await _faked.ConnectAsync();
        await _store.CaughtUpAsync().Guard();
        _inbox.StoreForOthers("bob");
        _inbox.Push(link, "bob", _inbox.Store("bob"));
        await SettledAsync();

        Assert.Equal([1, 3], Seqs("bob"));
        Assert.Empty(Gaps("bob"));
    }

    [Fact]
    public async Task Batches_that_were_dropped_are_pulled_before_anything_after_them_is_acknowledged()
    {
        var link = await _faked.ConnectAsync();
        await _store.CaughtUpAsync().Guard();
        var saving = new TaskCompletionSource();
        var begun = new TaskCompletionSource();
        _save = () =>
        {
            begun.TrySetResult();
            return saving.Task;
        };
        _inbox.Push(link, "bob", _inbox.Store("bob"));
        await begun.Task.Guard();

        // One conversation is dropped as a whole: nothing of another one tells of it.
        _inbox.Push(link, "cyd", _inbox.Store("cyd"));
        var last = 1L;
        while (_faked.Client.Conversations.Pushed.Dropped == 0)
            _inbox.Push(link, "bob", last = _inbox.Store("bob"));
        saving.SetResult();
        await SettledAsync();

        Assert.Equal([1], Seqs("cyd"));
        Assert.Equal(Enumerable.Range(1, (int)last).Select(seq => (long)seq), SavedSeqs("bob"));
        Assert.Equal((last, 1), (_inbox.Acknowledged("bob"), _inbox.Acknowledged("cyd")));

        // No more than that is kept.
        Assert.Equal(1000, Seqs("bob").Count());
        Assert.Equal([new(0, last - 999)], Gaps("bob"));
    }

    [Fact]
    public async Task One_acknowledgement_is_under_way_and_then_only_the_newest_of_each_conversation()
    {
        var link = await _faked.ConnectAsync();
        await _store.CaughtUpAsync().Guard();
        var answer = new TaskCompletionSource<WireReply>();
        _inbox.Instead = call => call == "ack bob:1" ? answer.Task : null;
        _inbox.Push(link, "bob", _inbox.Store("bob"));
        await AskedAsync(link, "AckMessages");
        var changes = new FeedReader<ConversationChange>(_store.Changes);
        for (var i = 0; i < 50; i++)
            _inbox.Push(link, "bob", _inbox.Store("bob"));
        _inbox.Push(link, "cyd", _inbox.Store("cyd"));
        await changes.NextAsync<ConversationChange>(change => change.TargetId == "cyd");
        answer.SetResult(new(0, default));
        await SettledAsync();

        Assert.Equal(["ack bob:1", "ack bob:51", "ack cyd:1"], _inbox.Calls.Where(call => call != "pull"));
    }

    [Fact]
    public async Task A_pull_acknowledges_many_conversations_together()
    {
        var link = await _faked.ConnectAsync();
        await _store.CaughtUpAsync().Guard();
        var answer = new TaskCompletionSource<WireReply>();
        _inbox.Instead = call => call == "ack first:1" ? answer.Task : null;
        _inbox.Push(link, "first", _inbox.Store("first"));
        await AskedAsync(link, "AckMessages");
        for (var i = 0; i <= ConversationReader.TokensMax; i++)
            _inbox.Push(link, $"user{i}", _inbox.Store($"user{i}"));
        await AskedAsync(link, "PullMessages");
        answer.SetResult(new(0, default));
        await SettledAsync();

        Assert.All(Enumerable.Range(0, ConversationReader.TokensMax + 1), i => Assert.Equal(1, _inbox.Acknowledged($"user{i}")));
        Assert.InRange(_inbox.Calls.Count(call => call.StartsWith("ack", StringComparison.Ordinal)), 2, 3);
    }

    [Fact]
    public async Task An_acknowledgement_that_is_refused_is_made_up_for_by_a_pull()
    {
        var link = await _faked.ConnectAsync();
        await _store.CaughtUpAsync().Guard();
        var refusals = 2;
        _inbox.Instead = call => call == "ack bob:1" && refusals-- > 0 ? FakeServer.Refuse(24015, retryable: true) : null;
        _inbox.Push(link, "bob", _inbox.Store("bob"));

        // The one of the pull was refused too.
        await _faked.Clock.PassAsync(TimeSpan.FromSeconds(1));
        await SettledAsync();
        Assert.Equal(["pull", "ack bob:1", "pull", "ack bob:1", "pull", "ack bob:1"], _inbox.Calls);
        Assert.Equal([1], SavedSeqs("bob"));
    }

    [Fact]
    public async Task A_refusal_for_good_is_told_and_the_next_notice_tries_again()
    {
        _inbox.Store("bob");
        _inbox.Instead = call => call == "pull" ? FakeServer.Refuse(33003) : null;
        var waiting = _store.CaughtUpAsync();
        var link = await _faked.ConnectAsync();

        Assert.Equal(33003, (await Assert.ThrowsAsync<RtmException>(() => waiting.Guard())).Code);
        Assert.Equal(33003, (await Assert.ThrowsAsync<RtmException>(() => _store.CaughtUpAsync().Guard())).Code);
        _inbox.Instead = _ => null;
        link.Events.OnChatNotices([new(1, "bob")]);
        await _store.CaughtUpAsync().Guard();
        Assert.Equal([1], Seqs("bob"));
    }

    [Fact]
    public async Task A_rate_is_waited_for()
    {
        _inbox.Instead = call => call == "pull" ? FakeServer.Refuse(10021, retryable: true, retryAfterMs: 7000) : null;
        await _faked.ConnectAsync();
        await _faked.Clock.SeenAsync(TimeSpan.FromSeconds(7));
        _inbox.Instead = _ => null;
        _faked.Clock.Advance(TimeSpan.FromSeconds(7));
        await _store.CaughtUpAsync().Guard();
    }

    [Fact]
    public async Task What_the_server_left_out_is_told_with_what_is_new_and_is_there_after_a_restart()
    {
        _inbox.Store("bob");
        await CaughtUpAsync();
        for (var i = 0; i < 5; i++)
            _inbox.Store("bob");
        _inbox.Skip("bob", 4);
        var changes = new FeedReader<ConversationChange>(_store.Changes);
        await changes.NextAsync();
        _faked.Server.Last!.Events.OnChatNotices([new(1, "bob")]);
        var change = await changes.NextAsync();
        await _store.CaughtUpAsync().Guard();

        Assert.Equal([5L, 6L], change.Added.Select(message => message.Seq));
        Assert.Equal([new(1, 5)], change.Gaps);
        Assert.Equal([new(ConversationType.Private, "bob", new(1, 5))], _saved[^1].Gaps);

        await using var next = new FakedClient();
        next.Server.Answer = _inbox.Answer;
        await using var restored = new ConversationStore(next.Client, new() { UserId = "me" });
        restored.Restore(_saved.SelectMany(one => one.Messages), _saved.SelectMany(one => one.Gaps));
        _inbox.Store("bob");
        await next.ConnectAsync();
        await restored.CaughtUpAsync().Guard();
        var bob = restored.Find(ConversationType.Private, "bob")!;
        Assert.Equal([1, 5, 6, 7], bob.Messages.Select(message => message.Seq));
        Assert.Equal([new(1, 5)], bob.Gaps);

        Assert.Equal([3L], restored.Fill(
            ConversationType.Private, "bob", new(1, 5), [bob.Messages[0] with { Seq = 3, UId = "bob-3" }]).Select(one => one.Seq));
        Assert.Empty(restored.Find(ConversationType.Private, "bob")!.Gaps);
        Assert.Throws<InvalidOperationException>(() => restored.Restore([], []));
    }

    [Fact]
    public async Task An_app_that_was_installed_anew_sees_a_gap_before_what_is_new()
    {
        for (var i = 0; i < 4; i++)
            _inbox.Store("bob");
        _inbox.Acknowledge("bob", 3);
        await CaughtUpAsync();

        Assert.Equal([4], Seqs("bob"));
        Assert.Equal([new(0, 4)], Gaps("bob"));
        Assert.Equal([new(ConversationType.Private, "bob", new(0, 4))], _saved[0].Gaps);
    }

    [Fact]
    public async Task What_was_sent_is_there_with_the_answer_and_saved_before_what_follows_it_is_acknowledged()
    {
        var link = await _faked.ConnectAsync();
        await _store.CaughtUpAsync().Guard();
        var sent = await _store.SendAsync(
            ConversationType.Private, "bob", "RC:TxtMsg", new { content = "1" }, new() { ClientMessageId = "k" });
        var own = Assert.Single(_store.Find(ConversationType.Private, "bob")!.Messages);
        Assert.Equal(
            (sent.UId, 1, "me", "k", true, true, """{"content":"1"}"""),
            (own.UId, own.Seq, own.SenderUserId, own.ClientMessageId, own.IsOwn, own.IsCounted, own.Content.GetRawText()));
        _inbox.Push(link, "bob", _inbox.Store("bob"));
        await SettledAsync();

        Assert.Equal([1, 2], SavedSeqs("bob"));
        Assert.Equal(["pull", "ack bob:2"], _inbox.Calls);
    }

    [Fact]
    public async Task What_was_masked_or_perhaps_not_sent_is_pulled()
    {
        await CaughtUpAsync();
        foreach (var (seq, answer) in new[]
        {
            (1L, new WireReply(21502, JsonSerializer.Deserialize<JsonElement>("""{"messageUId":"bob-1","seq":1,"sentTime":1}"""))),
            (2L, new WireReply(24015, default, "INTERNALERRROR", "Not known.", true)),
        })
        {
            _inbox.Instead = call => call == "SendMessage" ? Task.FromResult(answer) : null;
            _inbox.Store("bob", isOwn: true);
            var sending = _store.SendAsync(ConversationType.Private, "bob", "RC:TxtMsg", new { content = "bad" });
            if (answer.Code == 24015)
                await Assert.ThrowsAsync<RtmException>(() => sending);
            else
                Assert.True((await sending).IsMasked);
            await _store.CaughtUpAsync().Guard();
            Assert.Equal(seq, Seqs("bob").Last());
        }

        Assert.Equal("1", _store.Find(ConversationType.Private, "bob")!.Messages[0].Content.GetProperty("content").GetString());
    }

    [Fact]
    public async Task No_more_is_sent_than_may_wait_to_be_saved()
    {
        await CaughtUpAsync();
        var saving = new TaskCompletionSource();
        _save = () => saving.Task;
        for (var i = 0; i < ConversationBook.UnsavedMax; i++)
            await _store.SendAsync(ConversationType.Private, "bob", "RC:TxtMsg", new { });

        await Assert.ThrowsAsync<InvalidOperationException>(
            () => _store.SendAsync(ConversationType.Private, "bob", "RC:TxtMsg", new { }));
        saving.SetResult();
        await _store.CaughtUpAsync().Guard();
        await _store.SendAsync(ConversationType.Private, "bob", "RC:TxtMsg", new { });
    }

    [Fact]
    public async Task The_conversation_that_was_active_longest_ago_makes_room()
    {
        await _store.DisposeAsync();
        _store = NewStore(conversationsMax: 2);
        var changes = new FeedReader<ConversationChange>(_store.Changes);
        var link = await _faked.ConnectAsync();
        await _store.CaughtUpAsync().Guard();
        foreach (var (target, many) in new[] { ("old", 1), ("young", 3), ("new", 2) })
            for (var i = 0; i < many; i++)
                _inbox.Push(link, target, _inbox.Store(target));
        Assert.Equal("old", (await changes.NextAsync<ConversationChange>(change => change.IsForgotten)).TargetId);
        await SettledAsync();
        Assert.Equal(["young", "new"], _store.Conversations.Select(one => one.TargetId));

        // What comes of it later does not look as if there had been nothing before.
        for (var i = 0; i < 4; i++)
            _inbox.Store("old");
        _inbox.Push(link, "old", 2, 3, 4, 5);
        await SettledAsync();
        Assert.Equal([new(0, 2)], Gaps("old"));
    }

    [Fact]
    public async Task A_client_has_one_store_which_is_the_only_reader()
    {
        Assert.Contains("only", Assert.Throws<InvalidOperationException>(() => NewStore()).Message, StringComparison.Ordinal);
        Assert.Throws<InvalidOperationException>(() => _faked.Client.Conversations.Pushed.GetAsyncEnumerator());

        // Once it is disposed there may be another one.
        await _store.DisposeAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => _store.CaughtUpAsync().Guard());
        await Assert.ThrowsAsync<ObjectDisposedException>(
            () => _store.SendAsync(ConversationType.Private, "bob", "RC:TxtMsg", new { }));
        _inbox.Store("bob");
        await _faked.ConnectAsync();
        _store = NewStore();
        await _store.CaughtUpAsync().Guard();
        Assert.Equal([1], Seqs("bob"));
    }

    [Fact]
    public async Task It_ends_with_its_client()
    {
        var changes = new FeedReader<ConversationChange>(_store.Changes);
        var waiting = _store.CaughtUpAsync();
        await _faked.Client.DisposeAsync();

        Assert.True(await changes.HasEndedAsync());
        await Assert.ThrowsAsync<ObjectDisposedException>(() => waiting.Guard());
    }

    [Theory]
    [InlineData("", 1, 1)]
    [InlineData("me", 0, 1)]
    [InlineData("me", 1, 0)]
    public void Options_have_bounds(string user, int messages, int conversations) => Assert.ThrowsAny<ArgumentException>(
        () => new ConversationStore(
            _faked.Client, new() { UserId = user, MessagesPerConversationMax = messages, ConversationsMax = conversations }));

    private ConversationStore NewStore(int conversationsMax = 10_000) => new(_faked.Client, new()
    {
        UserId = "me",
        ConversationsMax = conversationsMax,
        SaveAsync = async (unsaved, _) =>
        {
            await _save();
            _saved.Add(unsaved);
        },
    });

    private async Task CaughtUpAsync()
    {
        await _faked.ConnectAsync();
        await _store.CaughtUpAsync().Guard();
    }

    /// <summary>Caught up, while the pauses between acknowledgements pass.</summary>
    private async Task SettledAsync()
    {
        var settled = _store.CaughtUpAsync();
        while (true)
        {
            _pausing ??= _faked.Clock.SeenAsync(ConversationReader.AcknowledgePause);
            if (await Task.WhenAny(settled, _pausing).Guard() == settled)
                break;
            await _pausing;
            _pausing = null;
            _faked.Clock.Advance(ConversationReader.AcknowledgePause);
        }

        await settled;
    }

    private static async Task AskedAsync(FakeLink link, string method)
    {
        while (!(await link.NextCallAsync()).StartsWith(method, StringComparison.Ordinal))
        {
            // Another one.
        }
    }

    private IEnumerable<long> Seqs(string target) =>
        _store.Find(ConversationType.Private, target)!.Messages.Select(message => message.Seq);

    private IReadOnlyList<MessageGap> Gaps(string target) => _store.Find(ConversationType.Private, target)!.Gaps;

    private IEnumerable<long> SavedSeqs(string target) => _saved.SelectMany(one => one.Messages)
        .Where(message => message.TargetId == target).Select(message => message.Seq);
}
