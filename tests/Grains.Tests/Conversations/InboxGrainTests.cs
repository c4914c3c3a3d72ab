using System.Collections.Immutable;
using System.Text;
using ImOrleans.Domain.Conversations;
using ImOrleans.Grains.Abstractions.Conversations;
using ImOrleans.Grains.Abstractions.Inboxes;
using ImOrleans.TestKit.Conversations;

namespace ImOrleans.Grains.Tests.Conversations;

public sealed class InboxGrainTests : ConversationTest
{
    private static readonly DeviceId Phone = new("phone");
    private static readonly DeviceId Tablet = new("tablet");

    [Fact]
    public void A_device_gets_what_it_has_not_received_until_it_acknowledges_it()
    {
        Pull();
        Accepted(Send("one"));
        Accepted(Send("two"));

        var pulled = Pull();
        Assert.Equal(["one", "two"], Texts(pulled));
        Assert.True(pulled.IsFinished);
        Assert.Equal(["one", "two"], Texts(Pull()));

        Acknowledge(pulled);
        Assert.Empty(Pull().Messages);
        Accepted(Send("three"));
        Assert.Equal(["three"], Texts(Pull()));
    }

    /// <summary>The clock stands still: what is sent later has the same time as what was there.</summary>
    [Fact]
    public void A_new_device_that_begins_now_gets_what_is_sent_from_then_on_and_nothing_of_before()
    {
        Accepted(Send("long ago"));
        Advance(TimeSpan.FromSeconds(1));
        Accepted(Send("elsewhere", sender: "carol", key: ConversationKey.Private(new("carol"), new("bob"))));
        Accepted(Send("just before"));

        Assert.Empty(Pull(fromNow: true).Messages);
        Accepted(Send("after"));
        Accepted(Send("new", sender: "dan", key: ConversationKey.Private(new("bob"), new("dan"))));
        Assert.Equal(["after", "new"], Texts(Pull(fromNow: true)));

        // It is known now: it does not begin again.
        Assert.Equal(["after", "new"], Texts(Pull()));
        Assert.Equal(["after", "elsewhere", "just before", "long ago", "new"], Texts(Pull(Tablet)).Order());
    }

    [Fact]
    public void A_new_device_that_begins_now_begins_before_there_is_anything_too()
    {
        Assert.Empty(Pull(fromNow: true).Messages);
        Accepted(Send("first"));
        Assert.Equal(["first"], Texts(Pull(fromNow: true)));
    }

    [Fact]
    public void Each_device_has_its_own_places()
    {
        Accepted(Send("one"));
        Acknowledge(Pull());

        Assert.Empty(Pull().Messages);
        Assert.Equal(["one"], Texts(Pull(Tablet)));
    }

    [Fact]
    public void Own_messages_come_to_all_own_devices()
    {
        Accepted(Send("mine"));

        Assert.Equal(["mine"], Texts(Accepted(Do(() => Inbox("ann").PullAsync(new(Phone, 200))))));
    }

    [Fact]
    public void A_page_has_as_many_messages_as_were_asked_for_and_the_next_ones_go_on()
    {
        for (var i = 1; i <= 5; i++)
            Accepted(Send($"{i}"));
        Accepted(Do(() => Conversation(ConversationKey.System(new("app"), new("bob"))).SendAsync(Message("s", sender: "app"))));

        List<string> got = [];
        PulledMessages page;
        do
        {
            page = Pull(count: 2);
            Assert.True(page.Messages.Length <= 2);
            got.AddRange(Texts(page));
            Acknowledge(page);
        }
        while (!page.IsFinished);

        Assert.Equal(["1", "2", "3", "4", "5", "s"], got.Order());
        Assert.Equal(["1", "2", "3", "4", "5"], got.Where(text => text != "s"));
    }

    [Fact]
    public void A_page_is_bounded_in_bytes_but_has_one_message_at_least()
    {
        for (var i = 0; i < 10; i++)
            Accepted(Send(new string((char)('a' + i), ConversationLimits.ContentBytesMax)));

        List<string> got = [];
        for (var page = Pull(); ; page = Pull())
        {
            Assert.InRange(page.Messages.Sum(message => message.Message.Message.Bytes), 0, ConversationLimits.PageBytesMax);
            got.AddRange(Texts(page));
            Acknowledge(page);
            if (page.IsFinished)
                break;
        }

        Assert.Equal(Enumerable.Range(0, 10).Select(i => (char)('a' + i)), got.Select(text => text[0]));
    }

    [Fact]
    public void Messages_wait_for_the_days_that_are_set_and_not_longer()
    {
        Accepted(Send("old"));
        Acknowledge(Pull(count: 1));
        Accepted(Send("older"));
        Advance(TimeSpan.FromDays(7) + TimeSpan.FromMilliseconds(1));
        Assert.Empty(Pull().Messages);
        Accepted(Send("fresh"));
        Advance(TimeSpan.FromDays(7));

        Assert.Equal(["fresh"], Texts(Pull()));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(6)]
    public void Messages_wait_for_the_days_that_their_user_has_set(int days)
    {
        Accepted(Do(() => Inbox().SetOfflineDaysAsync(days)));
        Accepted(Send("hi"));
        Advance(TimeSpan.FromDays(days));
        Assert.Equal(["hi"], Texts(Pull()));
        Advance(TimeSpan.FromMilliseconds(1));
        Assert.Empty(Pull().Messages);

        // Those of others wait as ever, and so do they again when they are to.
        Assert.Equal(["hi"], Texts(Accepted(Do(() => Inbox("ann").PullAsync(new(Phone, 200))))));
        Accepted(Do(() => Inbox().SetOfflineDaysAsync(days + 1)));
        Assert.Equal(["hi"], Texts(Pull()));
    }

    [Theory]
    [InlineData(3)]
    [InlineData(250)]
    public void What_does_not_wait_any_more_is_told_until_it_is_acknowledged(int many)
    {
        Accepted(Send("one"));
        Acknowledge(Pull());
        for (var seq = 2; seq <= many; seq++)
            Accepted(Send($"{seq}"));
        Advance(TimeSpan.FromDays(7) + TimeSpan.FromMilliseconds(1));

        // Also before there is something to get: who looks at the conversation would not know otherwise.
        Assert.Equal([new(AnnAndBob, 1, many + 1)], Pull().Skipped.ToArray());
        Assert.Empty(Pull().Messages);

        Accepted(Send("fresh"));
        var pulled = Pull();
        Assert.Equal(["fresh"], Texts(pulled));
        Assert.Equal([new(AnnAndBob, 1, many + 1)], pulled.Skipped.ToArray());
        Assert.Equal(pulled.Skipped.ToArray(), Pull().Skipped.ToArray());

        Acknowledge(pulled);
        Accepted(Send("more"));
        Assert.Equal(["more"], Texts(Pull()));
        Assert.Empty(Pull().Skipped);
    }

    [Fact]
    public void What_was_left_out_without_anything_to_get_is_acknowledged_too()
    {
        Accepted(Send("one"));
        Acknowledge(Pull());
        Accepted(Send("two"));
        Advance(TimeSpan.FromDays(8));
        Acknowledge(Pull());

        Assert.Empty(Pull().Skipped);
        Assert.Empty(Pull().Positions);
        Accepted(Send("three"));
        Assert.Equal(["three"], Texts(Pull()));
        Assert.Empty(Pull().Skipped);
    }

    [Fact]
    public void A_new_device_is_told_what_lies_before_what_it_gets_on_the_page_that_begins_there()
    {
        Accepted(Send("old"));
        Advance(TimeSpan.FromDays(8));
        Assert.Empty(Pull().Skipped);
        Accepted(Send("two"));
        Accepted(Send("three"));

        var first = Pull(count: 1);
        Assert.Equal(["two"], Texts(first));
        Assert.Equal([new(AnnAndBob, 0, 2)], first.Skipped.ToArray());
        Acknowledge(first);
        Assert.Equal(["three"], Texts(Pull()));
        Assert.Empty(Pull().Skipped);
    }

    [Fact]
    public void What_was_left_out_of_more_conversations_than_a_page_holds_is_told_on_several()
    {
        const int many = ConversationLimits.PageMessagesMax + 1;
        var keys = Enumerable.Range(0, many).Select(i => ConversationKey.Private(new("bob"), new($"user{i}"))).ToArray();
        void SayAll()
        {
            foreach (var (i, key) in keys.Index())
                Accepted(Send("hi", sender: $"user{i}", key: key));
        }

        SayAll();
        for (var page = Pull(); !page.Positions.IsEmpty; page = Pull())
            Acknowledge(page);
        SayAll();
        Advance(TimeSpan.FromDays(8));

        var first = Pull();
        Assert.Equal((ConversationLimits.PageMessagesMax, false), (first.Skipped.Length, first.IsFinished));
        Acknowledge(first);
        var last = Pull();
        Assert.True(last.IsFinished);
        Assert.Equal(
            keys.Select(key => new SkippedMessages(key, 1, 3)).ToHashSet(), [.. first.Skipped, .. last.Skipped]);
        Assert.Single(last.Skipped);
    }

    [Theory]
    [InlineData(200)]
    [InlineData(1)]
    public void Who_left_a_group_and_came_again_gets_what_was_sent_while_it_was_there_and_nothing_else(int count)
    {
        var team = ConversationKey.Group(new("team"));
        Do(() => Log.OpenAsync(team));
        ImmutableArray<UserId> bob = [new("bob")];
        foreach (var (stay, isIn) in new[] { false, true, false, true, true }.Index())
        {
            Do(() => Log.ChangeMembersAsync(new(team, 1, isIn ? bob : [], isIn ? [] : bob)));
            for (var i = 1; i <= 3; i++)
                Do(() => Log.AppendAsync(new(team, 1, (stay * 3) + i, [Say($"{stay}.{i}")], [])));
        }

        List<string> got = [];
        List<SkippedMessages> skipped = [];
        for (var pulled = Pull(count: count); !pulled.Messages.IsEmpty; pulled = Pull(count: count))
        {
            got.AddRange(Texts(pulled));
            skipped.AddRange(pulled.Skipped);
            Assert.All(pulled.Skipped, one => Assert.True(one.BeforeSeq <= pulled.Messages[0].Message.Seq));
            Acknowledge(pulled);
        }

        Assert.Equal(["1.1", "1.2", "1.3", "3.1", "3.2", "3.3", "4.1", "4.2", "4.3"], got);
        Assert.Equal([new(team, 6, 10)], skipped);
        Assert.Empty(Pull().Positions);

        // It is told also when there is nothing to get yet.
        Do(() => Log.ChangeMembersAsync(new(team, 1, [], bob)));
        Do(() => Log.AppendAsync(new(team, 1, 16, [Say("away")], [])));
        Do(() => Log.ChangeMembersAsync(new(team, 1, bob, [])));
        var last = Pull();
        Assert.Empty(last.Messages);
        Assert.Equal([new(team, 15, 17)], last.Skipped.ToArray());
        Acknowledge(last);
        Assert.Empty(Pull().Positions);

        ChatMessage Say(string text) => new(
            MessageUId.Create(team, 1, 1), new("ann"), "RC:TxtMsg", Encoding.UTF8.GetBytes(text), MessageFlags.Counted, null,
            [], default);
    }

    [Fact]
    public void An_acknowledgement_that_comes_late_or_lies_moves_nothing_back_or_beyond()
    {
        Accepted(Send("one"));
        var early = Pull();
        Accepted(Send("two"));
        Acknowledge(Pull());
        Acknowledge(early);
        Assert.Empty(Pull().Messages);

        Accepted(Do(() => Inbox().AcknowledgeAsync(new(Phone, [new(AnnAndBob, 99)]))));
        Accepted(Send("three"));
        Assert.Equal(["three"], Texts(Pull()));
    }

    [Fact]
    public void Ten_devices_are_remembered_and_the_one_that_was_away_for_longest_makes_room()
    {
        for (var i = 0; i < ConversationLimits.DevicesMax; i++)
        {
            Pull(new($"device{i}"));
            Advance(TimeSpan.FromHours(1));
        }

        Pull(new("device0"));
        Pull(new("eleventh"));

        var devices = Do(() => Log.ReadDevicesAsync(new("bob"))).Select(row => row.Device.Value).ToHashSet();
        Assert.Equal(ConversationLimits.DevicesMax, devices.Count);
        Assert.DoesNotContain("device1", devices);
        Assert.Contains("device0", devices);
        Assert.Contains("eleventh", devices);
    }

    [Fact]
    public void A_store_that_fails_is_told_and_nothing_is_lost()
    {
        Accepted(Send("one"));
        Log.IsUnreadable = true;
        Refused(ErrorCode.InternalErrror, Do(() => Inbox().PullAsync(new(Phone, 200))));
        Log.IsUnreadable = false;
        var pulled = Pull();
        Log.FailOthers(LogFault.Refused);
        Refused(ErrorCode.InternalErrror, Do(() => Inbox().AcknowledgeAsync(new(Phone, pulled.Positions))));

        Assert.Equal(["one"], Texts(Pull()));
    }

    [Fact]
    public void All_sessions_of_both_are_told_but_the_one_that_wrote()
    {
        Accepted(Connect(One, "ann", 1, "phone"));
        Accepted(Connect(One, "ann", 2, "tablet"));
        Accepted(Connect(Two, "bob", 1, "phone"));

        Accepted(Do(() => Conversation().SendAsync(Message("hi") with { Session = One.Session(1) })));

        var mine = Assert.Single(One.Received<ConversationPush>());
        Assert.Equal((AnnAndBob, 0, 1), (mine.Conversation, mine.PreviousSeq, mine.Seq));
        Assert.Equal(One.Session(1), Assert.Single(mine.Messages).Writer);
        Assert.Equal("hi", Text(Assert.Single(Assert.Single(Two.Received<ConversationPush>()).Messages)));
    }

    [Fact]
    public void What_is_stored_together_is_told_together()
    {
        Accepted(Connect(Two, "bob", 1));
        Log.HoldAppends();
        var sends = Enumerable.Range(0, 5).Select(i => BeginSend($"{i}")).ToArray();

        Do(() => Log.ReleaseAppends());

        Assert.All(sends, send => Accepted(Finish(send)));
        var pushed = Two.Received<ConversationPush>().ToArray();
        Assert.Equal([(0, 1), (1, 5)], pushed.Select(push => (push.PreviousSeq, push.Seq)));
        Assert.Equal(["0", "1", "2", "3", "4"], pushed.SelectMany(push => push.Messages).Select(Text));
    }

    private IInboxGrain Inbox(string user = "bob") => Grains.GetGrain<IInboxGrain>(GrainKey.Inbox(new(user)));

    private PulledMessages Pull(DeviceId? device = null, int count = 200, bool fromNow = false) =>
        Accepted(Do(() => Inbox().PullAsync(new(device ?? Phone, count) { FromNow = fromNow })));

    private void Acknowledge(PulledMessages pulled) =>
        Accepted(Do(() => Inbox().AcknowledgeAsync(new(Phone, pulled.Positions))));

    private static string Text(PushedMessage message) =>
        System.Text.Encoding.UTF8.GetString(message.Message.Message.Content.Span);

    private static IEnumerable<string> Texts(PulledMessages pulled) =>
        pulled.Messages.Select(message => System.Text.Encoding.UTF8.GetString(message.Message.Message.Content.Span));
}
