using ImOrleans.Domain.Conversations;
using ImOrleans.TestKit.Conversations;

namespace ImOrleans.Grains.Tests.Conversations;

public sealed class ConversationGrainTests : ConversationTest
{
    [Fact]
    public void Messages_are_numbered_without_a_hole_and_answered_as_they_are_stored()
    {
        var sent = new[] { Accepted(Send("one")), Accepted(Send("two", sender: "bob")), Accepted(Send("three")) };

        Assert.Equal([1, 2, 3], sent.Select(message => message.Seq));
        Assert.Equal(
            Stored().Select(message => (message.Message.UId, message.Seq, message.SentAtUnixMs)),
            sent.Select(message => (message.UId, message.Seq, message.SentAtUnixMs)));
        Assert.Equal(["one", "two", "three"], Texts());
        Assert.Equal(3, sent.Select(message => message.UId).Distinct().Count());
    }

    [Fact]
    public void Both_are_in_a_private_conversation_from_its_first_message_on()
    {
        Accepted(Send("one"));

        foreach (var user in new[] { "ann", "bob" })
        {
            var entry = Do(() => Log.ReadEntryAsync(new(user), AnnAndBob));
            Assert.Equal((0, 1), (entry!.JoinedSeq, entry.EndSeq));
        }
    }

    [Fact]
    public void A_message_that_comes_again_is_answered_as_the_first_time_and_told_from_it()
    {
        var first = Accepted(Send("hi", "k"));
        Accepted(Send("between"));

        Assert.False(first.IsRepeated);
        Assert.Equal(first with { IsRepeated = true }, Accepted(Send("hi", "k")));
        Assert.Equal(["hi", "between"], Texts());
    }

    [Fact]
    public void A_message_that_comes_again_while_it_is_being_stored_joins_the_first()
    {
        Log.HoldAppends();
        var (first, again, other) = (BeginSend("hi", "k"), BeginSend("hi", "k"), BeginSend("hi", "k", sender: "bob"));

        Do(() => Log.ReleaseAppends());

        Assert.Equal(Accepted(Finish(first)) with { IsRepeated = true }, Accepted(Finish(again)));
        Assert.NotEqual(Accepted(Finish(first)), Accepted(Finish(other)));
        Assert.Equal(["hi", "hi"], Texts());
    }

    [Fact]
    public void A_store_that_refuses_is_told_as_retryable_and_the_next_message_has_the_place()
    {
        Log.FailAppends(LogFault.Refused);

        Refused(ErrorCode.InternalErrror, Send("lost", "k"));

        Assert.Equal(1, Accepted(Send("lost", "k")).Seq);
        Assert.Equal(["lost"], Texts());
    }

    [Fact]
    public void A_store_that_cannot_be_opened_refuses_and_nothing_is_stored()
    {
        Log.FailOthers(LogFault.Refused);
        Refused(ErrorCode.InternalErrror, Send("one"));
        Log.FailOthers(LogFault.Done);
        Refused(ErrorCode.InternalErrror, Send("two"));

        Assert.Equal(1, Accepted(Send("three", "k")).Seq);
        Assert.Equal(["three"], Texts());
    }

    [Fact]
    public void A_repetition_is_refused_while_the_first_cannot_be_read_and_what_waits_with_it_too()
    {
        var first = Accepted(Send("first", "k"));
        Log.IsUnreadable = true;
        Log.HoldAppends();
        var ahead = BeginSend("ahead", "a");
        var again = BeginSend("first", "k");
        var beside = BeginSend("beside", "b");

        Do(() => Log.ReleaseAppends());
        Assert.Equal(2, Accepted(Finish(ahead)).Seq);
        Refused(ErrorCode.InternalErrror, Finish(again));
        Refused(ErrorCode.InternalErrror, Finish(beside));
        Log.IsUnreadable = false;

        Assert.Equal(first with { IsRepeated = true }, Accepted(Send("first", "k")));
        Assert.Equal(3, Accepted(Send("beside", "b")).Seq);
        Assert.Equal(["first", "ahead", "beside"], Texts());
    }

    [Fact]
    public void A_repetition_takes_no_other_message_with_it()
    {
        var first = Accepted(Send("first", "k"));
        Log.HoldAppends();
        var ahead = BeginSend("ahead", "a");
        var waiting = new[] { BeginSend("before", "b"), BeginSend("first", "k"), BeginSend("behind", "c") };

        Do(() => Log.ReleaseAppends());

        Assert.Equal(2, Accepted(Finish(ahead)).Seq);
        Assert.Equal(3, Accepted(Finish(waiting[0])).Seq);
        Assert.Equal(first with { IsRepeated = true }, Accepted(Finish(waiting[1])));
        Assert.Equal(4, Accepted(Finish(waiting[2])).Seq);
        Assert.Equal(["first", "ahead", "before", "behind"], Texts());
    }

    [Fact]
    public void A_message_whose_outcome_was_unknown_is_answered_by_what_is_stored()
    {
        Log.FailAppends(LogFault.Done);
        var done = Accepted(Send("done", "k1"));
        Log.FailAppends(LogFault.Lost);
        Refused(ErrorCode.InternalErrror, Send("lost", "k2"));

        Assert.Equal(done with { IsRepeated = true }, Accepted(Send("done", "k1")));
        Assert.Equal(2, Accepted(Send("lost", "k2")).Seq);
        Assert.Equal(["done", "lost"], Texts());
    }

    [Fact]
    public void A_write_that_is_late_comes_to_nothing_after_its_message_was_refused()
    {
        Log.FailAppends(LogFault.Late);
        Refused(ErrorCode.InternalErrror, Send("late", "k"));

        Assert.Equal(1, Log.ApplyLate());

        Assert.Empty(Stored());
        Accepted(Send("late", "k"));
        Assert.Equal(["late"], Texts());
    }

    [Fact]
    public void What_comes_after_an_unknown_outcome_waits_until_it_is_known()
    {
        Log.FailAppends(LogFault.Done);
        Log.FailOthers(LogFault.None, LogFault.Refused, LogFault.Refused);
        var first = BeginSend("first");
        var second = BeginSend("second");
        Assert.False(first.IsCompleted || second.IsCompleted);

        // It is asked again after 100 ms, and after 200 more.
        Advance(TimeSpan.FromMilliseconds(299));
        Assert.False(first.IsCompleted || second.IsCompleted);
        Advance(TimeSpan.FromMilliseconds(1));

        Assert.Equal((1, 2), (Accepted(Finish(first)).Seq, Accepted(Finish(second)).Seq));
        Assert.Equal(["first", "second"], Texts());
    }

    [Fact]
    public void A_store_that_gives_no_answer_is_not_waited_for_longer_than_said()
    {
        Log.HoldAppends();
        var send = BeginSend("slow", "k");
        Advance(TimeSpan.FromSeconds(3) - TimeSpan.FromMilliseconds(1));
        Assert.False(send.IsCompleted);
        Advance(TimeSpan.FromMilliseconds(1));
        Refused(ErrorCode.InternalErrror, Finish(send));

        Do(() => Log.ReleaseAppends());

        Assert.Equal(1, Accepted(Send("slow", "k")).Seq);
        Assert.Equal(["slow"], Texts());
    }

    [Fact]
    public void Another_activation_that_opens_the_conversation_ends_this_one()
    {
        Accepted(Send("one"));
        Do(() => Log.OpenAsync(AnnAndBob));
        Log.HoldAppends();
        var (first, second) = (BeginSend("two", "k2"), BeginSend("three", "k3"));

        Do(() => Log.ReleaseAppends());

        Refused(ErrorCode.InternalErrror, Finish(first));
        Refused(ErrorCode.InternalErrror, Finish(second));
        Assert.Equal(["one"], Texts());

        // The next activation goes on.
        Assert.Equal(2, Accepted(Send("two", "k2")).Seq);
        Assert.Equal(["one", "two"], Texts());
    }

    [Fact]
    public void Someone_elses_append_in_the_place_of_an_unknown_one_is_not_taken_for_it()
    {
        Log.FailAppends(LogFault.Lost);
        Log.FailOthers(LogFault.None, LogFault.Refused);
        var send = BeginSend("mine", "k");
        var other = Do(() => Log.OpenAsync(AnnAndBob));
        Do(() => Log.AppendAsync(new(
            AnnAndBob, other.Epoch, 1,
            [
                new(MessageUId.Create(AnnAndBob, 1, 77), new("bob"), "RC:TxtMsg", "other"u8.ToArray(), default, null, [], default),
            ],
            [])));

        Advance(TimeSpan.FromMilliseconds(100));

        Refused(ErrorCode.InternalErrror, Finish(send));
        Assert.Equal(2, Accepted(Send("mine", "k")).Seq);
        Assert.Equal(["other", "mine"], Texts());
    }
}
