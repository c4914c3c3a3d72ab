namespace ImOrleans.Domain.Errors;

/// <summary>
/// Every refusal that a client can be told, by the number of its wire. Numbers are never reused.
/// </summary>
/// <remarks>
/// <b>Source:</b> the newest public RTM2 interface; 10020 to 10026 and 15001 to 15005 from the vendor documentation;
/// those of instant messaging from the web SDK whose clients it serves.
/// Numbers from 90001 stay inside the server: no client ever sees them.
/// </remarks>
public enum ErrorCode
{
    None = 0,

    // Instant messaging, besides those below.
    RejectedByBlacklist = 405,

    // Connection, login and tokens.
    NotInitialized = 10001,
    NotLogin = 10002,
    InvalidAppId = 10003,
    InvalidEventHandler = 10004,
    InvalidToken = 10005,
    InvalidUserId = 10006,
    InitServiceFailed = 10007,
    InvalidChannelName = 10008,
    TokenExpired = 10009,
    LoginNoServerResources = 10010,
    LoginTimeout = 10011,
    LoginRejected = 10012,
    LoginAborted = 10013,
    InvalidParameter = 10014,
    LoginNotAuthorized = 10015,
    InconsistentAppid = 10016,
    DuplicateOperation = 10017,
    InstanceAlreadyReleased = 10018,
    InvalidChannelType = 10019,
    InvalidEncryptionParameter = 10020,
    OperationRateExceedLimitation = 10021,
    ServiceNotSupported = 10022,
    LoginCanceled = 10023,
    InvalidPrivateConfig = 10024,
    NotConnected = 10025,
    RenewTokenTimeout = 10026,

    // Channels, topics and user messages.
    ChannelNotJoined = 11001,
    ChannelNotSubscribed = 11002,
    ChannelExceedTopicUserLimitation = 11003,
    ChannelInReuse = 11004,
    ChannelInstanceExceedLimitation = 11005,
    ChannelInErrorState = 11006,
    ChannelJoinFailed = 11007,
    ChannelInvalidTopicName = 11008,
    ChannelInvalidMessage = 11009,
    ChannelMessageLengthExceedLimitation = 11010,
    ChannelInvalidUserList = 11011,
    ChannelNotAvailable = 11012,
    ChannelTopicNotSubscribed = 11013,
    ChannelExceedTopicLimitation = 11014,
    ChannelJoinTopicFailed = 11015,
    ChannelTopicNotJoined = 11016,
    ChannelTopicNotExist = 11017,
    ChannelInvalidTopicMeta = 11018,
    ChannelSubscribeTimeout = 11019,
    ChannelSubscribeTooFrequent = 11020,
    ChannelSubscribeFailed = 11021,
    ChannelUnsubscribeFailed = 11022,
    ChannelEncryptMessageFailed = 11023,
    ChannelPublishMessageFailed = 11024,
    ChannelPublishMessageTooFrequent = 11025,
    ChannelPublishMessageTimeout = 11026,
    ChannelNotConnected = 11027,
    ChannelLeaveFailed = 11028,
    ChannelCustomTypeLengthOverflow = 11029,
    ChannelInvalidCustomType = 11030,
    ChannelUnsupportedMessageType = 11031,
    ChannelPresenceNotReady = 11032,
    ChannelReceiverOffline = 11033,

    // Storage.
    StorageOperationFailed = 12001,
    StorageMetadataItemExceedLimitation = 12002,
    StorageInvalidMetadataItem = 12003,
    StorageInvalidArgument = 12004,
    StorageInvalidRevision = 12005,
    StorageMetadataLengthOverflow = 12006,
    StorageInvalidLockName = 12007,
    StorageLockNotAcquired = 12008,
    StorageInvalidKey = 12009,
    StorageInvalidValue = 12010,
    StorageKeyLengthOverflow = 12011,
    StorageValueLengthOverflow = 12012,
    StorageDuplicateKey = 12013,
    StorageOutdatedRevision = 12014,
    StorageNotSubscribe = 12015,
    StorageInvalidMetadataInstance = 12016,
    StorageSubscribeUserExceedLimitation = 12017,
    StorageOperationTimeout = 12018,
    StorageNotAvailable = 12019,

    // Presence.
    PresenceNotConnected = 13001,
    PresenceNotWritable = 13002,
    PresenceInvalidArgument = 13003,
    PresenceCachedTooManyStates = 13004,
    PresenceStateCountOverflow = 13005,
    PresenceInvalidStateKey = 13006,
    PresenceInvalidStateValue = 13007,
    PresenceStateKeySizeOverflow = 13008,
    PresenceStateValueSizeOverflow = 13009,
    PresenceStateDuplicateKey = 13010,
    PresenceUserNotExist = 13011,
    PresenceOperationTimeout = 13012,
    PresenceOperationFailed = 13013,

    // Locks.
    LockOperationFailed = 14001,
    LockOperationTimeout = 14002,
    LockOperationPerforming = 14003,
    LockAlreadyExist = 14004,
    LockInvalidName = 14005,
    LockNotAcquired = 14006,
    LockAcquireFailed = 14007,
    LockNotExist = 14008,
    LockNotAvailable = 14009,

    // History.
    HistoryOperationFailed = 15001,
    HistoryInvalidTimestamp = 15002,
    HistoryOperationTimeout = 15003,
    HistoryOperationNotPermitted = 15004,
    HistoryNotAvailable = 15005,

    // Instant messaging: conversations, groups and the blacklist. Some names are misspelt where they come from.
    RcMsgUnauthorized = 20406,
    RcDiscussionGroupIdInvalid = 20407,
    SendFrequencyTooFast = 20604,
    NotInDiscussion = 21406,
    JoinInDiscussion = 21407,
    CreateDiscussion = 21408,
    InviteDicussion = 21409,
    SensitiveShield = 21501,
    SensitiveReplace = 21502,
    NotInGroup = 22406,
    ForbiddenInGroup = 22408,
    InternalErrror = 24015,
    RcDisconnKick = 31010,
    BizErrorInvalidParameter = 33003,
    BlackAddError = 37001,
    BlackGetstatusError = 37002,
    BlackRemoveError = 37003,

    // Inside the server.
    RouteStale = 90001,
}
