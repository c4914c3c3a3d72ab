using System.Text.Json;
using ImOrleans.Domain.Conversations;
using ImOrleans.Grains.Abstractions.Inboxes;
using ImOrleans.Grains.Inboxes;
using ImOrleans.Grains.Tests.Kit;

namespace ImOrleans.Grains.Tests.Conversations;

public sealed class BlacklistTests() : ConversationTest(silos: 2)
{
    [Fact]
    public void Who_is_blocked_cannot_write_and_who_blocks_can()
    {
        Accepted(Block("ann"));

        Refused(ErrorCode.RejectedByBlacklist, Send("unwanted"));
        Accepted(Send("wanted", sender: "bob"));
        Assert.Equal(["wanted"], Texts());

        Accepted(Unblock("ann"));
        Accepted(Send("again"));
        Assert.Equal(["wanted", "again"], Texts());
    }

    [Fact]
    public void The_app_and_the_user_itself_are_heard_always()
    {
        Accepted(Block("app"));
        Accepted(Block("bob"));

        Accepted(Do(() => Conversation(ConversationKey.System(new("app"), new("bob"))).SendAsync(Message("s", sender: "app"))));
        Accepted(Do(() => Conversation(ConversationKey.Private(new("app"), new("bob"))).SendAsync(
            Message("p", sender: "app") with { IsOfApp = true })));
        Accepted(Do(() => Conversation(ConversationKey.Private(new("bob"), new("bob"))).SendAsync(Message("m", sender: "bob"))));
    }

    [Fact]
    public void A_message_that_was_stored_before_is_answered_as_the_first_time()
    {
        var first = Accepted(Send("hi", "k"));
        Accepted(Block("ann"));

        Assert.Equal(first with { IsRepeated = true }, Accepted(Send("hi", "k")));
        Refused(ErrorCode.RejectedByBlacklist, Send("hi", "other"));
        Assert.Equal(["hi"], Texts());
    }

    [Fact]
    public void A_message_that_is_being_stored_when_its_sender_is_blocked_is_joined_by_its_repetition()
    {
        Log.HoldAppends();
        var first = BeginSend("hi", "k");
        Accepted(Block("ann"));
        var again = BeginSend("hi", "k");

        Do(() => Log.ReleaseAppends());

        Assert.Equal(Accepted(Finish(first)) with { IsRepeated = true }, Accepted(Finish(again)));
        Assert.Equal(["hi"], Texts());
    }

    [Fact]
    public void A_refused_message_among_others_takes_no_number()
    {
        Accepted(Block("ann"));
        Log.HoldAppends();
        var sends = new[]
        {
            BeginSend("one", "1", "bob"), BeginSend("no", "2"), BeginSend("two", "3", "bob"), BeginSend("never", "4"),
        };

        Do(() => Log.ReleaseAppends());

        Assert.Equal((1, 2), (Accepted(Finish(sends[0])).Seq, Accepted(Finish(sends[2])).Seq));
        Refused(ErrorCode.RejectedByBlacklist, Finish(sends[1]));
        Refused(ErrorCode.RejectedByBlacklist, Finish(sends[3]));
        Assert.Equal(["one", "two"], Texts());
    }

    [Fact]
    public void Adding_and_removing_twice_is_fine_and_the_order_is_kept()
    {
        foreach (var user in new[] { "zoe", "ann", "zoe", "max" })
            Accepted(Block(user));
        Accepted(Unblock("ann"));
        Accepted(Unblock("ann"));

        Assert.Equal(["zoe", "max"], Listed());
        Assert.True(Accepted(Do(() => Inbox().IsBlockedAsync(new("zoe")))));
        Assert.False(Accepted(Do(() => Inbox().IsBlockedAsync(new("ann")))));
        Assert.Equal(4, Storage.Writes);
    }

    [Fact]
    public void A_full_blacklist_refuses_one_more_and_takes_one_in_place_of_another()
    {
        for (var i = 1; i <= ConversationLimits.BlacklistMax; i++)
            Accepted(Block($"u{i}"));

        Refused(ErrorCode.BlackAddError, Block("ann"));
        Accepted(Block("u1"));
        Accepted(Send("let through"));
        Accepted(Unblock("u1"));
        Accepted(Block("ann"));

        Refused(ErrorCode.RejectedByBlacklist, Send("refused"));
        Assert.Equal(ConversationLimits.BlacklistMax, Listed().Count());
    }

    [Fact]
    public void What_was_answered_outlives_the_silo()
    {
        var users = Enumerable.Range(0, 8).Select(i => $"u{i}").ToArray();
        foreach (var user in users)
            Accepted(Do(() => Inbox(user).BlockAsync(new("ann"))));

        Silos[0].Kill();

        Assert.All(users, user => Assert.True(Accepted(Do(() => Inbox(user).IsBlockedAsync(new("ann"))))));
    }

    [Fact]
    public void A_write_that_failed_is_told_and_what_is_stored_counts()
    {
        Storage.FailNextWrite(StateFailure.Lost);
        Refused(ErrorCode.BlackAddError, Block("ann"));
        Accepted(Send("let through"));
        Storage.FailNextWrite(StateFailure.Unheard);
        Accepted(Block("ann"));
        Refused(ErrorCode.RejectedByBlacklist, Send("refused"));
        Storage.FailNextWrite(StateFailure.Late);
        Refused(ErrorCode.BlackRemoveError, Unblock("ann"));

        Assert.False(Storage.LandLate());

        Refused(ErrorCode.RejectedByBlacklist, Send("refused"));
    }

    [Fact]
    public void While_the_blacklist_cannot_be_known_nothing_is_stored_and_stored_messages_are_answered()
    {
        var first = Accepted(Send("hi", "k"));
        Storage.FailNextWrite(StateFailure.Lost, () => Storage.IsDown = true);
        Refused(ErrorCode.BlackAddError, Block("ann"));

        Refused(ErrorCode.InternalErrror, Send("one", "k1"));
        Refused(ErrorCode.BlackGetstatusError, Do(() => Inbox().GetBlacklistAsync()));
        Refused(ErrorCode.BlackGetstatusError, Do(() => Inbox().IsBlockedAsync(new("ann"))));
        Refused(ErrorCode.BlackRemoveError, Unblock("ann"));
        Assert.Equal(first with { IsRepeated = true }, Accepted(Send("hi", "k")));
        Storage.IsDown = false;

        Accepted(Send("one", "k1"));
        Assert.Equal(["hi", "one"], Texts());
    }

    [Fact]
    public void A_receiver_whose_settings_cannot_be_read_at_all_gets_nothing()
    {
        Storage.IsDown = true;

        var send = BeginSend("lost", "k");
        Advance(TimeSpan.FromSeconds(6));

        Refused(ErrorCode.InternalErrror, Finish(send));
        Assert.Empty(Stored());
    }

    [Fact]
    public void A_receiver_that_gives_no_answer_is_not_waited_for_longer_than_for_the_store()
    {
        var held = new TaskCompletionSource();
        Gate.Instead = context => context.MethodName.EndsWith("IsBlockedAsync", StringComparison.Ordinal)
            ? held.Task
            : context.Invoke();
        var send = BeginSend("slow", "k");
        Advance(TimeSpan.FromSeconds(3) - TimeSpan.FromMilliseconds(1));
        Assert.False(send.IsCompleted);
        Advance(TimeSpan.FromMilliseconds(1));

        Refused(ErrorCode.InternalErrror, Finish(send));
        Do(() => held.SetException(new IOException("It is gone.")));
        Assert.Empty(Stored());
    }

    [Fact]
    public void Another_activation_s_change_is_found_when_nothing_seems_to_be_left_to_do()
    {
        Accepted(Block("zoe"));
        Storage.StoreElsewhere<InboxState>(state => state with { Blacklist = [] });

        Accepted(Block("zoe"));

        Assert.Equal("zoe", Assert.Single(Storage.Peek<InboxState>().Blacklist));
    }

    /// <summary>The golden form: what was stored is read by every later version.</summary>
    [Fact]
    public void The_settings_are_stored_in_a_form_that_stays()
    {
        var state = new InboxState { Writes = ["1.1"], Blacklist = ["zoe", "ann"], OfflineDays = 3 };

        Assert.Equal(
            """{"writes":["1.1"],"blacklist":["zoe","ann"],"offlineDays":3}""",
            JsonSerializer.Serialize(state, InboxJson.Default.InboxState));
        Assert.Equal("""{"writes":[],"blacklist":[]}""", JsonSerializer.Serialize(new(), InboxJson.Default.InboxState));
    }

    private IInboxGrain Inbox(string user = "bob") => Grains.GetGrain<IInboxGrain>(GrainKey.Inbox(new(user)));

    private Outcome<Done> Block(string user) => Do(() => Inbox().BlockAsync(new(user)));

    private Outcome<Done> Unblock(string user) => Do(() => Inbox().UnblockAsync(new(user)));

    private IEnumerable<string> Listed() => Accepted(Do(() => Inbox().GetBlacklistAsync())).Users.Select(user => user.Value);
}
