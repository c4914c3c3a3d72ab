using ImOrleans.Domain.Messages;
using ImOrleans.Domain.Presence;
using ImOrleans.Grains.Abstractions.Sessions;

namespace ImOrleans.Grains.Tests.Abstractions;

public sealed class SessionRecordTests
{
    private static readonly ChannelName Lobby = new("lobby");
    private static readonly SharedDataPlace Vault = new(ChannelType.Message, "vault");
    private static readonly SessionId Session = new(new("g"), 1);

    private readonly SessionRecord _new = SessionRecord.Of("secret");

    [Fact]
    public void It_knows_its_secret_without_holding_it()
    {
        Assert.True(_new.IsOf(new(Session, "secret")));
        Assert.False(_new.IsOf(new(Session, "another")));
        Assert.DoesNotContain("secret", _new.SecretHash, StringComparison.Ordinal);
        Assert.DoesNotContain(_new.SecretHash, $"{_new}", StringComparison.Ordinal);
    }

    [Fact]
    public void Places_are_added_once_and_removed()
    {
        var two = _new.With(Vault).With(Vault).In(ChannelType.Stream, Lobby, withData: true);
        Assert.Equal([Vault, new(ChannelType.Stream, "lobby")], two.Data.ToArray());
        Assert.Equal(Vault, Assert.Single(two.Without([new(ChannelType.Stream, "lobby"), new(ChannelType.User, "bob")]).Data));
        Assert.Empty(_new.In(ChannelType.Stream, Lobby, withData: false).Data);
    }

    [Fact]
    public void What_is_said_for_a_channel_lasts_until_the_session_is_there()
    {
        var said = _new.Saying(Says("mood", "calm")).Saying(Says("mood", "fine"));
        Assert.Equal("fine", Assert.Single(Assert.Single(said.States).Items).Value);
        Assert.Same(said.States[0], Assert.Single(said.In(ChannelType.Message, Lobby, withData: false).States));
        Assert.Empty(said.In(ChannelType.Stream, Lobby, withData: false).States);
        Assert.Empty(said.Saying(new(ChannelType.Stream, Lobby, [])).States);
    }

    [Fact]
    public void A_call_changes_what_it_names()
    {
        var said = Says("mood", "fine");
        var changed = _new.With(Vault).After(new(new(new(new("g"), null!), 1, 0), Session)
        {
            Added = new(ChannelType.User, "bob"),
            Removed = [Vault],
            Said = said,
        });
        Assert.Equal(new(ChannelType.User, "bob"), Assert.Single(changed.Data));
        Assert.Same(said, Assert.Single(changed.States));
    }

    [Fact]
    public void Who_goes_on_for_others_names_the_last_four_whose_gateways_were_lost()
    {
        var record = _new;
        for (var number = 1; number <= 5; number++)
            record = SessionRecord.Of("other").GoingOn(record, [], new(new("g"), number));
        var moved = SessionRecord.Of("other").GoingOn(record, [Says("mood", "fine")]);
        Assert.Equal([5, 4, 3, 2], moved.Over.Select(session => session.Number));
        Assert.Single(moved.States);
        Assert.Empty(_new.GoingOn(null, []).Over);
    }

    private static ContentState Says(string key, string value) =>
        new(ChannelType.Stream, Lobby, [new StateItem(key, value)]);
}
