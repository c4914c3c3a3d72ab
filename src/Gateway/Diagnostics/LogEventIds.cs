namespace ImOrleans.Gateway.Diagnostics;

/// <summary>The numbers of this assembly's log messages: 6000 to 6999. Never reused.</summary>
internal static class LogEventIds
{
    public const int RegistrationFailed = 6001;
    public const int SiloLeft = 6002;
    public const int CallFailed = 6003;
    public const int LeaseNotRenewed = 6004;
    public const int CheckFailed = 6005;
    public const int NoSilo = 6006;
    public const int SessionOpened = 6010;
    public const int SessionClosed = 6011;
    public const int SessionStalled = 6012;
    public const int DisconnectFailed = 6013;
    public const int SessionDetached = 6014;
    public const int SessionResumed = 6015;
    public const int SessionGivenUp = 6016;
    public const int SessionMoved = 6017;
    public const int SessionNotMoved = 6018;
    public const int SessionRecovered = 6019;
    public const int GatewayStarted = 6020;
    public const int GatewayStopping = 6021;
    public const int GatewaySilent = 6022;
    public const int InboxesBehind = 6023;
    public const int InboxesNotChecked = 6024;
}
