using System.Collections.Immutable;
using System.Text;
using ImOrleans.Domain.Conversations;
using ImOrleans.Domain.Identifiers;

namespace ImOrleans.Storage.Tests.MessageLog;

/// <summary>What every message log does: here who may write, the order, and the times.</summary>
public abstract partial class MessageLogContract
{
    protected static readonly UserId Ann = new("ann");
    protected static readonly UserId Bob = new("bob");
    protected static readonly ConversationKey Pair = ConversationKey.Private(Ann, Bob);
    protected static readonly ConversationKey Team = ConversationKey.Group(new("team"));

    protected abstract IMessageLog Log { get; }

    protected ManualTimeProvider Clock { get; } = new();

    protected long Now => Clock.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>As after a restart, with another clock.</summary>
    protected abstract Task ReopenAsync(TimeProvider clock);

    [Fact]
    public async Task Every_opening_takes_the_next_epoch_and_changes_nothing_else()
    {
        Assert.Equal(new(1, 0, 0, 0, 0), await Log.OpenAsync(Pair).Guard());
        await AppendAsync(Pair, 1, 1, Text("a"), Text("b", flags: MessageFlags.None));
        Assert.Equal(new(2, 2, 1, Now, 2), await Log.OpenAsync(Pair).Guard());
        Assert.Equal(new(3, 2, 1, Now, 2), await Log.OpenAsync(Pair).Guard());
        Assert.Equal(new(1, 0, 0, 0, 0), await Log.OpenAsync(Team).Guard());
    }

    [Fact]
    public async Task Openings_at_once_all_get_an_epoch_of_their_own()
    {
        var heads = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => Log.OpenAsync(Pair))).Guard();
        Assert.Equal(Enumerable.Range(1, 50).Select(i => (long)i), heads.Select(head => head.Epoch).Order());
    }

    [Fact]
    public async Task A_head_tells_what_was_appended_and_is_nothing_before_the_first_opening()
    {
        await Log.OpenAsync(Pair);
        await AppendAsync(
            Pair, 1, 1,
            Text("a"), Text("b", flags: MessageFlags.None),
            Text("c", flags: MessageFlags.Counted | MessageFlags.Directed, receivers: [Bob]));
        var heads = await Log.ReadHeadsAsync([Team, Pair, Team]).Guard();
        AssertRows(heads, ConversationHead.None, new(1, 3, 2, Now, 2), ConversationHead.None);
        Assert.Empty(await Log.ReadHeadsAsync([]).Guard());
    }

    [Fact]
    public async Task Heads_of_as_many_conversations_as_a_page_holds_come_in_the_order_of_the_question()
    {
        var keys = Enumerable.Range(0, ConversationLimits.PageMessagesMax).Select(Group).ToArray();
        await Task.WhenAll(keys.Where((_, i) => i % 3 == 0).Select(key => Log.OpenAsync(key))).Guard();
        var heads = await Log.ReadHeadsAsync(keys).Guard();
        Assert.Equal(keys.Select((_, i) => i % 3 == 0 ? 1L : 0), heads.Select(head => head.Epoch));
        Assert.Throws<ArgumentOutOfRangeException>(() => { _ = Log.ReadHeadsAsync([.. keys, Pair]); });
    }

    /// <summary>Two activations, for a moment: the older one loses, whatever it writes.</summary>
    [Fact]
    public async Task Whoever_opened_last_writes_and_the_one_before_is_refused()
    {
        await Log.OpenAsync(Team);
        await AppendAsync(Team, 1, 1, Text("of the first"));
        await Log.OpenAsync(Team);
        Assert.Equal(AppendResult.Fenced, await Log.AppendAsync(Append(Team, 1, 2, Text("late"))).Guard());
        Assert.False(await Log.WriteProfileAsync(Team, 1, new("Late", null, false, false)).Guard());
        Assert.False(await Log.ChangeMembersAsync(new(Team, 1, [Ann], [])).Guard());
        Assert.Equal(AppendResult.Fenced, await Log.AppendAsync(Append(Team, 3, 2, Text("of nobody"))).Guard());
        await AppendAsync(Team, 2, 2, Text("of the second"));
        Assert.Equal(["of the first", "of the second"], Texts(await AllAsync(Team)));
        Assert.Null(await Log.ReadProfileAsync(Team).Guard());
        Assert.Empty(await Log.ReadMembersAsync(Team, null, 10).Guard());
    }

    [Fact]
    public async Task What_nobody_has_opened_takes_nothing()
    {
        Assert.Equal(AppendResult.Fenced, await Log.AppendAsync(Append(Team, 1, 1, Text("a"))).Guard());
        Assert.False(await Log.WriteProfileAsync(Team, 1, new("x", null, false, false)).Guard());
        Assert.False(await Log.ChangeMembersAsync(new(Team, 1, [Ann], [])).Guard());
        Assert.Equal(ConversationHead.None, (await Log.ReadHeadsAsync([Team]).Guard())[0]);
        Assert.Null(await Log.ReadEntryAsync(Ann, Team).Guard());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(100)]
    public async Task A_number_that_is_not_the_next_is_refused(long firstSeq)
    {
        await Log.OpenAsync(Pair);
        await AppendAsync(Pair, 1, 1, Text("a"));
        Assert.Equal(
            AppendResult.Fenced, await Log.AppendAsync(Append(Pair, 1, firstSeq, Text("b")) with { Entering = [Ann] }).Guard());
        Assert.Equal(["a"], Texts(await AllAsync(Pair)));
        Assert.Null(await Log.ReadEntryAsync(Ann, Pair).Guard());
    }

    [Fact]
    public async Task Appends_of_one_conversation_at_once_keep_the_order_of_their_calls()
    {
        await Log.OpenAsync(Pair);
        var results = await Task.WhenAll(Enumerable.Range(0, 600).Select(i =>
            Log.AppendAsync(Append(Pair, 1, (i * 2) + 1, Text($"{i * 2}"), Text($"{(i * 2) + 1}"))))).Guard();
        Assert.All(results, result => Assert.True(result.IsStored));
        Assert.Equal(Enumerable.Range(0, 1200).Select(i => $"{i}"), Texts(await AllAsync(Pair)));
        Assert.Equal(new(1, 1200, 1200, Now, 1200), (await Log.ReadHeadsAsync([Pair]))[0]);
    }

    /// <summary>They share transactions: those that are refused, and those that are in error, fail alone.</summary>
    [Fact]
    public async Task Appends_of_many_conversations_at_once_do_not_touch_each_other()
    {
        var keys = Enumerable.Range(0, 300).Select(Group).ToArray();
        await Task.WhenAll(keys.Select(key => Log.OpenAsync(key))).Guard();
        await Task.WhenAll(keys.Select(key => Log.AppendAsync(Append(key, 1, 1, Text("first", name: "n"))))).Guard();
        await Task.WhenAll(keys.Where((_, i) => i % 3 == 1).Select(key => Log.OpenAsync(key))).Guard();
        var second = keys.Select((key, i) =>
            Log.AppendAsync(Append(key, 1, 2, Text("second", name: i % 3 == 2 ? "n" : null)))).ToArray();
        var third = keys.Select(key => Log.AppendAsync(Append(key, 1, 3, Text("third")))).ToArray();
        for (var i = 0; i < keys.Length; i++)
        {
            if (i % 3 == 2)
                await Assert.ThrowsAsync<ArgumentException>(() => second[i]).Guard();
            else
                Assert.Equal(i % 3 == 0, (await second[i].Guard()).IsStored);
            Assert.Equal(i % 3 == 0, (await third[i].Guard()).IsStored);
            Assert.Equal(i % 3 == 0 ? ["first", "second", "third"] : ["first"], Texts(await AllAsync(keys[i])));
        }
    }

    [Fact]
    public async Task All_messages_of_an_append_have_its_time()
    {
        await Log.OpenAsync(Pair);
        var result = await Log.AppendAsync(Append(Pair, 1, 1, Text("a"), Text("b"))).Guard();
        Assert.Equal(new(true, Now), result);
        Assert.Equal([Now, Now], (await AllAsync(Pair)).Select(one => one.SentAtUnixMs));
    }

    [Fact]
    public async Task Times_never_fall_in_the_order_of_commits_whatever_the_clock_does()
    {
        var late = Now + 5000;
        await Log.OpenAsync(Pair);
        await Log.OpenAsync(Team);
        Clock.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(late, await AppendAsync(Pair, 1, 1, Text("a")));
        await ReopenAsync(new ManualTimeProvider(Clock.GetUtcNow() - TimeSpan.FromHours(1)));
        Assert.Equal(late, await AppendAsync(Team, 1, 1, Text("b")));
        Assert.Equal(late, await AppendAsync(Pair, 1, 2, Text("c")));
        await Log.RemoveAsync(late + 1, 100).Guard();
        await ReopenAsync(new ManualTimeProvider(Clock.GetUtcNow() - TimeSpan.FromHours(2)));
        Assert.Equal(late, await AppendAsync(Pair, 1, 3, Text("d")));
        await ReopenAsync(new ManualTimeProvider(Clock.GetUtcNow() + TimeSpan.FromMilliseconds(1)));
        Assert.Equal(late + 1, await AppendAsync(Pair, 1, 4, Text("e")));
    }

    [Fact]
    public async Task An_append_out_of_range_is_refused_at_once_and_one_at_the_bounds_is_taken()
    {
        await Log.OpenAsync(Pair);
        var name = new string('n', ConversationLimits.ClientMessageIdBytesMax);
        var type = new string('t', ConversationLimits.ObjectNameBytesMax);
        var content = new byte[ConversationLimits.ContentBytesMax];
        var full = Text("", name: name) with { ObjectName = type, Content = content };
        await AppendAsync(
            Pair, 1, 1, [full, .. Enumerable.Range(2, ConversationLimits.PageMessagesMax - 1).Select(i => Text($"{i}"))]);
        Assert.Equal(ConversationLimits.PageMessagesMax, (await AllAsync(Pair)).Count());
        ConversationAppend[] wrong =
        [
            Append(Pair, 1, 1001),
            Append(Pair, 1, 1001, [.. Enumerable.Range(0, ConversationLimits.PageMessagesMax + 1).Select(i => Text($"{i}"))]),
            Append(Pair, 0, 1001, Text("a")),
            Append(Pair, 1, 0, Text("a")),
            Append(Pair, 1, MessageUId.SeqMax, Text("a")) with { FirstSeq = MessageUId.SeqMax + 1 },
            Append(Pair, 1, 1001, full with { ClientMessageId = name + "n" }),
            Append(Pair, 1, 1001, full with { ClientMessageId = "" }),
            Append(Pair, 1, 1001, full with { ClientMessageId = null, ObjectName = type + "t" }),
            Append(Pair, 1, 1001, full with { ClientMessageId = null, ObjectName = "" }),
            Append(Pair, 1, 1001, full with { ClientMessageId = null, Content = new byte[content.Length + 1] }),
            Append(Pair, 1, 1001, [.. Enumerable.Repeat(Text("") with { Content = content }, 64)]),
            Append(Pair, 1, 1001, Text("a")) with
            {
                Entering = [.. Enumerable.Range(0, ConversationLimits.MembersChangeMax + 1).Select(User)],
            },
        ];
        Assert.All(wrong, append => Assert.Throws<ArgumentOutOfRangeException>(() => { _ = Log.AppendAsync(append); }));
        Assert.Throws<ArgumentException>(() => { _ = Log.OpenAsync(default); });
        await AppendAsync(Pair, 1, 1001, Text("b"));
    }

    [Fact]
    public async Task Everything_is_there_after_reopening()
    {
        await Log.OpenAsync(Pair);
        await Log.OpenAsync(Team);
        await Log.AppendAsync(Append(Pair, 1, 1, Text("a", name: "x")) with { Entering = [Ann, Bob] }).Guard();
        await Log.WriteProfileAsync(Team, 1, new("The team", Bob, true, false)).Guard();
        await Log.ChangeMembersAsync(new(Team, 1, [Ann], [])).Guard();
        await Log.WriteReadAsync(Ann, Pair, 1).Guard();
        await Log.TouchDeviceAsync(Ann, new(new("phone"), 5, 6)).Guard();
        await Log.WritePositionsAsync(Ann, new("phone"), [new(Pair, 1)]).Guard();
        var head = (await Log.ReadHeadsAsync([Pair]).Guard())[0];
        await ReopenAsync(Clock);
        Assert.Equal(["a"], Texts(await AllAsync(Pair)));
        Assert.NotNull(await Log.FindAsync(Pair, Ann, "x").Guard());
        Assert.Equal(new("The team", Bob, true, false), await Log.ReadProfileAsync(Team).Guard());
        AssertRows(await Log.ReadMembersAsync(Team, null, 10).Guard(), new Member(Ann, 0));
        AssertRows(
            await Log.ReadEntriesAsync(Ann, null, 10).Guard(),
            new(Team, 0, null, 0, new(1, 0, 0, 0, 0)), new(Pair, 0, null, 1, head));
        AssertRows(await Log.ReadDevicesAsync(Ann).Guard(), new DeviceRow(new("phone"), 5, 6));
        AssertRows(await Log.ReadPositionsAsync(Ann, new("phone")).Guard(), new DevicePosition(Pair, 1));
        Assert.Equal(2, (await Log.OpenAsync(Pair).Guard()).Epoch);
        await AppendAsync(Pair, 2, 2, Text("b"));
        Assert.Equal(["a", "b"], Texts(await AllAsync(Pair)));
    }

    /// <summary>A random life; see docs/reliability.md.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public Task A_random_life_is_that_of_the_log_in_memory(int seed) => new MessageLogModel(seed, Clock, async () =>
    {
        await ReopenAsync(Clock);
        return Log;
    }).RunAsync(LongRun.Rounds(inShort: 700, inFull: 5000));

    protected static ConversationKey Group(int number) => ConversationKey.Group(new($"g{number:0000}"));

    protected static UserId User(int number) => new($"u{number:000000}");

    protected static ChatMessage Text(
        string text, UserId? sender = null, string? name = null, MessageFlags flags = MessageFlags.Counted,
        ImmutableArray<UserId> receivers = default) => new(
        default, sender ?? Ann, "RC:TxtMsg", Encoding.UTF8.GetBytes(text), flags, name,
        receivers.IsDefault ? [] : receivers, default);

    /// <summary>Gives the messages their names.</summary>
    protected static ConversationAppend Append(
        ConversationKey key, long epoch, long firstSeq, params ChatMessage[] messages) => new(
        key, epoch, firstSeq,
        [.. messages.Select((one, i) => one with { UId = MessageUId.Create(key, Math.Max(1, firstSeq + i), 77) })], []);

    protected static IEnumerable<string> Texts(IEnumerable<StoredMessage> messages) =>
        messages.Select(one => Encoding.UTF8.GetString(one.Message.Content.Span));

    protected static void AssertRows<T>(IEnumerable<T> actual, params IEnumerable<T> expected) =>
        Assert.Equal(expected, actual);

    /// <summary>Its time.</summary>
    protected async Task<long> AppendAsync(ConversationKey key, long epoch, long firstSeq, params ChatMessage[] messages)
    {
        var result = await Log.AppendAsync(Append(key, epoch, firstSeq, messages)).Guard();
        Assert.True(result.IsStored);
        return result.SentAtUnixMs;
    }

    /// <summary>All messages, page by page.</summary>
    protected async Task<IEnumerable<StoredMessage>> AllAsync(ConversationKey key)
    {
        var all = new List<StoredMessage>();
        for (MessagePage? page = null; page is not { HasMore: false };)
        {
            var after = all.Count == 0 ? 0 : all[^1].Seq;
            page = await Log.ReadAsync(key, new(after, long.MaxValue, ConversationLimits.PageMessagesMax, false)).Guard();
            all.AddRange(page.Messages);
        }

        return all;
    }
}
