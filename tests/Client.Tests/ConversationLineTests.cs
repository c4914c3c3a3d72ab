using System.Text.Json;

namespace ImOrleans.Client.Tests;

/// <summary>What a client makes of one conversation's messages, in whichever way they come.</summary>
public sealed class ConversationLineTests
{
    private readonly ConversationLine _line = new(5);

    [Fact]
    public void Messages_lie_in_the_order_of_their_numbers_each_once()
    {
        Assert.Equal([1], Deliver(1));
        Assert.True(_line.Send(Message(4)));
        Assert.Equal([2], Deliver(2));
        Assert.Empty(Deliver(4));
        Assert.False(_line.Send(Message(2)));

        Assert.Equal([1, 2, 4], Seqs());
        Assert.Equal(4, _line.Last!.Seq);
        Assert.Empty(_line.Gaps);
    }

    [Fact]
    public void What_came_before_the_first_delivery_is_a_gap_and_numbers_between_two_deliveries_are_for_others()
    {
        Deliver(7);
        Deliver(12, 15);

        Assert.Equal([new(0, 7)], _line.Gaps);
    }

    [Fact]
    public void What_came_before_a_message_that_was_sent_is_a_gap_until_it_is_delivered()
    {
        _line.Send(Message(5));
        Assert.Equal([new(0, 5)], _line.Gaps);

        // 3 is for others.
        Deliver(1, 2, 4);
        Assert.Empty(_line.Gaps);
    }

    [Fact]
    public void Nothing_is_missing_before_the_first_delivery_where_own_messages_are_all_that_there_was()
    {
        _line.Send(Message(1));
        _line.Send(Message(2));

        Assert.Null(_line.MissingBefore(null, 3));
        Assert.Equal(new(0, 4), _line.MissingBefore(null, 4));
    }

    [Fact]
    public void What_the_app_has_kept_goes_on_with_what_is_delivered()
    {
        _line.Restore([Message(9), Message(7)], []);
        Deliver(12);

        Assert.Equal([7, 9, 12], Seqs());
        Assert.Equal([new(0, 7)], _line.Gaps);
    }

    [Fact]
    public void An_own_message_that_was_kept_says_nothing_of_what_lies_in_front_of_it()
    {
        _line.Restore([Message(1), Message(4, isOwn: true)], []);

        Deliver(new MessageGap(1, 6), 7);

        Assert.Equal([new(1, 4), new(4, 6)], _line.Gaps);
    }

    [Fact]
    public void Gaps_that_the_app_has_kept_are_there_again_where_no_message_is()
    {
        _line.Restore([Message(1), Message(4)], [new(1, 4), new(6, 9)]);
        Deliver(9);

        Assert.Equal([new(1, 4), new(6, 9)], _line.Gaps);
    }

    [Fact]
    public void What_the_server_leaves_out_is_a_gap_where_nothing_was_delivered_before()
    {
        Deliver(1, 3);

        // Its place is older, since an acknowledgement was lost.
        Deliver(new MessageGap(1, 8), 8);
        Deliver(new MessageGap(8, 9), 9);
        Deliver(new MessageGap(9, 12));

        Assert.Equal([1, 3, 8, 9], Seqs());
        Assert.Equal([new(3, 8), new(9, 12)], _line.Gaps);
    }

    [Fact]
    public void What_is_left_out_of_a_conversation_of_which_nothing_is_known_begins_at_its_beginning()
    {
        Deliver(new MessageGap(4, 8), 8);

        Assert.Equal([new(0, 8)], _line.Gaps);
    }

    [Fact]
    public void The_oldest_make_room_and_leave_a_gap()
    {
        Deliver(1, 2, 3, 4, 5);
        Assert.Empty(_line.Gaps);

        Assert.Equal([6], Deliver(6));
        Assert.Equal([2, 3, 4, 5, 6], Seqs());
        Assert.Equal([new(0, 2)], _line.Gaps);

        // It is not new when it comes again.
        Assert.Empty(Deliver(1));
        Assert.Equal([new(0, 2)], _line.Gaps);
    }

    [Fact]
    public void A_message_of_another_name_takes_the_place_of_one_with_its_number()
    {
        Deliver(1);
        var other = Message(1) with { UId = "other" };

        Assert.Equal([other], _line.Deliver(null, [other]));
        Assert.Equal([other], _line.Messages);
    }

    [Theory]
    [InlineData(1, true)]
    [InlineData(2, false)]
    [InlineData(5, true)]
    [InlineData(6, false)]
    public void It_is_known_what_a_message_goes_on_from(long seq, bool follows)
    {
        _line.Send(Message(4));
        Assert.Equal(follows, _line.FollowsOn(seq));
    }

    [Theory]
    [InlineData(0, 10, new long[0])]
    [InlineData(0, 5, new long[] { 4, 10 })]
    [InlineData(4, 10, new long[] { 0, 5 })]
    [InlineData(3, 7, new long[] { 0, 4, 6, 10 })]
    [InlineData(10, 20, new long[] { 0, 10 })]
    public void History_closes_a_gap_or_a_part_of_it(long after, long before, long[] left)
    {
        Deliver(10);

        _line.Fill(new(after, before), []);

        Assert.Equal(left.Chunk(2).Select(pair => new MessageGap(pair[0], pair[1])), _line.Gaps);
    }

    [Fact]
    public void History_brings_what_lies_in_the_gap_and_nothing_else_and_the_newest_when_there_is_no_room()
    {
        Deliver(5);

        Assert.Equal([2, 4], _line.Fill(new(0, 5), [Message(4), Message(2), Message(5), Message(7)]).Select(one => one.Seq));
        Assert.Equal([2, 4, 5], Seqs());
        Assert.Empty(_line.Gaps);

        Deliver(7, 8);
        Assert.Empty(_line.Fill(new(0, 2), [Message(1)]));
        Assert.Equal([new(0, 2)], _line.Gaps);
    }

    [Fact]
    public void There_are_never_more_gaps_than_messages_and_one()
    {
        Deliver(1);
        for (var seq = 10; seq < 1000; seq += 10)
        {
            Deliver(new MessageGap(seq, seq + 5));
            Assert.InRange(_line.Gaps.Count, 1, 6);
        }

        // What was one gap more became a part of another.
        Assert.Equal(995, _line.Gaps[^1].BeforeSeq);
        Assert.Equal(10, _line.Gaps.Min(gap => gap.AfterSeq));
    }

    /// <summary>
    /// Against a model: what this user could see and does not is in a gap, and no gap is in front of what it sees.
    /// </summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Whatever_comes_in_whichever_order_nothing_is_missing_without_a_gap(int seed)
    {
        var random = new Random(seed);
        for (var round = 0; round < 60; round++)
        {
            var line = new ConversationLine(random.Next(1, 12));
            long end = 0;
            var acknowledged = 0L;
            HashSet<long> forOthers = [];
            for (var step = 0; step < 30; step++)
            {
                for (var more = random.Next(4); more > 0; more--)
                    if (random.Next(4) == 0)
                        forOthers.Add(++end);
                    else if (random.Next(4) == 0)
                        line.Send(Message(++end, isOwn: true));
                    else
                        end++;

                // A pull from what was acknowledged; what is too old is left out.
                var start = random.Next(5) == 0 ? random.NextInt64(acknowledged, end + 1) : acknowledged;
                var messages = Enumerable.Range(1, (int)end).Select(seq => (long)seq)
                    .Where(seq => seq > start && !forOthers.Contains(seq))
                    .Select(seq => Message(seq, seq % 2 == 0)).ToArray();
                line.Deliver(start > acknowledged ? new(acknowledged, start + 1) : null, messages);
                if (random.Next(2) == 0)
                    acknowledged = end;

                var here = line.Messages.Select(message => message.Seq).ToHashSet();
                foreach (var seq in Enumerable.Range(1, (int)end).Select(seq => (long)seq))
                {
                    var isMissing = line.Gaps.Any(gap => gap.AfterSeq < seq && seq < gap.BeforeSeq);
                    Assert.False(isMissing && here.Contains(seq), $"{seq} is here and in a gap.");
                    Assert.True(isMissing || here.Contains(seq) || forOthers.Contains(seq), $"{seq} is missing.");
                }

                Assert.All(line.Gaps.Zip(line.Gaps.Skip(1)), pair => Assert.True(pair.First.BeforeSeq <= pair.Second.AfterSeq + 1));
            }
        }
    }

    private IEnumerable<long> Deliver(params long[] seqs) => Deliver(null, seqs);

    private IEnumerable<long> Deliver(MessageGap? skipped, params long[] seqs) =>
        [.. _line.Deliver(skipped, [.. seqs.Select(seq => Message(seq))]).Select(message => message.Seq)];

    private IEnumerable<long> Seqs() => _line.Messages.Select(message => message.Seq);

    private static ConversationMessage Message(long seq, bool isOwn = false) => new(
        ConversationType.Private, "bob", "bob", $"uid-{seq}", seq, DateTimeOffset.UnixEpoch, "RC:TxtMsg", default(JsonElement))
    {
        IsOwn = isOwn,
    };
}
