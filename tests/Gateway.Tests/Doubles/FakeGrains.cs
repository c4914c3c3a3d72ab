using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Threading.Channels;
using ImOrleans.Domain.Conversations;
using ImOrleans.Domain.Errors;
using ImOrleans.Domain.History;
using ImOrleans.Domain.Identifiers;
using ImOrleans.Domain.Messages;
using ImOrleans.Grains.Abstractions.Conversations;
using ImOrleans.Grains.Abstractions.Delivery;
using ImOrleans.Grains.Abstractions.Gateways;
using ImOrleans.Grains.Abstractions.MessageChannels;
using ImOrleans.Grains.Abstractions.Presence;
using ImOrleans.Grains.Abstractions.Rooms;
using ImOrleans.Grains.Abstractions.Sessions;
using ImOrleans.Grains.Abstractions.Topics;
using ImOrleans.Grains.Abstractions.Users;

namespace ImOrleans.Gateway.Tests.Doubles;

/// <summary>The cluster as a gateway sees it: a double for each grain that is asked for.</summary>
internal sealed class FakeGrains
{
    private readonly ConcurrentDictionary<string, FakeGrain> _grains = new();
    private readonly Channel<FakeCall> _checks = Channel.CreateUnbounded<FakeCall>();

    public FakeGrains() => Factory = FactoryProxy.Create(this);

    public IGrainFactory Factory { get; }

    public FakeLeaseGrain Leases => (FakeLeaseGrain)Get(IGatewayLeaseGrain.Key, _ => new FakeLeaseGrain());

    public FakeUserGrain User(string user) =>
        (FakeUserGrain)Get(GrainKey.User(new(user)), _ => new FakeUserGrain(this));

    public FakeRoomGrain Room(string channel) =>
        (FakeRoomGrain)Get(GrainKey.StreamChannel(new(channel)), _ => new FakeRoomGrain(this, new(channel)));

    public FakeTopicGrain Topic(string channel, string topic) =>
        (FakeTopicGrain)Get(GrainKey.Topic(new(channel), new(topic)), _ => new FakeTopicGrain());

    public FakeMessageChannelGrain MessageChannel(string channel) => (FakeMessageChannelGrain)Get(
        GrainKey.MessageChannel(new(channel)), _ => new FakeMessageChannelGrain());

    public FakeConversationGrain Conversation(ConversationKey key) =>
        (FakeConversationGrain)Get(key.Value, _ => new FakeConversationGrain());

    public FakeGroupGrain Group(ConversationKey key) => (FakeGroupGrain)Get(key.Value, _ => new FakeGroupGrain());

    public FakeUserGroupsGrain GroupsOf(string user) =>
        (FakeUserGroupsGrain)Get(GrainKey.UserGroups(new(user)), _ => new FakeUserGroupsGrain());

    public FakeInboxGrain Inbox(string user) =>
        (FakeInboxGrain)Get(GrainKey.Inbox(new(user)), _ => new FakeInboxGrain());

    public FakeInboxTotalsGrain Totals(GatewayId gateway) =>
        (FakeInboxTotalsGrain)Get(GrainKey.InboxTotals(gateway), _ => new FakeInboxTotalsGrain());

    public FakeSharedDataGrain Data(ChannelType type, string name) =>
        (FakeSharedDataGrain)Get(GrainKey.SharedData(type, name), _ => new FakeSharedDataGrain());

    /// <summary>The next check of a registration, whichever grain it goes to.</summary>
    public Task<FakeCall> NextCheckAsync() => _checks.Reader.ReadAsync().AsTask().Guard();

    private FakeGrain Get(string key, Func<string, FakeGrain> create) => _grains.GetOrAdd(key, name =>
    {
        var grain = create(name);
        grain.OnCall = call =>
        {
            if (call.Method == "Check")
                _checks.Writer.TryWrite(call);
        };
        return grain;
    });

    private object ByKey(string key)
    {
        if (key == IGatewayLeaseGrain.Key)
            return Leases;
        var parts = GrainKey.Split(key[0], key);
        return key[0] switch
        {
            'u' => User(parts[0]),
            's' => Room(parts[0]),
            'm' => MessageChannel(parts[0]),
            'd' => Get(key, _ => new FakeSharedDataGrain()),
            'i' => Inbox(parts[0]),
            'p' or 'y' => Conversation(ConversationKey.Parse(key)),
            'c' or 'g' => Group(ConversationKey.Parse(key)),
            'w' => Totals(new(parts[0])),
            'n' => GroupsOf(parts[0]),
            _ => Topic(parts[0], parts[1]),
        };
    }

    /// <summary>Answers the few members that a gateway uses, whatever else the runtime's interface has.</summary>
    [SuppressMessage("Performance", "CA1852", Justification = "The proxy derives from it.")]
    public class FactoryProxy : DispatchProxy
    {
        private FakeGrains _grains = null!;

        internal static IGrainFactory Create(FakeGrains grains)
        {
            var factory = DispatchProxy.Create<IGrainFactory, FactoryProxy>();
            ((FactoryProxy)(object)factory)._grains = grains;
            return factory;
        }

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) => targetMethod!.Name switch
        {
            "GetGrain" => _grains.ByKey((string)args![0]!),
            "CreateObjectReference" => args![0],
            "DeleteObjectReference" => null,
            _ => throw new NotSupportedException(targetMethod.Name),
        };
    }
}

internal sealed class FakeLeaseGrain : FakeGrain, IGatewayLeaseGrain
{
    public Task RenewAsync(GatewayId gateway) => DoneAsync("Renew", gateway);

    public Task ReleaseAsync(GatewayId gateway) => DoneAsync("Release", gateway);

    public ImmutableArray<GatewayLease> Leases { get; set; } = [];

    public Task<ImmutableArray<GatewayLease>> ListAsync() => CallAsync("List", "", () => Leases);
}

internal sealed class FakeUserGrain(FakeGrains grains) : FakeGrain, IUserGrain
{
    public Task<Outcome<RouteStamp>> ConnectAsync(ConnectRequest request) => StampAsync("Connect", request);

    public Task<Outcome<Done>> DisconnectAsync(DisconnectRequest request) => DoneAsync("Disconnect", request);

    public Task<Outcome<Done>> RenewTokenAsync(RenewTokenRequest request) => DoneAsync("RenewToken", request);

    public Task<Outcome<RoomJoined>> JoinChannelAsync(JoinChannelRequest request) =>
        CallAsync<Outcome<RoomJoined>>("JoinChannel", request, () => grains.Room(request.Channel.Value).Joined());

    public Task<Outcome<Done>> LeaveChannelAsync(LeaveChannelRequest request) => DoneAsync("LeaveChannel", request);

    public Task<Outcome<ChannelSubscribed>> SubscribeChannelAsync(SubscribeChannelRequest request) =>
        CallAsync<Outcome<ChannelSubscribed>>(
            "SubscribeChannel", request, () => grains.MessageChannel(request.Channel.Value).Subscribed());

    public Task<Outcome<Done>> UnsubscribeChannelAsync(UnsubscribeChannelRequest request) =>
        DoneAsync("UnsubscribeChannel", request);

    public Task<WhereNow> WhereNowAsync() => CallAsync("WhereNow", "", () => new WhereNow([new("lobby")], []));

    public Task<Outcome<UserMessageSent>> SendAsync(SendUserMessageRequest request) =>
        CallAsync<Outcome<UserMessageSent>>("Send", request, () => new UserMessageSent(1));

    public Task<Outcome<UserMessageSent>> SendStoredAsync(SendUserMessageRequest request) =>
        CallAsync<Outcome<UserMessageSent>>("SendStored", request, () => new UserMessageSent(1) { IsDelivered = false });

    public Task<Outcome<HistoryPage>> GetMessagesAsync(HistoryQuery query) =>
        CallAsync<Outcome<HistoryPage>>("GetMessages", query, () => new HistoryPage([], 0));

    public Task PushAsync(ConversationPush push) => DoneAsync("Push", push);

    public Task TellStatusAsync(ConversationStatus status) => DoneAsync("TellStatus", status);

    public Task TellJoinedAsync(ConversationKey group, long joinedSeq) => DoneAsync("TellJoined", group);

    public Task<Outcome<RouteStamp>> RegisterAsync(UserRegistration registration) =>
        StampAsync("Register", registration);

    public Task<bool> CheckAsync(RouteCheck check) => CallAsync("Check", check, () => IsKnown);

    /// <summary>What the session of another gateway has; null when it cannot be had.</summary>
    public SessionContent? Content { get; set; }

    /// <summary>What its client has not got.</summary>
    public SessionRest? Rest { get; set; }

    public Task<SessionContent?> DescribeSessionAsync(SessionClaim claim) =>
        CallAsync("DescribeSession", claim, () => Content);

    public Task<SessionRest?> TakeSessionAsync(TakeSessionRequest request) =>
        CallAsync("TakeSession", request, () => Rest);

    /// <summary>What it knows of the session itself; null when it knows of none.</summary>
    public RecalledSession? Recalled { get; set; }

    public Task<RecalledSession?> RecallSessionAsync(SessionClaim claim) => CallAsync("RecallSession", claim, () => Recalled);

    public Task<Outcome<Done>> ReleaseSessionAsync(SessionClaim claim) => DoneAsync("ReleaseSession", claim);

    public Task<Outcome<Done>> KeepSessionAsync(KeepSessionRequest request) => DoneAsync("KeepSession", request);
}

internal sealed class FakeRoomGrain(FakeGrains grains, ChannelName channel) : FakeGrain, IRoomGrain
{
    /// <summary>What a join's snapshot holds.</summary>
    public ImmutableArray<TopicPublishers> Topics { get; set; } = [];

    /// <summary>What a join's answer says of presence.</summary>
    public PresenceEntered Presence { get; set; } = PresenceEntered.Nothing;

    public RoomJoined Joined() => new(Stamp, Topics) { Presence = Presence };

    public Task<Outcome<PresenceState>> ChangeStateAsync(ChangeStateRequest request) =>
        CallAsync<Outcome<PresenceState>>("ChangeState", request, () => new PresenceState(request.Set ?? [], Position));

    public Task<Outcome<PresenceState>> GetStateAsync(UserId user) =>
        CallAsync<Outcome<PresenceState>>("GetState", user, () => PresenceState.None);

    public Task<Outcome<WhoNow>> WhoNowAsync(WhoNowRequest request) =>
        CallAsync<Outcome<WhoNow>>("WhoNow", request, () => new WhoNow([], 0, null));

    /// <summary>What the session of another gateway has here; null when that is not known.</summary>
    public ContentChannel? Content { get; set; }

    public Task<ContentChannel?> DescribeSessionAsync(SessionId session) =>
        CallAsync("DescribeSession", session, () => Content);

    public Task<Outcome<RoomJoined>> JoinAsync(RoomJoinRequest request) => throw new NotSupportedException();

    public Task<Outcome<Done>> LeaveAsync(RoomLeaveRequest request) => throw new NotSupportedException();

    public Task<Outcome<RouteStamp>> JoinTopicAsync(JoinTopicRequest request) =>
        CallAsync<Outcome<RouteStamp>>("JoinTopic", request, () => TopicOf(request.Topic).Stamp);

    public Task<Outcome<Done>> LeaveTopicAsync(LeaveTopicRequest request) => DoneAsync("LeaveTopic", request);

    public Task<Outcome<TopicSubscribed>> SubscribeTopicAsync(SubscribeTopicRequest request) =>
        CallAsync<Outcome<TopicSubscribed>>(
            "SubscribeTopic", request,
            () => new TopicSubscribed(TopicOf(request.Topic).Stamp, request.Users, [], request.Users.Length));

    public Task<Outcome<Done>> UnsubscribeTopicAsync(UnsubscribeTopicRequest request) =>
        DoneAsync("UnsubscribeTopic", request);

    public Task<Outcome<SubscribedUsers>> GetSubscribedUsersAsync(GetSubscribedUsersRequest request) =>
        CallAsync<Outcome<SubscribedUsers>>("GetSubscribedUsers", request, () => new SubscribedUsers([]));

    public Task<Outcome<Done>> RenewTokenAsync(RenewChannelTokenRequest request) => DoneAsync("RenewToken", request);

    public Task<Outcome<RouteStamp>> RegisterAsync(RoomRegistration registration) =>
        StampAsync("Register", registration);

    public Task<bool> CheckAsync(RouteCheck check) => CallAsync("Check", check, () => IsKnown);

    private FakeTopicGrain TopicOf(TopicName topic) => grains.Topic(channel.Value, topic.Value);
}

internal sealed class FakeTopicGrain : FakeGrain, ITopicGrain
{
    public Task<ContentTopic?> DescribeSessionAsync(SessionId session) => throw new NotSupportedException();

    public Task<Outcome<TopicPublished>> PublishAsync(PublishTopicRequest request) =>
        CallAsync<Outcome<TopicPublished>>("Publish", request, () => new TopicPublished(1));

    public Task<Outcome<RouteStamp>> RegisterAsync(TopicRegistration registration) =>
        StampAsync("Register", registration);

    public Task<bool> CheckAsync(RouteCheck check) => CallAsync("Check", check, () => IsKnown);

    public Task<bool> MarkAsync(GatewayId gateway) => CallAsync("Mark", gateway, () => true);

    public Task<Outcome<RouteStamp>> AddPublisherAsync(AddPublisherRequest request) =>
        throw new NotSupportedException();

    public Task<Outcome<Done>> RemovePublisherAsync(RouteUpdate route, SessionId session) =>
        throw new NotSupportedException();

    public Task<Outcome<TopicSubscribed>> SubscribeAsync(TopicSubscribeRequest request) =>
        throw new NotSupportedException();

    public Task<Outcome<int>> UnsubscribeAsync(RouteUpdate route, SessionId session, ImmutableArray<UserId> users) =>
        throw new NotSupportedException();

    public Task<Outcome<SubscribedUsers>> GetSubscribedUsersAsync(RouteUpdate route, SessionId session) =>
        throw new NotSupportedException();

    public Task RemoveSessionAsync(SessionId session) => throw new NotSupportedException();
}
