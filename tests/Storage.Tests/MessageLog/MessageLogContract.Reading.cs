using ImOrleans.Domain.Conversations;

namespace ImOrleans.Storage.Tests.MessageLog;

/// <summary>What every message log does: here reading, finding and removing messages.</summary>
public abstract partial class MessageLogContract
{
    [Fact]
    public async Task A_message_reads_back_as_it_was()
    {
        await Log.OpenAsync(Team);
        var bytes = Enumerable.Range(0, 5000).Select(i => (byte)i).ToArray();
        var written = new ChatMessage(
            MessageUId.Create(Team, 1, -1), new("ann's #1!"), "app:ty\0pe ✓ 🙂", bytes,
            MessageFlags.Counted | MessageFlags.Directed, "na\0me ' \" \\ é 🙂", [Bob, Ann], bytes.AsMemory(7, 900));
        await Log.AppendAsync(new(Team, 1, 1, [written], [])).Guard();
        var read = Assert.Single(await AllAsync(Team));
        Assert.Equal((1, Now), (read.Seq, read.SentAtUnixMs));
        Assert.Equal(written with
        {
            Content = read.Message.Content, Extras = read.Message.Extras, Receivers = read.Message.Receivers,
        }, read.Message);
        Assert.Equal(bytes, read.Message.Content.ToArray());
        Assert.Equal(bytes[7..907], read.Message.Extras.ToArray());
        AssertRows(read.Message.Receivers, Bob, Ann);
        var found = await Log.FindAsync(Team, written.Sender, written.ClientMessageId!).Guard();
        Assert.Equal((1, written.UId), (found?.Seq, found?.Message.UId));
    }

    [Fact]
    public async Task A_message_with_nothing_in_it_reads_back_as_it_was()
    {
        await Log.OpenAsync(Team);
        await Log.AppendAsync(new(
            Team, 1, 1, [new(MessageUId.Create(Team, 1, 0), Ann, "x", default, default, null, default, default)], default))
            .Guard();
        var read = Assert.Single(await AllAsync(Team)).Message;
        Assert.Equal((0, 0, 0, null), (read.Content.Length, read.Extras.Length, read.Receivers.Length, read.ClientMessageId));
        Assert.Equal(MessageFlags.None, read.Flags);
    }

    [Fact]
    public async Task A_stretch_lies_between_its_ends_and_a_page_says_whether_it_goes_on()
    {
        await Log.OpenAsync(Pair);
        await Log.OpenAsync(Team);
        await AppendAsync(Team, 1, 1, Text("elsewhere"));
        await AppendAsync(Pair, 1, 1, [.. Enumerable.Range(1, 5).Select(i => Text($"{i}"))]);
        await AppendAsync(Team, 1, 2, Text("elsewhere"));
        foreach (var (range, expected) in ((MessageRange, string)[])
            [
                (new(0, long.MaxValue, 1000, false), "12345"), (new(0, long.MaxValue, 1000, true), "54321"),
                (new(0, long.MaxValue, 5, false), "12345"), (new(0, long.MaxValue, 4, false), "1234+"),
                (new(0, long.MaxValue, 4, true), "5432+"), (new(2, long.MaxValue, 2, false), "34+"),
                (new(2, 5, 9, false), "34"), (new(2, 5, 9, true), "43"), (new(2, 5, 1, true), "4+"),
                (new(0, 3, 9, true), "21"), (new(5, long.MaxValue, 9, false), ""), (new(3, 4, 9, false), ""),
                (new(4, 2, 9, true), ""), (new(long.MaxValue, long.MaxValue, 9, true), ""),
                (new(long.MaxValue, long.MaxValue, 9, false), ""), (new(0, 0, 9, true), ""), (new(0, 0, 9, false), ""),
            ])
        {
            var page = await Log.ReadAsync(Pair, range).Guard();
            Assert.Equal((range, expected), (range, string.Concat(Texts(page.Messages)) + (page.HasMore ? "+" : "")));
            Assert.Equal(page.Messages.Select(one => $"{one.Seq}"), Texts(page.Messages));
        }
    }

    [Fact]
    public async Task A_range_out_of_bounds_is_refused_and_an_unknown_conversation_is_empty()
    {
        var page = await Log.ReadAsync(Team, new(0, long.MaxValue, 1000, true)).Guard();
        Assert.Equal((0, false), (page.Messages.Length, page.HasMore));
        foreach (var range in (MessageRange[])[new(0, 1, 0, true), new(0, 1, 1001, true), new(-1, 1, 1, true), new(0, -1, 1, true)])
            Assert.Throws<ArgumentOutOfRangeException>(() => { _ = Log.ReadAsync(Team, range); });
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_page_of_long_messages_ends_early_and_the_next_one_begins_there(bool isNewestFirst)
    {
        await Log.OpenAsync(Pair);
        // Eight of them are a page to the byte.
        var length = (ConversationLimits.PageBytesMax / 8) - Text("").Bytes;
        await AppendAsync(Pair, 1, 1, [.. Enumerable.Repeat(Text(new('x', length)), 20)]);
        var seqs = new List<long>();
        var counts = new List<int>();
        for (MessagePage? page = null; page is not { HasMore: false };)
        {
            page = await Log.ReadAsync(Pair, isNewestFirst
                ? new(0, seqs.Count == 0 ? long.MaxValue : seqs[^1], 1000, true)
                : new(seqs.LastOrDefault(), long.MaxValue, 1000, false)).Guard();
            seqs.AddRange(page.Messages.Select(one => one.Seq));
            counts.Add(page.Messages.Length);
        }

        var expected = Enumerable.Range(1, 20).Select(i => (long)i);
        Assert.Equal(isNewestFirst ? expected.Reverse() : expected, seqs);
        Assert.Equal([8, 8, 4], counts);
    }

    [Fact]
    public async Task One_message_is_always_in_the_page_however_long_it_is()
    {
        await Log.OpenAsync(Pair);
        var huge = Text("") with { Extras = new byte[ConversationLimits.PageBytesMax + 1] };
        await AppendAsync(Pair, 1, 1, huge, huge);
        var page = await Log.ReadAsync(Pair, new(0, long.MaxValue, 10, false)).Guard();
        Assert.Equal((1, 1L, true), (page.Messages.Length, page.Messages[0].Seq, page.HasMore));
        page = await Log.ReadAsync(Pair, new(1, long.MaxValue, 10, false)).Guard();
        Assert.Equal((1, 2L, false), (page.Messages.Length, page.Messages[0].Seq, page.HasMore));
    }

    [Fact]
    public async Task The_newest_message_up_to_a_time_is_found()
    {
        await Log.OpenAsync(Pair);
        Assert.Equal(0, await Log.FindSeqAsync(Pair, long.MaxValue).Guard());
        Assert.Equal(0, await Log.FindSeqAsync(Team, long.MaxValue).Guard());
        var start = Now;
        for (var i = 0; i < 33; i++)
        {
            // Two of each time but the last, 10 ms apart.
            await AppendAsync(Pair, 1, i + 1, Text($"{i + 1}"));
            if (i % 2 == 1)
                Clock.Advance(TimeSpan.FromMilliseconds(10));
        }

        Assert.Equal(0, await Log.FindSeqAsync(Pair, start - 1).Guard());
        for (var i = 0; i < 16; i++)
        {
            Assert.Equal((i * 2) + 2, await Log.FindSeqAsync(Pair, start + (i * 10)).Guard());
            Assert.Equal((i * 2) + 2, await Log.FindSeqAsync(Pair, start + (i * 10) + 9).Guard());
        }

        Assert.Equal(33, await Log.FindSeqAsync(Pair, long.MaxValue).Guard());
        Assert.Equal(11, await Log.RemoveAsync(start + 60, 11).Guard());
        Assert.Equal(0, await Log.FindSeqAsync(Pair, start + 40).Guard());
        Assert.Equal(12, await Log.FindSeqAsync(Pair, start + 50).Guard());
        Assert.Equal(33, await Log.FindSeqAsync(Pair, long.MaxValue).Guard());
    }

    [Fact]
    public async Task A_name_is_found_and_is_its_senders_and_its_conversations_alone()
    {
        await Log.OpenAsync(Pair);
        await Log.OpenAsync(Team);
        await AppendAsync(Pair, 1, 1, Text("a"), Text("b", name: "x"), Text("c", Bob, "x"), Text("d", name: "X"));
        await AppendAsync(Team, 1, 1, Text("e", name: "x"));
        Assert.Equal(2, (await Log.FindAsync(Pair, Ann, "x").Guard())?.Seq);
        Assert.Equal(3, (await Log.FindAsync(Pair, Bob, "x").Guard())?.Seq);
        Assert.Equal(4, (await Log.FindAsync(Pair, Ann, "X").Guard())?.Seq);
        Assert.Equal("e", Texts([(await Log.FindAsync(Team, Ann, "x").Guard())!]).Single());
        Assert.Null(await Log.FindAsync(Pair, Ann, "y").Guard());
        Assert.Null(await Log.FindAsync(Group(1), Ann, "x").Guard());
    }

    [Fact]
    public async Task A_name_that_is_used_again_is_an_error_and_stores_nothing()
    {
        await Log.OpenAsync(Pair);
        await AppendAsync(Pair, 1, 1, Text("a", name: "x"));
        var again = Append(Pair, 1, 2, Text("b"), Text("c", name: "x")) with { Entering = [Ann] };
        await Assert.ThrowsAsync<ArgumentException>(() => Log.AppendAsync(again)).Guard();
        Assert.Throws<ArgumentException>(() =>
        {
            _ = Log.AppendAsync(Append(Pair, 1, 2, Text("b", name: "y"), Text("c", name: "y")));
        });
        // Whoever has lost its conversation is told that, and nothing of names.
        Assert.Equal(AppendResult.Fenced, await Log.AppendAsync(Append(Pair, 1, 1, Text("a", name: "x"))).Guard());
        Assert.Equal(["a"], Texts(await AllAsync(Pair)));
        Assert.Equal(1, (await Log.ReadHeadsAsync([Pair]).Guard())[0].Seq);
        Assert.Null(await Log.ReadEntryAsync(Ann, Pair).Guard());
        await AppendAsync(Pair, 1, 2, Text("b", name: "y"));
    }

    /// <summary>Two attempts that wait for one transaction: the second one finds the first in it.</summary>
    [Fact]
    public async Task A_name_that_is_used_twice_at_once_is_stored_once()
    {
        await Log.OpenAsync(Pair);
        var others = Enumerable.Range(0, 20).Select(i => Log.OpenAsync(Group(i))).ToArray();
        var first = Log.AppendAsync(Append(Pair, 1, 1, Text("a", name: "x")));
        var second = Log.AppendAsync(Append(Pair, 1, 2, Text("b", name: "x")));
        await Assert.ThrowsAsync<ArgumentException>(() => second).Guard();
        Assert.True((await first.Guard()).IsStored);
        await Task.WhenAll(others).Guard();
        Assert.Equal(["a"], Texts(await AllAsync(Pair)));
    }

    [Fact]
    public async Task What_is_older_is_removed_the_oldest_first_so_many_at_most_and_heads_and_numbers_stay()
    {
        var start = Now;
        await Log.OpenAsync(Pair);
        await Log.OpenAsync(Team);
        for (var i = 0; i < 10; i++)
        {
            await Log.AppendAsync(Append(i % 2 == 0 ? Pair : Team, 1, (i / 2) + 1, Text($"{i}", name: $"{i}")) with
            {
                Entering = [Ann],
            }).Guard();
            Clock.Advance(TimeSpan.FromMilliseconds(1));
        }

        var heads = await Log.ReadHeadsAsync([Pair, Team]).Guard();
        Assert.Equal(3, await Log.RemoveAsync(start + 8, 3).Guard());
        Assert.Equal(["4", "6", "8"], Texts(await AllAsync(Pair)));
        Assert.Equal(["3", "5", "7", "9"], Texts(await AllAsync(Team)));
        Assert.Equal(5, await Log.RemoveAsync(start + 8, 100).Guard());
        Assert.Equal(0, await Log.RemoveAsync(start + 8, 100).Guard());
        Assert.Equal(["8"], Texts(await AllAsync(Pair)));
        Assert.Equal(["8"], Texts((await Log.ReadAsync(Pair, new(1, 6, 10, true)).Guard()).Messages));
        Assert.Empty((await Log.ReadAsync(Pair, new(0, 5, 10, true)).Guard()).Messages);
        Assert.Null(await Log.FindAsync(Pair, Ann, "6").Guard());
        Assert.Equal(5, (await Log.FindAsync(Pair, Ann, "8").Guard())?.Seq);
        AssertRows(await Log.ReadHeadsAsync([Pair, Team]).Guard(), heads);
        Assert.Equal(0, (await Log.ReadEntryAsync(Ann, Pair).Guard())?.JoinedSeq);
        await AppendAsync(Pair, 1, 6, Text("10", name: "6"));
        Assert.Equal(["8", "10"], Texts(await AllAsync(Pair)));
        Assert.Throws<ArgumentOutOfRangeException>(() => { _ = Log.RemoveAsync(1, 0); });
    }
}
