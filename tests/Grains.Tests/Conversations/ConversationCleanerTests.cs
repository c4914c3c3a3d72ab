using ImOrleans.Grains.Conversations;
using ImOrleans.Grains.Abstractions.Inboxes;
using ImOrleans.TestKit.Conversations;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace ImOrleans.Grains.Tests.Conversations;

public sealed class ConversationCleanerTests : ConversationTest
{
    private ConversationServices Services => Silos[0].Services.GetRequiredService<ConversationServices>();

    [Fact]
    public void Messages_are_kept_for_their_days_and_numbers_go_on()
    {
        Accepted(Send("old"));
        Advance(TimeSpan.FromDays(183));
        Assert.Equal(ConversationCleaner.IdlePause, Clean());
        Assert.Equal(["old"], Texts());

        Advance(TimeSpan.FromMilliseconds(1));
        Clean();

        Assert.Empty(Stored());
        Assert.Equal(2, Accepted(Send("next")).Seq);
    }

    [Fact]
    public void As_long_as_there_is_more_it_goes_on_soon()
    {
        for (var i = 0; i <= ConversationCleaner.SliceMax; i++)
            Accepted(Send($"{i}"));
        Advance(TimeSpan.FromDays(184));

        Assert.Equal(ConversationCleaner.BusyPause, Clean());
        Assert.Equal(ConversationCleaner.IdlePause, Clean());
        Assert.Empty(Stored());
    }

    [Fact]
    public void Devices_that_were_not_there_for_thirty_days_are_forgotten()
    {
        var inbox = Grains.GetGrain<IInboxGrain>(GrainKey.Inbox(new("bob")));
        Accepted(Do(() => inbox.PullAsync(new(new("phone"), 1))));
        Advance(TimeSpan.FromDays(30));
        Clean();
        Assert.Single(Do(() => Log.ReadDevicesAsync(new("bob"))));

        Advance(TimeSpan.FromMilliseconds(1));
        Clean();

        Assert.Empty(Do(() => Log.ReadDevicesAsync(new("bob"))));
    }

    [Fact]
    public void A_store_that_fails_is_asked_again_later()
    {
        Log.FailOthers(LogFault.Refused);

        Assert.Equal(ConversationCleaner.IdlePause, Clean());
    }

    private TimeSpan Clean()
    {
        using var cleaner = new ConversationCleaner(Services, NullLogger<ConversationCleaner>.Instance);
        return Do(() => cleaner.CleanAsync());
    }
}
