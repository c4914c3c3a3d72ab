namespace ImOrleans.ClientKit.GoWire;

/// <summary>The requests and events of the wire, by their numbers.</summary>
public static class GoUris
{
    /// <summary>Of this kit alone: where states wait that are about a channel, not the connection.</summary>
    public const int ChannelState = -102;

    public const int MessageSubscribe = 0;
    public const int MessageUnsubscribe = 1;
    public const int MessagePublish = 2;
    public const int MessageEvent = 3;
    public const int StreamJoin = 4;
    public const int StreamLeave = 5;
    public const int JoinTopic = 6;
    public const int LeaveTopic = 7;
    public const int StreamPublish = 8;
    public const int StreamEvent = 9;
    public const int TopicEvent = 10;
    public const int SubscribeTopic = 11;
    public const int UnsubscribeTopic = 12;
    public const int ChangeChannelMetadata = 24;
    public const int GetChannelMetadata = 25;
    public const int ChangeUserMetadata = 26;
    public const int GetUserMetadata = 27;
    public const int SubscribeUserMetadata = 28;
    public const int UnsubscribeUserMetadata = 29;
    public const int ChannelMetadataEvent = 30;
    public const int UserMetadataEvent = 31;
    public const int WhereNow = 36;
    public const int WhoNow = 37;
    public const int SetState = 38;
    public const int GetState = 39;
    public const int RemoveState = 40;
    public const int PresenceEvent = 41;
    public const int Login = 100;
    public const int Logout = 101;
    public const int ConnectionState = 102;
    public const int SetParameters = 103;
    public const int RenewToken = 104;
    public const int LockAcquire = 105;
    public const int LockGet = 106;
    public const int LockRelease = 107;
    public const int LockRemove = 108;
    public const int LockRevoke = 109;
    public const int LockSet = 110;
    public const int LockEvent = 111;
    public const int TokenWillExpire = 112;
}
