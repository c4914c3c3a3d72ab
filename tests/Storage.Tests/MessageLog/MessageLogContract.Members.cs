using ImOrleans.Domain.Conversations;
using ImOrleans.Domain.Identifiers;

namespace ImOrleans.Storage.Tests.MessageLog;

/// <summary>What every message log does: here profiles, members and the conversations of a user.</summary>
public abstract partial class MessageLogContract
{
    [Fact]
    public async Task A_profile_reads_back_as_it_was_written_last()
    {
        await Log.OpenAsync(Team);
        Assert.Null(await Log.ReadProfileAsync(Team).Guard());
        foreach (var profile in (GroupProfile[])
            [new("na\0me ✓ 🙂", null, false, false), new("", Ann, true, false), new("x", Bob, false, true)])
        {
            Assert.True(await Log.WriteProfileAsync(Team, 1, profile).Guard());
            Assert.Equal(profile, await Log.ReadProfileAsync(Team).Guard());
        }

        Assert.Null(await Log.ReadProfileAsync(Pair).Guard());
    }

    [Fact]
    public async Task Who_enters_with_a_message_sees_it_and_who_is_there_stays()
    {
        await Log.OpenAsync(Pair);
        await AppendAsync(Pair, 1, 1, Text("a"));
        await Log.AppendAsync(Append(Pair, 1, 2, Text("b"), Text("c")) with { Entering = [Ann, Bob, Ann] }).Guard();
        await Log.AppendAsync(Append(Pair, 1, 4, Text("d")) with { Entering = [Bob] }).Guard();
        var head = (await Log.ReadHeadsAsync([Pair]).Guard())[0];
        Assert.Equal(4, head.Seq);
        Assert.Equal(new(Pair, 1, null, 1, head), await Log.ReadEntryAsync(Ann, Pair).Guard());
        AssertRows(await Log.ReadEntriesAsync(Bob, null, 5).Guard(), new ConversationEntry(Pair, 1, null, 1, head));
    }

    [Fact]
    public async Task Who_comes_sees_what_follows_who_goes_nothing_more_and_who_returns_has_both()
    {
        await Log.OpenAsync(Team);
        Assert.True(await Log.ChangeMembersAsync(new(Team, 1, [Ann], [Bob])).Guard());
        Assert.Null(await Log.ReadEntryAsync(Bob, Team).Guard());
        await AppendAsync(Team, 1, 1, Text("a"), Text("b"));
        Assert.True(await Log.ChangeMembersAsync(new(Team, 1, [Bob, Ann], [])).Guard());
        AssertRows(await Log.ReadMembersAsync(Team, null, 10).Guard(), new Member(Ann, 0), new(Bob, 2));
        await Log.WriteReadAsync(Ann, Team, 1).Guard();

        Assert.True(await Log.ChangeMembersAsync(new(Team, 1, default, [Ann])).Guard());
        await AppendAsync(Team, 1, 3, Text("c"));
        Assert.True(await Log.ChangeMembersAsync(new(Team, 1, [], [Ann])).Guard());
        var left = (await Log.ReadEntryAsync(Ann, Team).Guard())!;
        Assert.Equal((0, 2L, 1, 2, 3), (left.JoinedSeq, left.LeftSeq, left.ReadSeq, left.EndSeq, left.Head.Seq));
        AssertRows(await Log.ReadMembersAsync(Team, null, 10).Guard(), new Member(Bob, 2));
        AssertRows(await Log.ReadEntriesAsync(Ann, null, 10).Guard(), left);

        Assert.True(await Log.ChangeMembersAsync(new(Team, 1, [Ann], [])).Guard());
        var back = (await Log.ReadEntryAsync(Ann, Team).Guard())!;
        Assert.Equal((0, null, 3, 3), (back.JoinedSeq, back.LeftSeq, back.ReadSeq, back.EndSeq));
        AssertRows(back.Absences, new Absence(2, 3));
        AssertRows(await Log.ReadMembersAsync(Team, null, 10).Guard(), new Member(Ann, 0), new(Bob, 2));

        // Who comes again before there was another message has not been away.
        Assert.True(await Log.ChangeMembersAsync(new(Team, 1, [], [Bob])).Guard());
        Assert.True(await Log.ChangeMembersAsync(new(Team, 1, [Bob], [])).Guard());
        Assert.Equal(new(Team, 2, null, 2, back.Head), await Log.ReadEntryAsync(Bob, Team).Guard());
    }

    [Fact]
    public async Task Thirty_two_absences_are_known_and_then_the_earliest_stay_is_forgotten()
    {
        await Log.OpenAsync(Team);
        for (var seq = 0; seq < ConversationLimits.AbsencesMax + 1; seq++)
        {
            Assert.True(await Log.ChangeMembersAsync(new(Team, 1, [Ann], [])).Guard());
            if (seq == ConversationLimits.AbsencesMax)
                Assert.Equal(0, (await Log.ReadEntryAsync(Ann, Team).Guard())!.JoinedSeq);
            Assert.True(await Log.ChangeMembersAsync(new(Team, 1, [], [Ann])).Guard());
            await AppendAsync(Team, 1, seq + 1, Text("a"));
        }

        Assert.True(await Log.ChangeMembersAsync(new(Team, 1, [Ann], [])).Guard());
        var entry = (await Log.ReadEntryAsync(Ann, Team).Guard())!;
        Assert.Equal((1, null), (entry.JoinedSeq, entry.LeftSeq));
        Assert.Equal(
            Enumerable.Range(1, ConversationLimits.AbsencesMax).Select(seq => new Absence(seq, seq + 1)), entry.Absences);
    }

    [Fact]
    public async Task A_change_of_members_is_bounded_and_names_nobody_twice()
    {
        await Log.OpenAsync(Team);
        var many = Enumerable.Range(0, ConversationLimits.MembersChangeMax).Select(User).ToArray();
        Assert.True(await Log.ChangeMembersAsync(new(Team, 1, [.. many], [])).Guard());
        Assert.Equal(many, (await Log.ReadMembersAsync(Team, null, 1000).Guard()).Select(one => one.User));
        Assert.Throws<ArgumentOutOfRangeException>(() => { _ = Log.ChangeMembersAsync(new(Team, 1, [.. many, Ann], [])); });
        Assert.Throws<ArgumentOutOfRangeException>(() => { _ = Log.ChangeMembersAsync(new(Team, 1, [Ann], [.. many])); });
        Assert.Throws<ArgumentException>(() => { _ = Log.ChangeMembersAsync(new(Team, 1, [Ann, Bob], [Ann])); });
        Assert.True(await Log.ChangeMembersAsync(new(Team, 1, [], [.. many])).Guard());
        Assert.Empty(await Log.ReadMembersAsync(Team, null, 1000).Guard());
    }

    [Fact]
    public async Task Members_are_counted_without_those_who_have_left()
    {
        await Log.OpenAsync(Team);
        await Log.OpenAsync(Pair);
        Assert.Equal(0, await Log.CountMembersAsync(Team).Guard());
        await Log.ChangeMembersAsync(new(Pair, 1, [Ann], [])).Guard();
        var many = Enumerable.Range(0, ConversationLimits.MembersChangeMax).Select(User).ToArray();
        await Log.ChangeMembersAsync(new(Team, 1, [.. many], [])).Guard();
        await Log.ChangeMembersAsync(new(Team, 1, [Ann, Bob, many[0]], [])).Guard();
        Assert.Equal(many.Length + 2, await Log.CountMembersAsync(Team).Guard());
        await Log.ChangeMembersAsync(new(Team, 1, [], [Ann, .. many[..10], new("stranger")])).Guard();
        Assert.Equal(many.Length - 9, await Log.CountMembersAsync(Team).Guard());
    }

    [Fact]
    public async Task Members_come_page_by_page_in_the_order_of_their_ids()
    {
        await Log.OpenAsync(Team);
        await Log.OpenAsync(Pair);
        UserId[] users = [new("~"), new("b"), new("B"), new("a b"), new("a"), new("a'"), new("a1")];
        await Log.ChangeMembersAsync(new(Team, 1, [.. users], [])).Guard();
        await Log.ChangeMembersAsync(new(Pair, 1, [new("elsewhere")], [])).Guard();
        var paged = new List<UserId>();
        for (var page = 0; page < 4; page++)
            paged.AddRange((await Log.ReadMembersAsync(Team, paged.Count == 0 ? null : paged[^1], 2).Guard())
                .Select(one => one.User));
        Assert.Equal(users.OrderBy(user => user.Value, StringComparer.Ordinal), paged);
        Assert.Empty(await Log.ReadMembersAsync(Team, new("~"), 2).Guard());
        Assert.Throws<ArgumentOutOfRangeException>(() => { _ = Log.ReadMembersAsync(Team, null, 0); });
        Assert.Throws<ArgumentOutOfRangeException>(() => { _ = Log.ReadMembersAsync(Team, null, 1001); });
    }

    [Fact]
    public async Task Ten_thousand_conversations_of_a_user_come_page_by_page_with_their_heads()
    {
        var keys = Enumerable.Range(0, 10_000).Select(Group).ToArray();
        foreach (var some in keys.Chunk(2000))
        {
            await Task.WhenAll(some.Select(key => Log.OpenAsync(key))).Guard();
            await Task.WhenAll(some.Select(key =>
                Log.AppendAsync(Append(key, 1, 1, Text("a")) with { Entering = [Ann] }))).Guard();
        }

        var paged = new List<ConversationEntry>();
        for (var page = 0; page <= 10; page++)
            paged.AddRange(await Log.ReadEntriesAsync(Ann, paged.Count == 0 ? null : paged[^1].Key, 1000).Guard());
        Assert.Equal(keys, paged.Select(entry => entry.Key));
        Assert.All(paged, entry => Assert.Equal((0, 0, 1), (entry.JoinedSeq, entry.ReadSeq, entry.Head.Seq)));
        Assert.Empty(await Log.ReadEntriesAsync(Bob, null, 1000).Guard());
        Assert.Throws<ArgumentOutOfRangeException>(() => { _ = Log.ReadEntriesAsync(Ann, null, 0); });
        Assert.Throws<ArgumentOutOfRangeException>(() => { _ = Log.ReadEntriesAsync(Ann, null, 1001); });
    }

    [Fact]
    public async Task The_total_of_a_user_is_how_far_it_could_have_got_in_all_its_conversations()
    {
        await Log.OpenAsync(Team);
        await AppendAsync(Team, 1, 1, Text("before"));
        await Log.ChangeMembersAsync(new(Team, 1, [Ann, Bob], [])).Guard();
        await AppendAsync(Team, 1, 2, Text("both"), Text("both"));
        await Log.ChangeMembersAsync(new(Team, 1, [], [Bob])).Guard();
        await AppendAsync(Team, 1, 4, Text("ann"));
        await Log.OpenAsync(Pair);
        await Log.AppendAsync(Append(Pair, 1, 1, Text("a")) with { Entering = [Ann, Bob] }).Guard();

        AssertRows(await Log.ReadTotalsAsync([Bob, new("nobody"), Ann, Bob]).Guard(), 4, 0, 5, 4);

        // Who comes again has not less than before, or the next message could make it look as if nothing had happened.
        await Log.ChangeMembersAsync(new(Team, 1, [Bob], [])).Guard();
        AssertRows(await Log.ReadTotalsAsync([Bob]).Guard(), 5);
        Assert.Empty(await Log.ReadTotalsAsync([]).Guard());
    }

    [Fact]
    public async Task Totals_are_asked_for_as_many_users_as_a_page_holds()
    {
        await Log.OpenAsync(Team);
        var users = Enumerable.Range(0, ConversationLimits.PageMessagesMax).Select(User).ToArray();
        await Log.ChangeMembersAsync(new(Team, 1, [.. users.Where((_, i) => i % 2 == 0)], [])).Guard();
        await AppendAsync(Team, 1, 1, Text("a"));
        var totals = await Log.ReadTotalsAsync(users).Guard();
        Assert.Equal(users.Select((_, i) => i % 2 == 0 ? 1L : 0), totals);
        Assert.Throws<ArgumentOutOfRangeException>(() => { _ = Log.ReadTotalsAsync([.. users, Ann]); });
    }

    /// <summary>Names of groups may be any printable text; databases order it by its bytes, .NET would not.</summary>
    [Fact]
    public async Task Conversations_come_in_the_order_of_the_bytes_of_their_keys()
    {
        ConversationKey[] sorted =
        [
            ConversationKey.Discussion(new("z")), ConversationKey.Group(new("B")), ConversationKey.Group(new("b")),
            ConversationKey.Group(new("é")), ConversationKey.Group(new("\uff5e")), ConversationKey.Group(new("🙂")),
            Pair, ConversationKey.System(Bob, Ann),
        ];
        foreach (var key in sorted.Reverse())
        {
            await Log.OpenAsync(key);
            await Log.ChangeMembersAsync(new(key, 1, [Ann], [])).Guard();
        }

        var paged = new List<ConversationKey>();
        for (var page = 0; page < 5; page++)
            paged.AddRange((await Log.ReadEntriesAsync(Ann, paged.Count == 0 ? null : paged[^1], 2).Guard())
                .Select(entry => entry.Key));
        Assert.Equal(sorted, paged);
    }

    [Fact]
    public async Task A_read_mark_never_falls_and_stays_within_the_conversation()
    {
        await Log.OpenAsync(Pair);
        await Log.AppendAsync(Append(Pair, 1, 1, Text("a"), Text("b"), Text("c")) with { Entering = [Ann] }).Guard();
        foreach (var (written, expected) in ((long, long)[])[(2, 2), (1, 2), (4, 2), (-1, 2), (3, 3), (long.MaxValue, 3)])
        {
            await Log.WriteReadAsync(Ann, Pair, written).Guard();
            Assert.Equal(expected, (await Log.ReadEntryAsync(Ann, Pair).Guard())?.ReadSeq);
        }

        await Log.WriteReadAsync(Bob, Pair, 1).Guard();
        await Log.WriteReadAsync(Ann, Team, 1).Guard();
        Assert.Null(await Log.ReadEntryAsync(Bob, Pair).Guard());
        Assert.Null(await Log.ReadEntryAsync(Ann, Team).Guard());
    }

    [Fact]
    public async Task Read_marks_of_many_at_once_all_arrive()
    {
        await Log.OpenAsync(Team);
        var users = Enumerable.Range(0, 200).Select(User).ToArray();
        await Log.ChangeMembersAsync(new(Team, 1, [.. users], [])).Guard();
        await AppendAsync(Team, 1, 1, [.. Enumerable.Range(0, 9).Select(i => Text($"{i}"))]);
        await Task.WhenAll(Enumerable.Range(0, 1800).Select(i =>
            Log.WriteReadAsync(users[i % 200], Team, i % 200 == 0 ? 9 - (i / 200) : (i / 200) + 1))).Guard();
        foreach (var user in users)
            Assert.Equal(9, (await Log.ReadEntryAsync(user, Team).Guard())?.ReadSeq);
    }
}
