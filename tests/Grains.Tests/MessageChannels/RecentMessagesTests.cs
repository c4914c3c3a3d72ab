using ImOrleans.Domain.Messages;
using ImOrleans.Grains.Abstractions.MessageChannels;
using ImOrleans.Grains.MessageChannels;

namespace ImOrleans.Grains.Tests.MessageChannels;

public sealed class RecentMessagesTests
{
    private const int Envelope = 160;
    private const int Payload = 100;

    [Fact]
    public void All_that_is_kept_is_replayed_from_any_place()
    {
        var recent = Recent(countMax: 4);
        Add(recent, 4);

        for (var since = 0; since <= 4; since++)
            Assert.Equal(Enumerable.Range(since + 1, 4 - since).Select(i => (long)i), Replay(recent, since));
        Assert.Null(Replay(recent, 5));
        Assert.Null(Replay(recent, -1));
    }

    [Fact]
    public void A_gap_that_is_longer_than_what_is_kept_is_not_replayed_in_part()
    {
        var recent = Recent(countMax: 4);
        Add(recent, 5);

        Assert.Null(Replay(recent, 0));
        Assert.Equal([2L, 3L, 4L, 5L], Replay(recent, 1));
        Assert.Equal(4, recent.Count);
    }

    [Fact]
    public void Bytes_are_kept_up_to_the_bound_and_not_one_more()
    {
        var atBound = Recent(bytesMax: 3 * (Envelope + Payload));
        Add(atBound, 3);
        Assert.Equal((3, 3 * (Envelope + Payload)), (atBound.Count, atBound.Bytes));

        var below = Recent(bytesMax: (3 * (Envelope + Payload)) - 1);
        Add(below, 3);
        Assert.Equal((2, 2 * (Envelope + Payload)), (below.Count, below.Bytes));
        Assert.Null(Replay(below, 0));
    }

    [Fact]
    public void A_message_is_kept_until_it_is_older_than_allowed()
    {
        var recent = Recent();
        recent.Add(Message(1, sentAt: 0));
        recent.Add(Message(2, sentAt: 400));

        Assert.Equal([1L, 2L], Replay(recent, 0, now: 1000));
        Assert.Null(Replay(recent, 0, now: 1001));
        Assert.Equal([2L], Replay(recent, 1, now: 1001));
        recent.Trim(1401);
        Assert.Equal((0, 0), (recent.Count, recent.Bytes));
        Assert.Equal([], Replay(recent, 2, now: 1401));
    }

    [Fact]
    public void With_a_bound_of_zero_only_who_missed_nothing_is_recovered()
    {
        var recent = Recent(countMax: 0);
        Assert.Equal([], Replay(recent, 0));

        Add(recent, 1);

        Assert.Null(Replay(recent, 0));
        Assert.Equal([], Replay(recent, 1));
    }

    private static RecentMessages Recent(int countMax = 100, int bytesMax = 100_000) =>
        new(countMax, bytesMax, TimeSpan.FromSeconds(1));

    private static void Add(RecentMessages recent, int count)
    {
        for (var offset = 1; offset <= count; offset++)
            recent.Add(Message(offset, sentAt: 0));
    }

    private static ChannelMessage Message(long offset, long sentAt) =>
        new(offset, offset, new("ann"), new(MessageType.Binary, new byte[Payload]), sentAt);

    private static IEnumerable<long>? Replay(RecentMessages recent, long since, long now = 0) =>
        recent.TryReplay(since, now, out var missed) ? missed.Select(message => message.Offset) : null;
}
