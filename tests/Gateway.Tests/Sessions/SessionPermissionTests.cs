using ImOrleans.Domain.History;
using ImOrleans.Domain.Identifiers;
using ImOrleans.Domain.Messages;
using ImOrleans.Domain.Metadata;
using ImOrleans.Gateway.Auth.Permissions;
using ImOrleans.Gateway.Sessions;
using ImOrleans.Gateway.Tests.Auth.Permissions;
using ImOrleans.Gateway.Tests.Doubles;
using ImOrleans.Grains.Abstractions.MessageChannels;
using ImOrleans.Grains.Abstractions.Presence;
using ImOrleans.Grains.Abstractions.SharedData;
using ImOrleans.Grains.Abstractions.Users;
using static ImOrleans.Gateway.Tests.Doubles.GatewayBench;

namespace ImOrleans.Gateway.Tests.Sessions;

/// <summary>What sessions may do whose tokens list what may be read and written.</summary>
public sealed class SessionPermissionTests : IDisposable
{
    private const ErrorCode Denied = ErrorCode.LoginNotAuthorized;

    private static readonly ChannelName Channel = new(Lobby);
    private static readonly TopicName Topic = new(GatewayBench.News);
    private static readonly LockName Lock = new("door");
    private static readonly UserId Bob = new("bob");

    private readonly GatewayBench _bench = new();

    public void Dispose() => _bench.Dispose();

    /// <summary>Every call that a permission can stop, with what it needs.</summary>
    public static TheoryData<string, AccessKind, ChannelType> Calls()
    {
        var calls = new TheoryData<string, AccessKind, ChannelType>();
        foreach (var (call, access, type) in AllCalls())
            calls.Add(call, access, type);
        return calls;
    }

    [Theory]
    [MemberData(nameof(Calls))]
    public async Task A_call_needs_its_permission_and_no_other(string call, AccessKind access, ChannelType type)
    {
        var name = type == ChannelType.User ? Bob.Value : Lobby;
        var only = await _bench.ConnectAsync(permissions: Lists.Of(access, type, name));
        Assert.NotEqual(DenialOf(call), await CallAsync(only, call, type).Guard());

        var others = await _bench.ConnectAsync("eve", permissions: Lists.AllBut(access, type));
        Assert.Equal(DenialOf(call), await CallAsync(others, call, type).Guard());
        var elsewhere = await _bench.ConnectAsync("joe", permissions: Lists.Of(access, type, name + "2"));
        Assert.Equal(DenialOf(call), await CallAsync(elsewhere, call, type).Guard());
    }

    [Fact]
    public async Task What_is_refused_reaches_no_grain()
    {
        var ann = await _bench.ConnectAsync(permissions: Lists.Of(AccessKind.Read, ChannelType.Message, "other"));
        foreach (var (call, _, type) in AllCalls())
            Assert.Equal(DenialOf(call), await CallAsync(ann, call, type).Guard());
        Assert.Empty(_bench.Grains.MessageChannel(Lobby).Calls);
        Assert.Empty(_bench.Grains.Room(Lobby).Calls);
        Assert.Empty(_bench.Grains.User("bob").Calls);
        Assert.Empty(_bench.Grains.Data(ChannelType.Message, Lobby).Calls);
        Assert.Empty(_bench.Grains.Data(ChannelType.User, "bob").Calls);
    }

    [Fact]
    public async Task Another_token_replaces_the_permissions_and_takes_nothing_that_the_session_has()
    {
        var ann = await _bench.JoinAsync();
        AssertAccepted(await _bench.MessageChannels.SubscribeAsync(ann, Channel, ChannelFeeds.Messages, null).Guard());
        AssertAccepted(await _bench.JoinTopicAsync(ann).Guard());
        AssertAccepted(await _bench.SubscribeAsync(ann, "bob").Guard());
        AssertAccepted(await _bench.Locks.AcquireAsync(ann, ChannelType.Stream, Channel, Lock, retry: false).Guard());

        await RenewAsync(ann, "narrow", Lists.Of(AccessKind.Read, ChannelType.Message, "other"));
        AssertRefused(Denied, await _bench.PublishAsync(ann, "no").Guard());
        AssertReached(_bench.DeliverNews(1, Message(1, "yes", "bob")), 1);

        // Giving up needs no permission.
        Assert.NotEqual(Denied, (await _bench.Locks.ReleaseAsync(
            ann, ChannelType.Stream, Channel, Lock, ann.User).Guard()).Refusal?.Code);
        AssertAccepted(await _bench.Topics.UnsubscribeAsync(ann, Channel, Topic, [Bob]).Guard());
        AssertAccepted(await _bench.Topics.LeaveAsync(ann, Channel, Topic).Guard());
        AssertAccepted(await _bench.Channels.LeaveAsync(ann, Channel).Guard());
        AssertAccepted(await _bench.MessageChannels.UnsubscribeAsync(ann, Channel).Guard());

        AssertRefused(Denied, await _bench.Channels.JoinAsync(ann, Channel, null).Guard());
        await RenewAsync(ann, "wide", null);
        AssertAccepted(await _bench.Channels.JoinAsync(ann, Channel, null).Guard());
    }

    [Fact]
    public async Task The_token_for_a_channel_opens_nothing_that_the_login_token_does_not()
    {
        var ann = await _bench.ConnectAsync(permissions: Lists.Of(AccessKind.Write, ChannelType.Stream, Lobby));
        var token = new SessionToken("for the channel", _bench.Clock.GetUtcNow().AddHours(1));
        AssertRefused(Denied, await _bench.Channels.JoinAsync(ann, Channel, token).Guard());
    }

    [Fact]
    public async Task A_session_that_goes_on_over_another_connection_has_the_permissions_of_its_token()
    {
        var first = new FakeConnection();
        var resumable = new ConnectWishes { IsResumable = true };
        var ann = await _bench.ConnectAsync(connection: first, wishes: resumable);
        AssertAccepted(await _bench.Channels.JoinAsync(ann, Channel, null).Guard());
        await _bench.Lifecycle.LoseAsync(ann, first).Guard();

        var again = await _bench.ConnectAsync(
            token: "narrow", wishes: resumable with { Previous = ann.Key, Received = 1 },
            permissions: Lists.Of(AccessKind.Read, ChannelType.Stream, "other"));
        Assert.Same(ann, again);
        AssertRefused(Denied, await _bench.SubscribeAsync(again, "bob").Guard());
        AssertAccepted(await _bench.Channels.LeaveAsync(again, Channel).Guard());
    }

    [Fact]
    public async Task A_session_that_comes_from_another_gateway_keeps_what_it_has_and_gets_the_permissions_of_its_token()
    {
        var elsewhere = new SessionKey(new(new("elsewhere"), 5), "secret");
        var grain = _bench.Grains.User("ann");
        grain.Content = new([new(Channel, null, [])], [], []);
        grain.Rest = new([], 0, [new(GrainKey.User(new("ann")), 1)]);
        var session = await _bench.ConnectAsync(
            wishes: new() { IsResumable = true, Previous = elsewhere },
            permissions: Lists.Of(AccessKind.Read, ChannelType.Stream, "other"));
        Assert.Equal(1, grain.CountOf("TakeSession"));
        Assert.Equal(1, grain.CountOf("JoinChannel"));
        AssertRefused(Denied, await _bench.JoinTopicAsync(session).Guard());
        AssertRefused(Denied, await _bench.Channels.JoinAsync(session, Channel, null).Guard());
        AssertAccepted(await _bench.Channels.LeaveAsync(session, Channel).Guard());
    }

    [Fact]
    public async Task What_was_sent_to_oneself_needs_no_permission()
    {
        var ann = await _bench.ConnectAsync(permissions: Lists.Of(AccessKind.Read, ChannelType.Message, "other"));
        AssertAccepted(await _bench.History.GetAsync(ann, HistoryKey.Of(ann.User), new(0, 1, 1)).Guard());
        AssertReached(_bench.DeliverToUser("ann", 1, new UserMessage(1, Bob, Text("hi"), 5)), 1);
    }

    private static IEnumerable<(string Call, AccessKind Access, ChannelType Type)> AllCalls()
    {
        (string, AccessKind, ChannelType)[] calls =
        [
            ("Subscribe", AccessKind.Read, ChannelType.Message),
            ("Publish", AccessKind.Write, ChannelType.Message),
            ("GetHistory", AccessKind.Read, ChannelType.Message),
            ("Join", AccessKind.Read, ChannelType.Stream),
            ("JoinTopic", AccessKind.Write, ChannelType.Stream),
            ("PublishTopic", AccessKind.Write, ChannelType.Stream),
            ("SubscribeTopic", AccessKind.Read, ChannelType.Stream),
            ("GetSubscribedUsers", AccessKind.Read, ChannelType.Stream),
            ("SendToUser", AccessKind.Write, ChannelType.User),
            ("ChangeMetadata", AccessKind.Write, ChannelType.User),
            ("GetMetadata", AccessKind.Read, ChannelType.User),
            ("SubscribeUserMetadata", AccessKind.Read, ChannelType.User),
            ("WhereNow", AccessKind.Read, ChannelType.User),
        ];
        string[] writing =
        [
            "ChangeMetadata", "SetLock", "RemoveLock", "AcquireLock", "AcquireLockInTime", "RevokeLock", "SetState",
            "RemoveState",
        ];
        string[] reading = ["GetMetadata", "GetLocks", "GetState", "WhoNow"];
        ChannelType[] types = [ChannelType.Message, ChannelType.Stream];
        return calls
            .Concat(from type in types from call in writing select (call, AccessKind.Write, type))
            .Concat(from type in types from call in reading select (call, AccessKind.Read, type));
    }

    private static ErrorCode DenialOf(string call) =>
        call == "GetHistory" ? ErrorCode.HistoryOperationNotPermitted : Denied;

    private async Task RenewAsync(Session session, string text, ResourcePermissions? permissions) =>
        AssertAccepted(await _bench.Lifecycle.RenewTokenAsync(
            session, new(text, _bench.Clock.GetUtcNow().AddHours(1), permissions)).Guard());

    private async Task<ErrorCode?> CallAsync(Session session, string call, ChannelType type)
    {
        var change = new ChangeMetadataRequest(session.User, MetadataChangeKind.Set, [new("k", "v", -1)]);
        var name = type == ChannelType.User ? Bob.Value : Lobby;
        return call switch
        {
            "Subscribe" => (await _bench.MessageChannels.SubscribeAsync(
                session, Channel, ChannelFeeds.Messages, null)).Refusal,
            "Publish" => (await _bench.MessageChannels.PublishAsync(session, Channel, Text("hi"), null)).Refusal,
            "GetHistory" => (await _bench.History.GetAsync(session, HistoryKey.Of(Channel), new(0, 1, 1))).Refusal,
            "Join" => (await _bench.Channels.JoinAsync(session, Channel, null)).Refusal,
            "JoinTopic" => (await _bench.JoinTopicAsync(session)).Refusal,
            "PublishTopic" => (await _bench.PublishAsync(session, "hi")).Refusal,
            "SubscribeTopic" => (await _bench.SubscribeAsync(session, "bob")).Refusal,
            "GetSubscribedUsers" => (await _bench.Topics.GetSubscribedUsersAsync(session, Channel, Topic)).Refusal,
            "SendToUser" => (await _bench.Users.SendAsync(session, Bob, Text("hi"))).Refusal,
            "ChangeMetadata" => (await _bench.Metadata.ChangeAsync(session, type, name, change)).Refusal,
            "GetMetadata" => (await _bench.Metadata.GetAsync(session, type, name)).Refusal,
            "SubscribeUserMetadata" => (await _bench.Metadata.SubscribeUserAsync(session, Bob)).Refusal,
            "WhereNow" => (await _bench.Presence.WhereNowAsync(session, Bob)).Refusal,
            "SetLock" => (await _bench.Locks.SetAsync(session, type, Channel, Lock, 10)).Refusal,
            "RemoveLock" => (await _bench.Locks.RemoveAsync(session, type, Channel, Lock)).Refusal,
            "AcquireLock" => (await _bench.Locks.AcquireAsync(session, type, Channel, Lock, retry: false)).Refusal,
            "AcquireLockInTime" => (await _bench.Locks.AcquireInTimeAsync(session, type, Channel, Lock)).Refusal,
            "RevokeLock" => (await _bench.Locks.ReleaseAsync(session, type, Channel, Lock, Bob)).Refusal,
            "GetLocks" => (await _bench.Locks.GetAsync(session, type, Channel)).Refusal,
            "SetState" => (await _bench.Presence.SetStateAsync(session, type, Channel, [new("k", "v")])).Refusal,
            "RemoveState" => (await _bench.Presence.RemoveStateAsync(session, type, Channel, [])).Refusal,
            "GetState" => (await _bench.Presence.GetStateAsync(session, type, Channel, Bob)).Refusal,
            "WhoNow" => (await _bench.Presence.WhoNowAsync(
                session, type, Channel, new WhoNowRequest(true, false, null))).Refusal,
            _ => throw new ArgumentOutOfRangeException(nameof(call), call, "There is no such call."),
        } is { } refusal ? refusal.Code : null;
    }
}
