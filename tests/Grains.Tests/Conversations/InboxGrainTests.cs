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
    public void A_device_gets_what_came_after_its_login_until_it_acknowledges_it()
    {
        var login = Now();
        Pull();
        Advance(TimeSpan.FromSeconds(1));
        Accepted(Send("one"));
        Accepted(Send("two"));

        var pulled = Pull(login);
        Assert.Equal(["one", "two"], Texts(pulled));
        Assert.True(pulled.IsFinished);
        Assert.Equal(["one", "two"], Texts(Pull(login)));

        Acknowledge(pulled);
        Assert.Empty(Pull(login).Messages);
        Accepted(Send("three"));
        Assert.Equal(["three"], Texts(Pull(login)));
    }

    [Fact]
    public void A_new_device_begins_with_its_login_or_a_second_before_whatever_was_earlier()
    {
        Accepted(Send("before"));
        Advance(TimeSpan.FromMilliseconds(1));
        Accepted(Send("just before"));
        Advance(TimeSpan.FromMilliseconds(999));
        var login = Now();
        Advance(TimeSpan.FromSeconds(1));
        Accepted(Send("after"));

        Assert.Equal(["just before", "after"], Texts(Pull(login)));

        // It is known now: another login does not move its beginning.
        Assert.Equal(["just before", "after"], Texts(Pull(Now() + 5000)));
        Assert.Equal(["before", "just before", "after"], Texts(Pull(0, Tablet)));
    }

    [Fact]
    public void Each_device_has_its_own_places()
    {
        Accepted(Send("one"));
        Acknowledge(Pull(0));

        Assert.Empty(Pull(0).Messages);
        Assert.Equal(["one"], Texts(Pull(0, Tablet)));
    }

    [Fact]
    public void Own_messages_come_to_all_own_devices()
    {
        Accepted(Send("mine"));

        Assert.Equal(["mine"], Texts(Accepted(Do(() => Inbox("ann").PullAsync(new(Phone, 0, 200))))));
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
            page = Pull(0, count: 2);
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
        for (var page = Pull(0); ; page = Pull(0))
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
        Acknowledge(Pull(Now() - 1, count: 1));
        Accepted(Send("older"));
        Advance(TimeSpan.FromDays(7) + TimeSpan.FromMilliseconds(1));
        Assert.Empty(Pull(0).Messages);
        Accepted(Send("fresh"));
        Advance(TimeSpan.FromDays(7));

        Assert.Equal(["fresh"], Texts(Pull(0)));
    }

    [Fact]
    public void An_acknowledgement_that_comes_late_or_lies_moves_nothing_back_or_beyond()
    {
        Accepted(Send("one"));
        var early = Pull(0);
        Accepted(Send("two"));
        Acknowledge(Pull(0));
        Acknowledge(early);
        Assert.Empty(Pull(0).Messages);

        Accepted(Do(() => Inbox().AcknowledgeAsync(new(Phone, [new(AnnAndBob, 99)]))));
        Accepted(Send("three"));
        Assert.Equal(["three"], Texts(Pull(0)));
    }

    [Fact]
    public void Ten_devices_are_remembered_and_the_one_that_was_away_for_longest_makes_room()
    {
        for (var i = 0; i < ConversationLimits.DevicesMax; i++)
        {
            Pull(0, new($"device{i}"));
            Advance(TimeSpan.FromHours(1));
        }

        Pull(0, new("device0"));
        Pull(0, new("eleventh"));

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
        Refused(ErrorCode.InternalErrror, Do(() => Inbox().PullAsync(new(Phone, 0, 200))));
        Log.IsUnreadable = false;
        var pulled = Pull(0);
        Log.FailOthers(LogFault.Refused);
        Refused(ErrorCode.InternalErrror, Do(() => Inbox().AcknowledgeAsync(new(Phone, pulled.Positions))));

        Assert.Equal(["one"], Texts(Pull(0)));
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

    private PulledMessages Pull(long? since = null, DeviceId? device = null, int count = 200) =>
        Accepted(Do(() => Inbox().PullAsync(new(device ?? Phone, since ?? Now(), count))));

    private void Acknowledge(PulledMessages pulled) =>
        Accepted(Do(() => Inbox().AcknowledgeAsync(new(Phone, pulled.Positions))));

    private static string Text(PushedMessage message) =>
        System.Text.Encoding.UTF8.GetString(message.Message.Message.Content.Span);

    private long Now() => Clock.GetUtcNow().ToUnixTimeMilliseconds();

    private static IEnumerable<string> Texts(PulledMessages pulled) =>
        pulled.Messages.Select(message => System.Text.Encoding.UTF8.GetString(message.Message.Message.Content.Span));
}
