namespace ImOrleans.Client;

/// <summary>Why a connection's state changed, in RTM2's numbers. Servers may send others.</summary>
public static class ConnectionReasons
{
    /// <summary>No reason in particular.</summary>
    public const int None = 0;

    /// <summary>The connection was lost, or the server stops.</summary>
    public const int Interrupted = 2;

    /// <summary>The login token has ended.</summary>
    public const int TokenExpired = 9;

    /// <summary>The server refused the connection, or what it was sent.</summary>
    public const int RejectedByServer = 10;

    /// <summary>Another connection of the same device took over.</summary>
    public const int SameUidLogin = 19;

    /// <summary>Logged in.</summary>
    public const int LoginSuccess = 10001;

    /// <summary>Logged out.</summary>
    public const int Logout = 10002;
}
