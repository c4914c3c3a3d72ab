using ImOrleans.Grains.Abstractions.Rooms;
using ImOrleans.Grains.Rooms;

namespace ImOrleans.Grains.Tests.Rooms;

public sealed class RoomRulesTests
{
    private static readonly GatewayId One = new("g1");
    private static readonly UserId Ann = new("ann");
    private static readonly UserId Bob = new("bob");
    private static readonly TopicName News = new("news");
    private static readonly DateTimeOffset Now = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly RoomState _state = new();

    [Fact]
    public void A_session_joins_once()
    {
        Join(1, Ann);

        Assert.Equal(ErrorCode.ChannelJoinFailed, RoomRules.CheckJoin(_state, Id(1), Ann, 10)!.Code);
    }

    [Fact]
    public void The_last_user_that_fits_joins_and_the_next_does_not()
    {
        Join(1, Ann);
        Assert.Null(RoomRules.CheckJoin(_state, Id(2), Bob, membersMax: 2));
        Join(2, Bob);

        var refusal = RoomRules.CheckJoin(_state, Id(3), new("cleo"), membersMax: 2);

        Assert.Equal(ErrorCode.ChannelJoinFailed, refusal!.Code);
        Assert.Contains("2 users", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_second_session_of_a_user_takes_no_place_in_a_full_channel()
    {
        Join(1, Ann);

        Assert.Null(RoomRules.CheckJoin(_state, Id(2), Ann, membersMax: 1));
    }

    [Fact]
    public void A_place_is_free_when_the_last_session_of_its_user_has_left()
    {
        var first = Join(1, Ann);
        var second = Join(2, Ann);
        RoomRules.Remove(_state, first);
        Assert.NotNull(RoomRules.CheckJoin(_state, Id(3), Bob, membersMax: 1));
        RoomRules.Remove(_state, second);

        Assert.Null(RoomRules.CheckJoin(_state, Id(3), Bob, membersMax: 1));
    }

    [Fact]
    public void The_eighth_topic_is_joined_and_the_ninth_is_not()
    {
        var ann = Join(1, Ann);
        for (var i = 1; i <= 7; i++)
            RoomRules.AddRole(_state, ann, new($"t{i}"));
        Assert.True(RoomRules.CheckJoinTopic(_state, Id(1), new("t8")).IsAccepted);
        RoomRules.AddRole(_state, ann, new("t8"));

        Refused(ErrorCode.ChannelExceedTopicLimitation, RoomRules.CheckJoinTopic(_state, Id(1), new("t9")));
        Refused(ErrorCode.ChannelJoinTopicFailed, RoomRules.CheckJoinTopic(_state, Id(1), new("t8")));
    }

    [Fact]
    public void The_fiftieth_topic_is_followed_the_next_is_not_and_a_followed_one_does_not_count_twice()
    {
        var ann = Join(1, Ann);
        for (var i = 1; i <= 49; i++)
            ann.SubscribedTopics.Add(new($"t{i}"));
        Assert.True(RoomRules.CheckSubscribe(_state, Id(1), new("t50")).IsAccepted);
        ann.SubscribedTopics.Add(new("t50"));

        Refused(ErrorCode.ChannelExceedTopicLimitation, RoomRules.CheckSubscribe(_state, Id(1), new("t51")));
        Assert.True(RoomRules.CheckSubscribe(_state, Id(1), new("t50")).IsAccepted);
    }

    [Fact]
    public void A_session_that_is_not_in_the_channel_can_do_nothing_there()
    {
        Refused(ErrorCode.ChannelNotJoined, RoomRules.CheckJoinTopic(_state, Id(1), News));
        Refused(ErrorCode.ChannelNotJoined, RoomRules.CheckLeaveTopic(_state, Id(1), News));
        Refused(ErrorCode.ChannelNotJoined, RoomRules.CheckSubscribe(_state, Id(1), News));
        Refused(ErrorCode.ChannelNotJoined, RoomRules.CheckUnsubscribe(_state, Id(1), News));
    }

    [Fact]
    public void What_was_not_begun_cannot_be_ended()
    {
        Join(1, Ann);

        Refused(ErrorCode.ChannelTopicNotJoined, RoomRules.CheckLeaveTopic(_state, Id(1), News));
        Refused(ErrorCode.ChannelTopicNotSubscribed, RoomRules.CheckUnsubscribe(_state, Id(1), News));
    }

    [Fact]
    public void Others_hear_of_the_first_session_of_a_user_in_a_topic_and_of_the_last()
    {
        var first = Join(1, Ann);
        var second = Join(2, Ann);

        Assert.Equal(new TopicChange(true, News, Ann), RoomRules.AddRole(_state, first, News));
        Assert.Null(RoomRules.AddRole(_state, second, News));
        Assert.Null(RoomRules.RemoveRole(_state, first, News));
        Assert.Equal(new TopicChange(false, News, Ann), RoomRules.RemoveRole(_state, second, News));
    }

    [Fact]
    public void A_topic_lives_from_its_first_publisher_to_its_last()
    {
        var ann = Join(1, Ann);
        var bob = Join(2, Bob);
        RoomRules.AddRole(_state, bob, News);
        RoomRules.AddRole(_state, ann, News);
        Assert.Equal([Bob, Ann], Assert.Single(RoomRules.Snapshot(_state)).Users.ToArray());
        RoomRules.RemoveRole(_state, bob, News);
        Assert.Single(RoomRules.Snapshot(_state));
        RoomRules.RemoveRole(_state, ann, News);

        Assert.Empty(RoomRules.Snapshot(_state));
    }

    [Fact]
    public void A_session_that_leaves_ends_its_roles_and_keeps_their_names_for_the_clean_up()
    {
        var ann = Join(1, Ann);
        RoomRules.AddRole(_state, ann, News);
        RoomRules.AddRole(_state, ann, new("sports"));

        var changes = RoomRules.Remove(_state, ann);

        Assert.Equal(2, changes.Count);
        Assert.All(changes, change => Assert.False(change.IsJoin));
        Assert.Equal(2, ann.PublishedTopics.Count);
        Assert.Empty(RoomRules.Snapshot(_state));
        Assert.Empty(RoomRules.Remove(_state, ann));
    }

    [Fact]
    public void A_registration_tells_what_it_adds_and_what_it_takes_away()
    {
        var ann = Join(1, Ann);
        Join(2, Bob);
        RoomRules.AddRole(_state, ann, News);

        var registered = RoomRules.Register(_state, One, [Stated(2, Bob, "sports")]);

        Assert.Equal([Id(1)], registered.Gone.Select(member => member.Session));
        Assert.Equal(
            [new TopicChange(true, new("sports"), Bob), new TopicChange(false, News, Ann)],
            registered.Changes);
        Assert.Equal(1, _state.Members.Count);
    }

    [Fact]
    public void A_registration_that_says_what_is_known_changes_nothing_and_keeps_the_order()
    {
        RoomRules.AddRole(_state, Join(1, Ann), News);
        RoomRules.AddRole(_state, Join(2, Bob), News);

        var registered = RoomRules.Register(_state, One, [Stated(2, Bob, "news"), Stated(1, Ann, "news")]);

        Assert.Empty(registered.Changes);
        Assert.Equal([Ann, Bob], RoomRules.Snapshot(_state)[0].Users.ToArray());
    }

    [Fact]
    public void A_user_whose_session_was_replaced_by_another_does_not_flicker()
    {
        RoomRules.AddRole(_state, Join(1, Ann), News);

        var registered = RoomRules.Register(_state, One, [Stated(2, Ann, "news")]);

        Assert.Empty(registered.Changes);
        Assert.Equal([Ann], RoomRules.Snapshot(_state)[0].Users.ToArray());
    }

    [Fact]
    public void A_registration_leaves_other_gateways_alone()
    {
        RoomRules.Join(_state, new(new("g2"), 1), Bob, null);

        RoomRules.Register(_state, One, []);

        Assert.Equal(1, _state.Members.Count);
    }

    [Fact]
    public void A_channel_token_is_warned_of_once_and_then_ends()
    {
        RoomRules.Join(_state, Id(1), Ann, Now + TimeSpan.FromSeconds(40));
        Join(2, Bob);
        Assert.Equal(Now + TimeSpan.FromSeconds(10), RoomRules.NextDue(_state));

        Assert.Single(RoomRules.TakeDue(_state, Now + TimeSpan.FromSeconds(10)).Warned);
        Assert.Empty(RoomRules.TakeDue(_state, Now + TimeSpan.FromSeconds(11)).Warned);
        var due = RoomRules.TakeDue(_state, Now + TimeSpan.FromSeconds(40));

        Assert.Equal([Id(1)], due.Expired.Select(member => member.Session));
    }

    private static SessionId Id(long number) => new(One, number);

    private static RoomMember Stated(long number, UserId user, string topic) =>
        new(Id(number), user, null, [new(topic)], []);

    private static void Refused(ErrorCode code, Outcome<RoomMembership> outcome) =>
        Assert.Equal(code, outcome.Refusal?.Code);

    private RoomMembership Join(long number, UserId user) => RoomRules.Join(_state, Id(number), user, null);
}
