using System.Text;
using ImOrleans.Domain.History;
using ImOrleans.Domain.Messages;
using ImOrleans.Grains.Abstractions.MessageChannels;
using ImOrleans.Grains.Abstractions.Users;
using ImOrleans.Grains.Tests.Kit;
using ImOrleans.Grains.Tests.MessageChannels;
using Microsoft.Extensions.DependencyInjection;

namespace ImOrleans.Grains.Tests.History;

/// <summary>Publishes that ask to be kept, and queries, with a store that does what the test says.</summary>
public sealed class StoredPublishTests : MessageChannelTest
{
    private static readonly HistoryKey Lobby = new(ChannelType.Message, "lobby");
    private static readonly HistoryKey Bob = new(ChannelType.User, "bob");

    // Made before the silos start.
    private HistoryStore Store => field ??= new();

    protected override void Configure(IServiceCollection services)
    {
        base.Configure(services);
        services.AddSingleton<IChannelHistory>(Store);
    }

    [Fact]
    public void A_publish_that_asks_for_it_is_kept_with_its_place_and_time_and_one_that_does_not_is_not()
    {
        Accepted(Listen(Two, 1));
        Say("passing");

        var kept = Keep("kept");

        var stored = Assert.Single(Store.Of(Lobby));
        Assert.Equal((kept.Position, "ann", kept.SentAtUnixMs), (stored.Position, stored.Publisher.Value, stored.SentAtUnixMs));
        Assert.Equal(["passing", "kept"], Texts(Two.Received<ChannelMessage>()));
        Assert.Equal(kept.SentAtUnixMs, Two.Received<ChannelMessage>()[1].SentAtUnixMs);
    }

    [Fact]
    public void Delivery_does_not_wait_for_the_store_the_answer_does_and_others_go_on()
    {
        Accepted(Listen(Two, 1));
        Store.IsSlow = true;

        var first = BeginKeep("1", session: 1);
        var second = BeginKeep("2", session: 2);
        Say("passing");
        Accepted(Listen(One, 5));

        Assert.Equal(["1", "2", "passing"], Texts(Two.Received<ChannelMessage>()));
        Assert.False(first.IsCompleted || second.IsCompleted);
        Do(Store.LetThrough);
        Assert.True(first.IsCompleted && !second.IsCompleted);
        Do(Store.LetThrough);
        Accepted(Finish(second));
        Assert.Equal(["1", "2"], Kept(Lobby));
    }

    [Fact]
    public void Times_of_kept_messages_rise_and_run_a_second_ahead_at_most()
    {
        var now = Clock.GetUtcNow().ToUnixTimeMilliseconds();
        var times = Do(async () =>
        {
            var (epoch, kept) = (await Channel().GetEpochAsync(), new List<long>());
            for (var i = 0; i <= 1000; i++)
                kept.Add(Accepted(await Channel().PublishStoredAsync(
                    new(epoch, One.Session(1), new("ann"), Text($"{i}"), null, One.NextNumber()))).SentAtUnixMs);
            return kept;
        });
        Assert.Equal(Enumerable.Range(0, 1001).Select(i => now + i), times);

        var refused = TryKeep("too many");

        Refused(ErrorCode.ChannelPublishMessageTooFrequent, refused);
        Assert.Equal(TimeSpan.FromMilliseconds(1), refused.Refusal!.RetryAfter);
        Say("passing");
        Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(now + 1001, Keep("next").SentAtUnixMs);
    }

    [Fact]
    public void A_store_that_fails_refuses_what_was_to_be_kept_and_nothing_else()
    {
        Accepted(Listen(Two, 1));
        Store.FailNext(new IOException("The disk is gone."));
        Store.FailNext(new HistoryUnknownException("The commit failed.", new IOException()));

        Refused(ErrorCode.HistoryOperationFailed, TryKeep("1"));
        Refused(ErrorCode.HistoryOperationTimeout, TryKeep("2"));
        Say("passing");
        Keep("3");

        Assert.Equal(["1", "2", "passing", "3"], Texts(Two.Received<ChannelMessage>()));
        Assert.Equal(["3"], Kept(Lobby));
    }

    [Fact]
    public void A_store_that_is_slow_is_waited_for_three_seconds()
    {
        Store.IsSlow = true;
        var keeping = BeginKeep("slow", session: 1);

        Advance(TimeSpan.FromSeconds(2.999));
        Assert.False(keeping.IsCompleted);
        Advance(TimeSpan.FromMilliseconds(1));

        Refused(ErrorCode.HistoryOperationTimeout, Finish(keeping));
    }

    [Fact]
    public void A_repetition_with_its_key_is_delivered_once_and_kept_once()
    {
        Accepted(Listen(Two, 1));

        var first = Keep("1", "key");

        Assert.Equal(first, Keep("1", "key"));
        Assert.Equal(first, Say("1", "key"));
        Assert.Equal((1, 1), (Store.Appends, Two.Received<ChannelMessage>().Length));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_repetition_of_what_was_delivered_and_perhaps_not_kept_only_keeps_it(bool wasKept)
    {
        Accepted(Listen(Two, 1));
        Store.FailsAfterwards = wasKept;
        Store.FailNext(new HistoryUnknownException("The commit failed.", new IOException()));
        Refused(ErrorCode.HistoryOperationTimeout, TryKeep("1", "key"));
        Keep("2");

        var again = Keep("1", "key");

        Assert.Equal(1, again.Position.Offset);
        Assert.Equal(wasKept ? ["1", "2"] : ["2", "1"], Kept(Lobby));
        Assert.Equal(["1", "2"], Texts(Two.Received<ChannelMessage>()));
        Assert.Equal(again, Keep("1", "key"));
    }

    [Fact]
    public void A_repetition_that_comes_while_the_first_waits_gets_its_answer()
    {
        Store.IsSlow = true;
        var first = BeginKeep("1", session: 1, key: "key");
        var again = BeginKeep("1", session: 1, key: "key");
        Assert.False(again.IsCompleted);

        Do(Store.LetThrough);

        Assert.Equal(Accepted(Finish(first)), Accepted(Finish(again)));
        Assert.Equal(1, Store.Appends);
    }

    [Fact]
    public void A_publish_for_another_activation_is_not_kept()
    {
        Refused(ErrorCode.RouteStale, Do(() => Channel().PublishStoredAsync(
            new(1_000_000, One.Session(1), new("ann"), Text("old"), null, One.NextNumber()))));
        Assert.Equal(0, Store.Appends);
    }

    [Fact]
    public void A_message_to_a_user_is_kept_whether_it_arrives_or_not()
    {
        Assert.False(Accepted(TrySend("away")).IsDelivered);
        Connect(One, "bob", 1);
        var sent = Accepted(TrySend("there"));

        Assert.True(sent.IsDelivered);
        Assert.Equal(["away", "there"], Kept(Bob));
        Assert.Equal(sent.SentAtUnixMs, Assert.Single(One.Received<UserMessage>()).SentAtUnixMs);
        Assert.Equal(sent.SentAtUnixMs, Store.Of(Bob)[1].SentAtUnixMs);
    }

    [Fact]
    public void A_message_to_a_user_that_is_not_kept_is_refused_though_it_arrives()
    {
        Connect(One, "bob", 1);
        Store.FailNext(new IOException("The disk is gone."));

        Refused(ErrorCode.HistoryOperationFailed, TrySend("1"));

        Assert.Single(One.Received<UserMessage>());
    }

    [Fact]
    public void Queries_see_what_is_kept_up_to_the_edge_of_the_retention()
    {
        var first = Keep("1").SentAtUnixMs;
        Do(() => Clock.Advance(TimeSpan.FromDays(1))); // In one leap: nothing else is to happen meanwhile.
        Keep("2");
        Assert.Equal(["1", "2"], Read());
        Assert.Equal(["2"], Read(start: first));
        Assert.Equal(["1"], Read(end: first));

        Do(() => Clock.Advance(TimeSpan.FromDays(6))); // In one leap: nothing else is to happen meanwhile.
        Assert.Equal(["1", "2"], Read());
        Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(["2"], Read());
    }

    [Fact]
    public void A_query_that_the_store_cannot_answer_is_refused()
    {
        Store.FailNext(new IOException());
        Store.FailNext(new TimeoutException());

        Refused(ErrorCode.HistoryOperationFailed, Do(() => Channel().GetMessagesAsync(new(0, 1, 1))));
        Refused(ErrorCode.HistoryOperationTimeout, Do(() => User("bob").GetMessagesAsync(new(0, 1, 1))));
    }

    private IEnumerable<string> Read(long start = 0, long end = long.MaxValue) =>
        Accepted(Do(() => Channel().GetMessagesAsync(new(start, end, 100)))).Messages.Select(TextOf);

    private IEnumerable<string> Kept(HistoryKey key) => Store.Of(key).Select(TextOf);

    private static string TextOf(HistoryMessage message) => Encoding.UTF8.GetString(message.Payload.Bytes.Span);

    private MessagePublished Keep(string text, string? key = null) => Accepted(TryKeep(text, key));

    private Outcome<MessagePublished> TryKeep(string text, string? key = null) => Finish(BeginKeep(text, 99, key));

    private Task<Outcome<MessagePublished>> BeginKeep(string text, long session, string? key = null) =>
        Begin(async () => await Channel().PublishStoredAsync(new(
            await Channel().GetEpochAsync(), One.Session(session), new("ann"), Text(text), key, One.NextNumber())));

    private Outcome<UserMessageSent> TrySend(string text) =>
        Do(() => User("bob").SendStoredAsync(new(new("ann"), Text(text))));
}
