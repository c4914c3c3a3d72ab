namespace ImOrleans.Gateway.Protocols.ImJson;

/// <summary>The event ids of this folder: 6250 to 6259. A retired one stays as a comment.</summary>
internal static class ImLogEvents
{
    public const int Open = 6250;
    public const int InboxFailed = 6251;
    public const int InboxNotAsked = 6252;
    public const int AppNotEntered = 6253;
    public const int CallFailed = 6254;
    public const int OpenHttp = 6255;
}
