namespace ImOrleans.Client;

/// <summary>The numbers of this assembly's log messages: 20000 to 20999. Never reused.</summary>
internal static class LogEventIds
{
    public const int Connected = 20001;
    public const int ConnectionLost = 20002;
    public const int AttemptFailed = 20003;
    public const int ConnectionFailed = 20004;
    public const int LogoutUnanswered = 20005;
    public const int RestoreFailed = 20010;
    public const int RenewalFailed = 20011;
    public const int UnknownEvent = 20020;
    public const int UndoFailed = 20021;
}
