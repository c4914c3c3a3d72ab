using ImOrleans.Grains.Tests.MessageChannels;

namespace ImOrleans.Grains.Tests.History;

/// <summary>A server without a store of messages.</summary>
public sealed class NoHistoryTests : MessageChannelTest
{
    [Fact]
    public void What_is_to_be_kept_is_refused_and_not_delivered()
    {
        Accepted(Listen(Two, 1));
        Connect(Two, "bob", 2);

        Refused(ErrorCode.HistoryNotAvailable, Do(async () => await Channel().PublishStoredAsync(new(
            await Channel().GetEpochAsync(), One.Session(1), new("ann"), Text("hi"), null, One.NextNumber()))));
        Refused(ErrorCode.HistoryNotAvailable, Do(() => User("bob").SendStoredAsync(new(new("ann"), Text("hi")))));
        Refused(ErrorCode.HistoryNotAvailable, Do(() => Channel().GetMessagesAsync(new(0, 1, 1))));
        Refused(ErrorCode.HistoryNotAvailable, Do(() => User("bob").GetMessagesAsync(new(0, 1, 1))));

        Assert.Empty(Two.Batches.SelectMany(batch => batch.Items));
    }
}
