using ImOrleans.Domain.Messages;
using ImOrleans.Grains.Abstractions.Topics;
using ImOrleans.Grains.Topics;

namespace ImOrleans.Grains.Tests.Topics;

public sealed class TopicRulesTests
{
    private static readonly GatewayId One = new("g1");
    private static readonly GatewayId Two = new("g2");
    private static readonly UserId Ann = new("ann");
    private static readonly UserId Bob = new("bob");

    private readonly TopicState _state = new();

    [Fact]
    public void A_user_publishes_from_its_first_session_to_its_last()
    {
        TopicRules.AddPublisher(_state, Publisher(1, Ann), 1);
        TopicRules.AddPublisher(_state, Publisher(2, Ann), 1);
        TopicRules.RemovePublisher(_state, Id(1));
        Assert.Equal([Ann], _state.Publishers.Keys);
        TopicRules.RemovePublisher(_state, Id(2));

        Assert.Empty(_state.Publishers);
        Assert.Equal(0, _state.Sessions.Count);
    }

    [Fact]
    public void Adding_a_publisher_again_replaces_its_role()
    {
        TopicRules.AddPublisher(_state, Publisher(1, Ann), 1);
        TopicRules.AddPublisher(_state, Publisher(1, Ann) with { Role = new(TopicQos.Unordered, MessagePriority.Low, null) }, 1);

        Assert.True(_state.Sessions.TryGet(Id(1), out var session));
        Assert.Equal(MessagePriority.Low, session.Publisher!.Role.Priority);
        TopicRules.RemovePublisher(_state, Id(1));
        Assert.Empty(_state.Publishers);
    }

    [Fact]
    public void The_sixty_fourth_publisher_is_followed_and_the_next_is_not()
    {
        var first = Subscribed(1, Users(1, 63));
        Assert.Equal(63, first.FollowedCount);

        var both = Subscribed(1, Users(64, 65));

        Assert.Equal(Users(64, 64), both.Succeeded.ToArray());
        Assert.Equal(Users(65, 65), both.Failed.ToArray());
        Assert.Equal(64, both.FollowedCount);
    }

    [Fact]
    public void When_none_of_the_named_fits_the_wish_is_refused()
    {
        Subscribed(1, Users(1, 64));

        var refused = TopicRules.Subscribe(_state, Id(1), Users(65, 66));

        Assert.Equal(ErrorCode.ChannelExceedTopicUserLimitation, refused.Refusal?.Code);
        Assert.Equal(64, TopicRules.FollowedCount(_state, Id(1)));
    }

    [Fact]
    public void Whom_one_follows_already_succeeds_beyond_the_limit_too()
    {
        Subscribed(1, Users(1, 64));

        var mixed = Subscribed(1, Users(64, 65));

        Assert.Equal(Users(64, 64), mixed.Succeeded.ToArray());
        Assert.Equal(Users(65, 65), mixed.Failed.ToArray());
    }

    [Fact]
    public void Naming_a_user_twice_counts_once()
    {
        var twice = Subscribed(1, [Ann, Ann]);

        Assert.Equal([Ann], twice.Succeeded.ToArray());
        Assert.Equal(1, twice.FollowedCount);
    }

    [Fact]
    public void Naming_nobody_follows_all_who_publish_now_in_order_of_joining()
    {
        TopicRules.AddPublisher(_state, Publisher(2, Bob), 1);
        TopicRules.AddPublisher(_state, Publisher(3, Ann), 1);

        var all = Subscribed(1, []);

        Assert.Equal([Bob, Ann], all.Succeeded.ToArray());
    }

    [Fact]
    public void Naming_nobody_picks_as_many_as_fit_and_none_fails()
    {
        for (var i = 1; i <= 70; i++)
            TopicRules.AddPublisher(_state, Publisher(100 + i, new($"u{i}")), 1);
        Subscribed(1, Users(201, 210));

        var all = Subscribed(1, []);

        Assert.Equal(Users(1, 54), all.Succeeded.ToArray());
        Assert.Empty(all.Failed);
        Assert.Equal(64, all.FollowedCount);
    }

    [Fact]
    public void Naming_nobody_where_nobody_publishes_makes_no_subscription()
    {
        var none = Subscribed(1, []);

        Assert.Equal(0, none.FollowedCount);
        Assert.Equal(0, _state.Sessions.Count);
    }

    [Fact]
    public void A_user_may_be_followed_before_it_publishes()
    {
        Subscribed(1, [Ann]);

        Assert.Equal(1, _state.Interest[Ann][One]);
    }

    [Fact]
    public void A_gateway_wants_a_publisher_from_its_first_follower_to_its_last()
    {
        Subscribed(1, [Ann, Bob]);
        Subscribed(2, [Ann]);
        TopicRules.Subscribe(_state, new(Two, 1), [Ann]);
        Assert.Equal([One, Two], _state.Interest[Ann].Keys);

        Assert.Equal(1, TopicRules.Unsubscribe(_state, Id(1), [Ann]));
        Assert.Equal([One, Two], _state.Interest[Ann].Keys);
        Assert.Equal(0, TopicRules.Unsubscribe(_state, Id(2), []));

        Assert.Equal([Two], _state.Interest[Ann].Keys);
        TopicRules.RemoveSession(_state, new(Two, 1));
        Assert.False(_state.Interest.ContainsKey(Ann));
    }

    [Fact]
    public void The_version_of_interest_moves_only_when_a_gateway_comes_or_goes()
    {
        Subscribed(1, [Ann]);
        var version = _state.InterestVersion;
        Subscribed(2, [Ann]);
        TopicRules.Unsubscribe(_state, Id(2), [Ann]);
        Assert.Equal(version, _state.InterestVersion);

        TopicRules.Unsubscribe(_state, Id(1), [Ann]);

        Assert.NotEqual(version, _state.InterestVersion);
    }

    [Fact]
    public void Ending_what_was_not_begun_is_fine()
    {
        TopicRules.RemovePublisher(_state, Id(1));
        TopicRules.RemoveSession(_state, Id(1));

        Assert.Equal(0, TopicRules.Unsubscribe(_state, Id(1), [Ann]));
    }

    [Fact]
    public void A_registration_replaces_all_of_its_gateway_and_leaves_the_others_alone()
    {
        TopicRules.AddPublisher(_state, Publisher(1, Ann), 1);
        TopicRules.AddPublisher(_state, new(new(Two, 1), Bob, Role), 1);
        Subscribed(2, [Ann]);
        Subscribed(3, [Ann]);

        TopicRules.Register(_state, One, 1, [Publisher(4, Ann)], [new(Id(3), [Bob])]);

        Assert.Equal([Ann, Bob], _state.Publishers.Keys);
        Assert.False(_state.Interest.ContainsKey(Ann));
        Assert.Equal([One], _state.Interest[Bob].Keys);
        Assert.Equal(
            [Id(3), Id(4), new SessionId(Two, 1)],
            _state.Sessions.All.Select(session => session.Id).OrderBy(id => id.Gateway.Value).ThenBy(id => id.Number));
    }

    /// <summary>What was on its way meanwhile counts for a session that stays, not for one that comes back.</summary>
    [Fact]
    public void A_registration_takes_older_messages_of_those_only_who_published_all_along()
    {
        TopicRules.AddPublisher(_state, Publisher(1, Ann), 1);
        TopicRules.AddPublisher(_state, Publisher(2, Bob), 1);
        TopicRules.RemovePublisher(_state, Id(2));
        TopicRules.Register(_state, One, 5, [Publisher(1, Ann), Publisher(2, Bob)], []);

        Assert.True(Takes(1, 4));
        Assert.False(Takes(2, 4));
        Assert.True(Takes(2, 6));
    }

    [Fact]
    public void A_registration_cannot_follow_more_than_the_limit()
    {
        TopicRules.Register(_state, One, 1, [], [new(Id(1), [.. Users(1, 70)])]);

        Assert.Equal(64, TopicRules.FollowedCount(_state, Id(1)));
    }

    [Fact]
    public void An_empty_registration_withdraws_everything()
    {
        TopicRules.AddPublisher(_state, Publisher(1, Ann), 1);
        Subscribed(1, [Bob]);

        TopicRules.Register(_state, One, 1, [], []);

        Assert.Equal(0, _state.Sessions.Count);
        Assert.Empty(_state.Interest);
    }

    private static PublisherRole Role => new(TopicQos.Ordered, MessagePriority.Normal, null);

    private static SessionId Id(long number) => new(One, number);

    private bool Takes(long session, long number) =>
        _state.Sessions.TryGet(Id(session), out var known) && TopicRules.TryTakeNumber(known, number);

    private static TopicPublisher Publisher(long number, UserId user) => new(Id(number), user, Role);

    private static UserId[] Users(int first, int last) =>
        [.. Enumerable.Range(first, last - first + 1).Select(i => new UserId($"u{i}"))];

    private TopicFollowed Subscribed(long number, UserId[] users)
    {
        var outcome = TopicRules.Subscribe(_state, Id(number), users);
        Assert.True(outcome.IsAccepted);
        return outcome.Value;
    }
}
