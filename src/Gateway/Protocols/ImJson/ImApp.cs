using System.Globalization;
using ImOrleans.Domain.Identifiers;
using ImOrleans.Gateway.Channels;
using ImOrleans.Gateway.Presence;
using ImOrleans.Gateway.Sessions;
using ImOrleans.Grains.Abstractions.MessageChannels;
using Microsoft.Extensions.Logging;

namespace ImOrleans.Gateway.Protocols.ImJson;

/// <summary>
/// All users of one app at this door: a message channel of the server's own. Who is in it is online, who comes and goes is
/// told by its presence, and what is said to all is published there.
/// </summary>
/// <remarks>
/// <b>Bounds:</b> those of message channels. Above <c>Presence:AnnounceUsersMax</c> users arrivals and departures are told
/// together, once a period; who comes back within <c>Presence:Debounce</c> was never away.
/// </remarks>
internal sealed partial class ImApp(MessageChannelCalls channels, TimeProvider clock, ILogger<ImApp> logger)
{
    /// <summary>How long a login waits for its app to know of it.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan PauseMin = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan PauseMax = TimeSpan.FromSeconds(15);

    /// <summary>The channel of an app.</summary>
    public static ChannelName Channel(uint appId) =>
        ChannelName.Reserved(string.Create(CultureInfo.InvariantCulture, $"im:{appId}"));

    /// <summary>The device that an app is to its users.</summary>
    public static DeviceId Device(uint appId) => new(string.Create(CultureInfo.InvariantCulture, $"im:{appId}"));

    /// <summary>Puts a session among the users of its app; what is not done soon goes on by itself.</summary>
    public async Task EnterAsync(Session session, uint appId)
    {
        var entering = TryEnterAsync(session, appId);
        try
        {
            if (await entering.WaitAsync(Patience, clock))
                return;
        }
        catch (TimeoutException)
        {
            // Its client need not wait for that.
        }

        _ = EnterLaterAsync(session, appId, entering);
    }

    private async Task EnterLaterAsync(Session session, uint appId, Task<bool> entering)
    {
        for (var pause = PauseMin; !await entering; pause = pause * 2 < PauseMax ? pause * 2 : PauseMax)
        {
            await Task.Delay(pause, clock);
            entering = TryEnterAsync(session, appId);
        }
    }

    /// <summary>False when it is to be tried again.</summary>
    private async Task<bool> TryEnterAsync(Session session, uint appId)
    {
        if (session.IsEnded)
            return true;
        var entered = await channels.SubscribeAsync(
            session, Channel(appId), ChannelFeeds.Messages | ChannelFeeds.Presence, null, new PresenceWish(true, false, false));
        if (entered.IsAccepted || session.IsEnded)
            return true;
        LogNotEntered(logger, session.Id, appId, entered.Refusal.Code);
        return false;
    }

    [LoggerMessage(EventId = ImLogEvents.AppNotEntered, Level = LogLevel.Warning,
        Message = "Session {SessionId} is not among the users of app {AppId} yet ({ErrorCode}); it is tried again")]
    private static partial void LogNotEntered(ILogger logger, SessionId sessionId, uint appId, ErrorCode errorCode);
}
