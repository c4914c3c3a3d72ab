namespace ImOrleans.Client;

/// <summary>Why a connection's state changed, in RTM2's numbers. Servers may send others.</summary>
public static class ConnectionReasons
{
    /// <summary>No reason in particular.</summary>
    public const int None = 0;

    /// <summary>A stream channel was joined.</summary>
    public const int JoinSuccess = 1;

    /// <summary>The connection was lost, or the server stops.</summary>
    public const int Interrupted = 2;

    /// <summary>A stream channel was left.</summary>
    public const int LeaveChannel = 5;

    /// <summary>The login token has ended, or that of a stream channel.</summary>
    public const int TokenExpired = 9;

    /// <summary>The server refused the connection, or what it was sent.</summary>
    public const int RejectedByServer = 10;

    /// <summary>A stream channel was joined again, as its session has come to another gateway.</summary>
    public const int RejoinSuccess = 15;

    /// <summary>Another connection of the same device took over.</summary>
    public const int SameUidLogin = 19;

    /// <summary>Logged in.</summary>
    public const int LoginSuccess = 10001;

    /// <summary>Logged out.</summary>
    public const int Logout = 10002;
}
