using ImOrleans.Domain.Messages;
using ImOrleans.Grains.Abstractions.Rooms;
using ImOrleans.Grains.Abstractions.Topics;
using ImOrleans.Grains.Abstractions.Users;

namespace ImOrleans.Grains.Tests.Abstractions;

public sealed class RegistrationDigestTests
{
    private static readonly SessionId One = new(new("g1"), 1);
    private static readonly SessionId Two = new(new("g1"), 2);

    [Fact]
    public void Nothing_has_the_digest_zero()
    {
        Assert.Equal(0, UserRegistration.DigestOf([]));
        Assert.Equal(0, RoomRegistration.DigestOf([]));
        Assert.Equal(0, TopicRegistration.DigestOf([], []));
    }

    [Fact]
    public void The_order_of_sessions_and_names_does_not_matter()
    {
        Assert.Equal(
            UserRegistration.DigestOf([User(One, "a", "b"), User(Two)]),
            UserRegistration.DigestOf([User(Two), User(One, "b", "a")]));
        Assert.Equal(
            RoomRegistration.DigestOf([Member(One, ["a", "b"], ["c"])]),
            RoomRegistration.DigestOf([Member(One, ["b", "a"], ["c"])]));
        Assert.Equal(
            TopicRegistration.DigestOf([], [new(One, [new("a"), new("b")])]),
            TopicRegistration.DigestOf([], [new(One, [new("b"), new("a")])]));
    }

    [Fact]
    public void What_differs_has_another_digest()
    {
        Assert.NotEqual(UserRegistration.DigestOf([User(One, "a")]), UserRegistration.DigestOf([User(Two, "a")]));
        Assert.NotEqual(UserRegistration.DigestOf([User(One, "a")]), UserRegistration.DigestOf([User(One, "b")]));
        Assert.NotEqual(
            UserRegistration.DigestOf([User(One, "a")]),
            UserRegistration.DigestOf([User(One) with { Subscriptions = [new("a")] }]));
        Assert.NotEqual(
            RoomRegistration.DigestOf([Member(One, ["a"], [])]),
            RoomRegistration.DigestOf([Member(One, [], ["a"])]));
        Assert.NotEqual(
            TopicRegistration.DigestOf([Publisher(One)], []),
            TopicRegistration.DigestOf([], [new(One, [])]));
    }

    private static UserSession User(SessionId id, params string[] channels) =>
        new(id, new("phone"), DateTimeOffset.UnixEpoch, [.. channels.Select(name => new ChannelName(name))]);

    private static RoomMember Member(SessionId id, string[] published, string[] subscribed) =>
        new(
            id,
            new("ann"),
            null,
            [.. published.Select(name => new TopicName(name))],
            [.. subscribed.Select(name => new TopicName(name))]);

    private static TopicPublisher Publisher(SessionId id) =>
        new(id, new("ann"), new(TopicQos.Ordered, MessagePriority.Normal, null));
}
