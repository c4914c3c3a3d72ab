namespace ImOrleans.Client.Tests;

/// <summary>How events and answers become one line.</summary>
public sealed class MessageLineTests
{
    private const int HeldMax = 4;

    private readonly List<string> _line = [];
    private readonly MessageLine _messages;

    public MessageLineTests()
    {
        _messages = new(
            HeldMax,
            message => _line.Add($"{(message.GapBefore ? "!" : "")}{message.Position.Epoch}{message.Position.Offset}"),
            () => _line.Add("missed"));
        _messages.Hold();
    }

    [Fact]
    public void Events_that_come_before_the_answer_wait_for_it_and_follow_what_it_brings()
    {
        Assert.Null(Take(4));
        Assert.Null(Take(5));
        Assert.Empty(_line);

        Answer(3, true, 2, 3);
        Assert.Null(Take(6));

        Assert.Equal(["a2", "a3", "a4", "a5", "a6"], _line);
        Assert.Equal(new(6, "a"), _messages.Position);
    }

    [Fact]
    public void Without_a_wish_the_line_begins_at_the_position_of_the_answer()
    {
        Answer(7, null);
        Assert.Equal(new(7, "a"), _messages.Position);

        Assert.Null(Take(7));
        Assert.Null(Take(8));

        Assert.Equal(["a8"], _line);
    }

    [Fact]
    public void What_cannot_be_recovered_is_told_once_and_before_the_next_message()
    {
        Answer(7, false);
        Assert.Equal(["missed"], _line);

        Take(8);
        Take(9);

        Assert.Equal(["missed", "!a8", "a9"], _line);
    }

    [Fact]
    public void A_gap_is_asked_for_and_what_comes_meanwhile_waits()
    {
        Answer(1, null);
        Take(2);

        Assert.Equal(new MessagePosition(2, "a"), Take(5));
        Assert.Null(Take(6));
        Assert.Equal(["a2"], _line);
        Answer(6, true, 3, 4, 5, 6);
        Take(7);

        Assert.Equal(["a2", "a3", "a4", "a5", "a6", "a7"], _line);
    }

    [Fact]
    public void A_gap_that_cannot_be_asked_for_stays_one()
    {
        Answer(1, null);
        Take(3);

        _messages.GoOn();
        Take(4);

        Assert.Equal(["missed", "!a3", "a4"], _line);
    }

    [Fact]
    public void A_question_that_was_not_answered_is_asked_again_with_the_next_message()
    {
        Answer(1, null);
        Take(3);

        _messages.Forget();

        Assert.Equal(new MessagePosition(1, "a"), Take(4));
        Assert.Empty(_line);
    }

    [Fact]
    public void The_first_message_of_another_epoch_has_a_gap_before_it()
    {
        Answer(1, null);

        Assert.Null(Take(1, "b"));
        Assert.Null(Take(2, "b"));

        Assert.Equal(["missed", "!b1", "b2"], _line);
    }

    [Fact]
    public void The_beginning_of_another_epoch_is_asked_for()
    {
        Answer(1, null);

        Assert.Equal(new MessagePosition(0, "b"), Take(3, "b"));
        Answer(new(3, "b"), true, Message(1, "b"), Message(2, "b"), Message(3, "b"));

        Assert.Equal(["missed", "!b1", "b2", "b3"], _line);
    }

    [Fact]
    public void An_answer_that_comes_late_repeats_nothing_and_takes_nothing_back()
    {
        Answer(5, null);
        Take(6);

        Answer(5, true, 3, 4, 5);
        Answer(5, false);
        Take(7);

        Assert.Equal(["a6", "a7"], _line);
    }

    [Fact]
    public void As_many_messages_wait_as_are_allowed_and_the_oldest_go()
    {
        for (var offset = 1; offset <= HeldMax + 1; offset++)
            Take(offset);

        Answer(0, null);

        Assert.Equal(["missed", "!a2", "a3", "a4", "a5"], _line);
    }

    private static ChannelMessage Message(long offset, string epoch = "a") =>
        new("lobby", "pub", "x", null, DateTimeOffset.UnixEpoch, new(offset, epoch));

    private MessagePosition? Take(long offset, string epoch = "a") => _messages.Take(Message(offset, epoch));

    private void Answer(long offset, bool? recovered, params long[] missed) =>
        Answer(new(offset, "a"), recovered, [.. missed.Select(one => Message(one))]);

    private void Answer(MessagePosition position, bool? recovered, params ChannelMessage[] missed) =>
        _messages.Answer(position, recovered, missed);
}
