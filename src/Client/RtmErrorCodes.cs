namespace ImOrleans.Client;

/// <summary>
/// The codes that the client itself makes, and those that an app most often looks at. Every code is in
/// <c>docs/errors.md</c>.
/// </summary>
public static class RtmErrorCodes
{
    /// <summary>Not connected, and not about to be: call <see cref="RtmClient.ConnectAsync"/>.</summary>
    public const int NotLogin = 10002;

    /// <summary>The token is refused.</summary>
    public const int InvalidToken = 10005;

    /// <summary>The token has expired.</summary>
    public const int TokenExpired = 10009;

    /// <summary>The login did not end in time.</summary>
    public const int LoginTimeout = 10011;

    /// <summary>The login was refused.</summary>
    public const int LoginRejected = 10012;

    /// <summary>The token opens nothing, or does not let the user read or write what the call names.</summary>
    public const int NotAuthorized = 10015;

    /// <summary>It was done already; a channel that is subscribed to, for one.</summary>
    public const int DuplicateOperation = 10017;

    /// <summary>
    /// A call above a rate, or more unfinished calls than <see cref="RtmClientOptions.PendingCallsMax"/>.
    /// </summary>
    public const int TooManyCalls = 10021;

    /// <summary>The connection was lost, or did not come back in time.</summary>
    public const int NotConnected = 10025;

    /// <summary>The channel is not joined.</summary>
    public const int ChannelNotJoined = 11001;

    /// <summary>The message channel is not subscribed to.</summary>
    public const int ChannelNotSubscribed = 11002;

    /// <summary>The channel could not be joined; joined already, for one.</summary>
    public const int ChannelJoinFailed = 11007;

    /// <summary>Nothing happened, or it was undone; try again.</summary>
    public const int ChannelNotAvailable = 11012;

    /// <summary>A message above its rate; wait before the next.</summary>
    public const int PublishTooFrequent = 11025;

    /// <summary>The publish was not confirmed: it may or may not have been delivered.</summary>
    public const int PublishTimeout = 11026;

    /// <summary>The receiver is not connected.</summary>
    public const int ReceiverOffline = 11033;

    /// <summary>A change of metadata was not confirmed: it may or may not have been stored.</summary>
    public const int StorageTimeout = 12018;

    /// <summary>Metadata is not of the revision that a change depends on.</summary>
    public const int OutdatedRevision = 12014;

    /// <summary>A change of a lock was not confirmed: it may or may not have been done.</summary>
    public const int LockTimeout = 14002;

    /// <summary>Another has the lock.</summary>
    public const int LockAcquireFailed = 14007;

    /// <summary>A message was delivered and is not kept, or the messages could not be read.</summary>
    public const int HistoryOperationFailed = 15001;

    /// <summary>The store of messages gave no answer: a message that was delivered may or may not be kept.</summary>
    public const int HistoryTimeout = 15003;

    /// <summary>The messages of another user, or of a channel that the token does not open, cannot be read.</summary>
    public const int HistoryNotPermitted = 15004;

    /// <summary>The server keeps no messages.</summary>
    public const int HistoryNotAvailable = 15005;

    /// <summary>The receiver of a private message has this user on its blacklist.</summary>
    public const int RejectedByBlacklist = 405;

    /// <summary>A message of a conversation has a word that is not allowed, and was not sent.</summary>
    public const int SensitiveShield = 21501;

    /// <summary>A message of a conversation was sent with words masked; no refusal, see <see cref="SentMessage.IsMasked"/>.</summary>
    public const int SensitiveReplace = 21502;

    private const int RenewTokenTimeout = 10026;

    internal static bool IsUnknownOutcome(int code) =>
        code is PublishTimeout or RenewTokenTimeout or StorageTimeout or LockTimeout or HistoryTimeout;

    internal static string NameOf(int code) => code switch
    {
        NotLogin => "NOT_LOGIN",
        InvalidToken => "INVALID_TOKEN",
        TokenExpired => "TOKEN_EXPIRED",
        LoginTimeout => "LOGIN_TIMEOUT",
        LoginRejected => "LOGIN_REJECTED",
        DuplicateOperation => "DUPLICATE_OPERATION",
        TooManyCalls => "OPERATION_RATE_EXCEED_LIMITATION",
        NotConnected => "NOT_CONNECTED",
        ChannelNotJoined => "CHANNEL_NOT_JOINED",
        ChannelJoinFailed => "CHANNEL_JOIN_FAILED",
        _ => "UNKNOWN",
    };
}
