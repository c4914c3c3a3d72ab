using ImOrleans.ClientKit;
using ImOrleans.ClientKit.GoWire;

namespace ImOrleans.EndToEnd.Tests.GoWire;

/// <summary>Presence at the door, and with clients of the hub in both directions.</summary>
public sealed class GoPresenceTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    private ServerProcess Server => fixture.Server;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Presence_crosses_the_doors(int type)
    {
        await using var hub = await Server.ConnectAsync("pr-hub");
        await using var go = await Server.LoginAsync("pr-go");
        await hub.EnterAsync(type, "pr");
        Assert.Equal("snapshot", (await hub.PresenceEvents.NextAsync()).GetProperty("type").GetString());
        await hub.DoAsync("SetState", new { channel = "pr", channelType = GoDoor.Word(type), state = new { mood = "good" } });
        await hub.PresenceEvents.NextAsync();

        // What is said before coming goes with it. The snapshot comes first.
        await go.DoAsync(GoUris.SetState, Items(type, ("hat", "red")));
        await go.EnterAsync(type, "pr", 4);
        Assert.Equal("1  pr-go{hat=red} pr-hub{mood=good}", Describe(type, await go.NextAsync(GoUris.PresenceEvent)));
        var joined = await hub.PresenceEvents.NextAsync();
        Assert.Equal(("join", "pr-go"), (joined.GetProperty("type").GetString(), joined.GetProperty("userId").GetString()));
        Assert.Equal("""{"hat":"red"}""", joined.GetProperty("state").GetRawText());

        await hub.DoAsync("SetState", new { channel = "pr", channelType = GoDoor.Word(type), state = new { mood = "grand" } });
        Assert.Equal("6 pr-hub mood=grand", Describe(type, await go.NextAsync(GoUris.PresenceEvent)));
        await hub.PresenceEvents.NextAsync();
        await go.DoAsync(GoUris.SetState, Items(type, ("hat", "blue"), ("shoes", "none")));
        Assert.Equal("""{"hat":"blue","shoes":"none"}""", (await hub.PresenceEvents.NextAsync()).GetProperty("state").GetRawText());
        Assert.Equal("6 pr-go hat=blue shoes=none", Describe(type, await go.NextAsync(GoUris.PresenceEvent)));
        // No pairs are fine, a key that is gone is told with an empty value, and no keys mean all.
        await go.DoAsync(GoUris.SetState, Items(type));
        await go.DoAsync(GoUris.RemoveState, GoDoor.Channel("pr").With(2, type).With(3, "hat"));
        Assert.Equal("6 pr-go hat=", Describe(type, await go.NextAsync(GoUris.PresenceEvent)));
        await go.DoAsync(GoUris.RemoveState, GoDoor.Channel("pr").With(2, type));
        Assert.Equal("6 pr-go shoes=", Describe(type, await go.NextAsync(GoUris.PresenceEvent)));

        var state = await go.DoAsync(GoUris.GetState, GoDoor.Channel("pr").With(2, type).With(3, "pr-hub"));
        Assert.Equal(("pr", type, "pr-hub"), (state.Text(1), state.Number(2), state.Text(3)));
        Assert.Equal(["mood=grand"], state.Messages(4).Select(Pair));
        Assert.Equal(13011, await go.CodeAsync(GoUris.GetState, GoDoor.Channel("pr").With(2, type).With(3, "nobody")));

        var who = await go.DoAsync(GoUris.WhoNow, GoDoor.Channel("pr").With(2, type).With(3, 1).With(4, 1));
        Assert.Equal(("pr", type, 2, ""), (who.Text(1), who.Number(2), who.Number(4), who.Text(5)));
        Assert.Equal(["pr-go{}", "pr-hub{mood=grand}"], who.Messages(3).Select(User).Order());
        // Without names the count alone; the SDK asks so unless its app does.
        var count = await go.DoAsync(GoUris.WhoNow, GoDoor.Channel("pr").With(2, type));
        Assert.Equal((2, 0), (count.Number(4), count.All(3).Count()));
        var where = await go.DoAsync(GoUris.WhereNow, new GoFields().With(1, "pr-hub"));
        Assert.Equal("pr-hub", where.Text(1));
        Assert.Equal([$"pr {type}"], where.Messages(3).Select(channel => $"{channel.Text(1)} {channel.Number(2)}"));
        var nowhere = await go.DoAsync(GoUris.WhereNow, new GoFields().With(1, "nobody"));
        Assert.Equal(("nobody", 0), (nowhere.Text(1), nowhere.All(3).Count()));

        await hub.DoAsync(type == 2 ? "LeaveChannel" : "Unsubscribe", new { channel = "pr" });
        Assert.Equal("4 pr-hub ", Describe(type, await go.NextAsync(GoUris.PresenceEvent)));
        await go.LeaveAsync(type, "pr");
        await hub.DisposeAsync();
    }

    [Fact]
    public async Task Wrong_values_have_their_codes()
    {
        await using var go = await Server.LoginAsync("prbad-go");
        await go.EnterAsync(2, "pr", 4);
        Assert.Equal(13006, await go.CodeAsync(GoUris.SetState, Items(2, ("a.b", "x"))));
        Assert.Equal(13007, await go.CodeAsync(GoUris.SetState, Items(2, ("k", ""))));
        Assert.Equal(13010, await go.CodeAsync(GoUris.SetState, Items(2, ("k", "1"), ("k", "2"))));
        Assert.Equal(13005, await go.CodeAsync(GoUris.SetState, Items(2, [.. Enumerable.Range(0, 33).Select(i => ($"k{i}", "v"))])));
        Assert.Equal(13006, await go.CodeAsync(
            GoUris.SetState, Items(2).With(3, new GoFields().With(1, [0xFF]).With(2, "v").ToBytes())));
        Assert.Equal(13007, await go.CodeAsync(
            GoUris.SetState, Items(2).With(3, new GoFields().With(1, "k").With(2, [0xC3, 0x28]).ToBytes())));
        Assert.Equal(10014, await go.CodeAsync(GoUris.SetState, Items(2).With(3, [0x0A, 0x7F])));
        Assert.Equal(13006, await go.CodeAsync(GoUris.RemoveState, GoDoor.Channel("pr").With(2, 2).With(3, "a.b")));
        Assert.Equal(13006, await go.CodeAsync(GoUris.RemoveState, GoDoor.Channel("pr").With(2, 2).With(3, [0xFF])));
        foreach (var uri in (int[])[GoUris.SetState, GoUris.RemoveState, GoUris.GetState, GoUris.WhoNow])
        {
            Assert.Equal(10019, await go.CodeAsync(uri, GoDoor.Channel("pr").With(3, "k")));
            Assert.Equal(10019, await go.CodeAsync(uri, GoDoor.Channel("pr").With(2, 3).With(3, "k")));
            Assert.Equal(10008, await go.CodeAsync(uri, GoDoor.Channel("_pr").With(2, 2).With(3, "k")));
        }

        Assert.Equal(10006, await go.CodeAsync(GoUris.GetState, GoDoor.Channel("pr").With(2, 2)));
        Assert.Equal(10006, await go.CodeAsync(GoUris.WhereNow, new GoFields()));
        // States without the users who say so are no question.
        Assert.Equal(13003, await go.CodeAsync(GoUris.WhoNow, GoDoor.Channel("pr").With(2, 2).With(4, 1)));
    }

    private static GoFields Items(int type, params (string Key, string Value)[] items)
    {
        var request = GoDoor.Channel("pr").With(2, type);
        foreach (var (key, value) in items)
            request.With(3, new GoFields().With(1, key).With(2, value).ToBytes());
        return request;
    }

    /// <summary>Kind, user and pairs; or users with their states.</summary>
    private static string Describe(int type, GoFields presence)
    {
        Assert.Equal(("pr", type), (presence.Text(1), presence.Number(2)));
        var told = presence.Number(3) == 1 ? presence.Messages(9).Select(User).Order() : presence.Messages(5).Select(Pair).Order();
        return $"{presence.Number(3)} {presence.Text(4)} {string.Join(' ', told)}";
    }

    private static string User(GoFields user) => $"{user.Text(1)}{{{string.Join(' ', user.Messages(2).Select(Pair).Order())}}}";

    private static string Pair(GoFields pair) => $"{pair.Text(1)}={pair.Text(2)}";
}
