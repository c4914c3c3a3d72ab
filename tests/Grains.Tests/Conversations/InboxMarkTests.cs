using System.Collections.Immutable;
using ImOrleans.Domain.Conversations;
using ImOrleans.Grains.Abstractions.Inboxes;

namespace ImOrleans.Grains.Tests.Conversations;

/// <summary>What a finished pull says of how far all was.</summary>
public sealed class InboxMarkTests : ConversationTest
{
    private static readonly ConversationKey CarolAndBob = ConversationKey.Private(new("bob"), new("carol"));

    [Fact]
    public void A_mark_says_the_last_time_where_it_was_and_how_much_there_is()
    {
        Assert.Equal((0, 0, 0), Figures(Mark()));
        Accepted(Send("1"));
        Advance(TimeSpan.FromSeconds(1));
        Accepted(Send("2", sender: "carol", key: CarolAndBob));
        Accepted(Send("3", sender: "carol", key: CarolAndBob));

        var mark = Mark();
        Assert.Equal((Now, 3, 0), Figures(mark));
        Assert.Equal([new(CarolAndBob, 2)], mark.Newest.AsEnumerable());

        // Both have the last time now.
        Accepted(Send("4"));
        Assert.Equal([new(AnnAndBob, 2), new DevicePosition(CarolAndBob, 2)], Mark().Newest.AsEnumerable());
    }

    [Fact]
    public void A_page_that_is_not_the_last_has_no_mark()
    {
        Accepted(Send("1"));
        Accepted(Send("2"));

        Assert.Null(Pull(1).Mark);
        Assert.NotNull(Pull(2).Mark);
    }

    [Fact]
    public void Groups_are_told_with_a_digest_that_the_pull_repeats_and_those_that_were_left_are_not()
    {
        var (team, club, left) = (Group("team"), ConversationKey.Discussion(new("club")), Group("left"));
        foreach (var group in (ConversationKey[])[team, club, left])
            Change(group, [new("bob")], []);
        Change(left, [], [new("bob")]);
        Accepted(Send("private"));

        var groups = Accepted(Do(() => Inbox().GetGroupsAsync()));
        Assert.Equal([club, team], groups.Keys.AsEnumerable());
        Assert.Equal(InboxMark.DigestOf(club) + InboxMark.DigestOf(team), groups.Digest);
        Assert.Equal(groups.Digest, Mark().GroupsDigest);
    }

    /// <summary>
    /// What is stored between two pages may have a later time than what it is told beside: a time of the second page must not
    /// be taken for proof that all before it was seen on the first.
    /// </summary>
    [Fact]
    public void Only_the_first_page_says_as_of_when_all_was_read()
    {
        var keys = Enumerable.Range(0, ConversationLimits.PageMessagesMax + 5).Select(i => Group($"{i:0000}")).ToArray();
        foreach (var key in keys)
            Change(key, [new("bob")], []);
        Append(keys[0], 1);
        var first = Now;
        Advance(TimeSpan.FromSeconds(1));
        Append(keys[^1], 1);
        Append(keys[^2], 1);

        var mark = Mark();
        Assert.Equal((first, 3, mark.GroupsDigest), Figures(mark));
        Assert.Equal([new(keys[0], 1), new(keys[^2], 1), new DevicePosition(keys[^1], 1)], mark.Newest.AsEnumerable());
        Assert.Equal(keys.Length, Accepted(Do(() => Inbox().GetGroupsAsync())).Keys.Length);
    }

    [Fact]
    public void A_mark_is_bounded_and_missing_above()
    {
        var keys = Enumerable.Range(0, InboxMark.NewestMax + 1).Select(i => Group($"{i}")).ToArray();
        foreach (var key in keys)
            Change(key, [new("bob")], []);
        foreach (var key in keys.Skip(1))
            Append(key, 1);
        AcknowledgeAll();
        Assert.Equal(InboxMark.NewestMax, Mark().Newest.Length);

        Append(keys[0], 1);
        AcknowledgeAll();
        var last = Pull(200);
        Assert.True(last.IsFinished);
        Assert.Null(last.Mark);
    }

    [Fact]
    public void Totals_are_the_stores_and_a_store_that_fails_is_told()
    {
        Accepted(Send("1"));
        Accepted(Send("2"));
        var grain = Grains.GetGrain<IInboxTotalsGrain>(GrainKey.InboxTotals(new("gateway")));

        var totals = Accepted(Do(() => grain.ReadTotalsAsync([new("bob"), new("nobody"), new("ann")])));
        Assert.Equal([2, 0, 2], totals.AsEnumerable());
        Log.IsUnreadable = true;
        Refused(ErrorCode.InternalErrror, Do(() => grain.ReadTotalsAsync([new("bob")])));
    }

    private long Now => Clock.GetUtcNow().ToUnixTimeMilliseconds();

    private static ConversationKey Group(string name) => ConversationKey.Group(new(name));

    private IInboxGrain Inbox() => Grains.GetGrain<IInboxGrain>(GrainKey.Inbox(new("bob")));

    private PulledMessages Pull(int count) => Accepted(Do(() => Inbox().PullAsync(new(new("phone"), count))));

    private InboxMark Mark() => Pull(200).Mark!;

    private static (long AsOf, long Total, long GroupsDigest) Figures(InboxMark mark) =>
        (mark.AsOfUnixMs, mark.Total, mark.GroupsDigest);

    private void AcknowledgeAll()
    {
        for (var page = Pull(200); page.Messages.Length > 0; page = Pull(200))
            Accepted(Do(() => Inbox().AcknowledgeAsync(new(new("phone"), page.Positions))));
    }

    private void Change(ConversationKey key, ImmutableArray<UserId> joining, ImmutableArray<UserId> leaving) =>
        Assert.True(Do(async () =>
        {
            var head = await Log.OpenAsync(key);
            return await Log.ChangeMembersAsync(new(key, head.Epoch, joining, leaving));
        }));

    private void Append(ConversationKey key, long seq) => Assert.True(Do(async () =>
    {
        var head = await Log.OpenAsync(key);
        return (await Log.AppendAsync(new(key, head.Epoch, seq, [Text(key, seq)], []))).IsStored;
    }));

    private static ChatMessage Text(ConversationKey key, long seq) => new(
        MessageUId.Create(key, seq, seq), new("ann"), "RC:TxtMsg", default, MessageFlags.Counted, null, [], default);
}
