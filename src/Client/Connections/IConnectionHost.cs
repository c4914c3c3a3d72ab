using System.Text.Json;
using ImOrleans.Client.Wire;

namespace ImOrleans.Client.Connections;

/// <summary>
/// What a connection is kept for: it takes the events, and knows what to restore. Events must not wait.
/// </summary>
internal interface IConnectionHost
{
    void OnMessages(IReadOnlyList<WireMessage> messages);

    void OnTopicEvents(IReadOnlyList<WireTopicEvent> events);

    void OnPresenceEvents(IReadOnlyList<WirePresenceEvent> events);

    void OnStorageEvents(IReadOnlyList<WireStorageEvent> events);

    void OnLockEvents(IReadOnlyList<WireLockEvent> events);

    /// <param name="events">What is about to end, or has.</param>
    /// <param name="linkEnded">Cancelled when the link has ended: the next one begins with fresh tokens.</param>
    void OnTokenEvents(IReadOnlyList<WireTokenEvent> events, CancellationToken linkEnded);

    void OnChatMessages(IReadOnlyList<JsonElement> messages, string ackToken);

    /// <summary>Tells the app.</summary>
    void Report(ClientEvent happened);

    /// <summary>Asks over a new link for all that the app had. What is refused is reported and given up.</summary>
    /// <exception cref="LinkLostException">The new link is gone as well.</exception>
    Task RestoreAsync(ILink link, CancellationToken cancellationToken);

    /// <summary>Asks over a new link for what can be had again of what was lost of a session that goes on.</summary>
    /// <exception cref="LinkLostException">The new link is gone as well.</exception>
    Task CatchUpAsync(ILink link, CancellationToken cancellationToken);

    /// <summary>The session has ended for good: so does all that the app had.</summary>
    void OnEnded(RtmException? why);
}
