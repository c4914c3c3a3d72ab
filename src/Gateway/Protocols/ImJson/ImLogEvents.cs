namespace ImOrleans.Gateway.Protocols.ImJson;

/// <summary>The event ids of this folder: 6260 to 6279. A retired one stays as a comment.</summary>
internal static class ImLogEvents
{
    public const int Open = 6260;
    public const int InboxFailed = 6261;
    public const int InboxNotAsked = 6262;
    public const int AppNotEntered = 6263;
    public const int OpenHttp = 6264;
}
