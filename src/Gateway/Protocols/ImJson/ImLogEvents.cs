namespace ImOrleans.Gateway.Protocols.ImJson;

/// <summary>The event ids of this folder: 6240 to 6259. A retired one stays as a comment.</summary>
internal static class ImLogEvents
{
    public const int Open = 6240;
    public const int InboxFailed = 6241;
    public const int InboxNotAsked = 6242;
    public const int AppNotEntered = 6243;
    public const int CallFailed = 6244;
    public const int OpenHttp = 6245;
}
