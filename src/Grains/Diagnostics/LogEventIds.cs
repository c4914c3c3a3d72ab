namespace ImOrleans.Grains.Diagnostics;

/// <summary>The numbers of this assembly's log events. Never reused.</summary>
internal static class LogEventIds
{
    // Users: 2xxx.
    public const int SessionTakenOver = 2001;
    public const int SessionTokenExpired = 2002;
    public const int UserGatewayLost = 2003;
    public const int ChannelLeaveFailed = 2004;
    public const int UnsubscribeFailed = 2005;
    public const int ForgetDataFailed = 2006;

    // Rooms: 3xxx.
    public const int RoomGatewayLost = 3001;
    public const int ChannelTokenExpired = 3002;
    public const int TopicCleanupFailed = 3003;
    public const int RoomRecovered = 3004;

    // Topics: 4xxx.
    public const int TopicGatewayLost = 4001;

    // Message channels: 45xx.
    public const int MessageChannelGatewayLost = 4501;

    // Metadata and locks: 46xx.
    public const int SharedDataGatewayLost = 4601;
    public const int SharedDataWriteFailed = 4602;
    public const int SharedDataKnown = 4603;

    // Kept messages: 47xx.
    public const int HistoryFailing = 4701;
    public const int HistoryRecovered = 4702;
    public const int HistoryRemovalFailed = 4703;

    // Conversations: 5xxx.
    public const int ConversationFenced = 5001;
    public const int ConversationClosingTimedOut = 5002;
    public const int ConversationsFailing = 5003;
    public const int ConversationsRecovered = 5004;
    public const int ConversationNotToldOf = 5005;
    public const int ConversationRemovalFailed = 5006;
    public const int InboxWriteFailed = 5010;
    public const int ReceiverNotAsked = 5011;
    public const int GroupFenced = 5020;
    public const int GroupClosingTimedOut = 5021;
    public const int GroupNotToldOf = 5022;
    public const int GroupGatewayLost = 5023;
    public const int StatusMessageLost = 5012;

    // Delivery: 70xx.
    public const int BatchRepeated = 7001;
    public const int OutboxGaveUp = 7003;
    public const int OutboxFailed = 7004;
    public const int ClosingTimedOut = 7005;

    // Leases of gateways: 71xx.
    public const int LeasePollFailed = 7101;
    public const int GatewayExpired = 7102;
    public const int LeasePollRecovered = 7103;
}
