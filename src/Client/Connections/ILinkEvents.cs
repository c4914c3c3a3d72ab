using System.Text.Json;
using ImOrleans.Client.Wire;

namespace ImOrleans.Client.Connections;

/// <summary>Takes what the server tells over a link, one after the other. Nothing here may wait.</summary>
internal interface ILinkEvents
{
    void OnMessages(IReadOnlyList<WireMessage> messages);

    void OnTopicEvents(IReadOnlyList<WireTopicEvent> events);

    void OnPresenceEvents(IReadOnlyList<WirePresenceEvent> events);

    void OnStorageEvents(IReadOnlyList<WireStorageEvent> events);

    void OnLockEvents(IReadOnlyList<WireLockEvent> events);

    void OnTokenEvents(IReadOnlyList<WireTokenEvent> events);

    void OnConnectionEvents(IReadOnlyList<WireConnectionEvent> events);

    /// <summary>Notices, which the server does not count among the events.</summary>
    void OnChatNotices(IReadOnlyList<WireChatNotice> notices);

    /// <summary>Messages of conversations, which the server does not count among the events; status messages have no token.</summary>
    void OnChatMessages(IReadOnlyList<JsonElement> messages, string? ackToken);

    /// <summary>Events of a kind that this client has no use for; the server counts them all the same.</summary>
    void OnOtherEvents(int count);
}
