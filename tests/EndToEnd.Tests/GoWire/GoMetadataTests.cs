using System.Globalization;
using ImOrleans.ClientKit;
using ImOrleans.ClientKit.GoWire;

namespace ImOrleans.EndToEnd.Tests.GoWire;

/// <summary>Metadata at the door, and with clients of the hub in both directions.</summary>
public sealed class GoMetadataTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    private const int Set = 0;
    private const int Update = 1;
    private const int Remove = 2;

    private ServerProcess Server => fixture.Server;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Metadata_of_a_channel_cross_the_doors(int type)
    {
        await using var hub = await Server.ConnectAsync("sm-hub");
        await using var go = await Server.LoginAsync("sm-go");
        await hub.EnterAsync(type, "sm");
        await hub.StorageEvents.NextAsync();
        await go.EnterAsync(type, "sm", 3);
        // The snapshot comes first, also when it is empty.
        Assert.Equal($"sm {type} 1 @0", Describe(await go.NextAsync(GoUris.ChannelMetadataEvent)));

        await hub.DoAsync("SetChannelMetadata", new
        {
            channel = "sm", channelType = GoDoor.Word(type), items = new[] { new { key = "a", value = "héllo 世界" } },
            recordTs = true, recordAuthor = true,
        });
        var set = await go.NextAsync(GoUris.ChannelMetadataEvent);
        Assert.Equal($"sm {type} 2 @1 a=héllo 世界#1 by sm-hub", Describe(set));
        Assert.True(set.Messages(4).Single().Number(5) > 0);
        await hub.StorageEvents.NextAsync();

        await go.DoAsync(GoUris.ChangeChannelMetadata, Change(type, Set, [Item("b", "1"), Item("c", "2")]).With(8, 1));
        Assert.Equal($"sm {type} 2 @2 b=1#2 by sm-go c=2#2 by sm-go", Describe(await go.NextAsync(GoUris.ChannelMetadataEvent)));
        var atHub = await hub.StorageEvents.NextAsync();
        Assert.Equal("set", atHub.GetProperty("type").GetString());
        Assert.Equal(
            """{"key":"b","value":"1","revision":2,"author":"sm-go"}""", atHub.GetProperty("items")[0].GetRawText());

        // An item with the revision that it has; then with one that it had.
        await go.DoAsync(GoUris.ChangeChannelMetadata, Change(type, Update, [Item("b", "3", revision: 2)]));
        Assert.Equal($"sm {type} 3 @3 b=3#3", Describe(await go.NextAsync(GoUris.ChannelMetadataEvent)));
        Assert.Equal(12014, await go.CodeAsync(GoUris.ChangeChannelMetadata, Change(type, Update, [Item("b", "4", revision: 2)])));
        Assert.Equal(12014, await go.CodeAsync(GoUris.ChangeChannelMetadata, Change(type, Set, [Item("b", "4")], revision: 2)));
        await go.DoAsync(GoUris.ChangeChannelMetadata, Change(type, Remove, [Item("a", "")], revision: 3));
        Assert.Equal($"sm {type} 4 @4 a=héllo 世界#1 by sm-hub", Describe(await go.NextAsync(GoUris.ChannelMetadataEvent)));

        var got = await go.DoAsync(GoUris.GetChannelMetadata, GoDoor.Channel("sm").With(2, type));
        Assert.Equal(("sm", type, 4), (got.Text(1), got.Number(2), got.Number(4)));
        Assert.Equal(["b=3#3", "c=2#2 by sm-go"], got.Messages(3).Select(Item));

        // None named: all.
        await go.DoAsync(GoUris.ChangeChannelMetadata, Change(type, Remove, []));
        Assert.Equal($"sm {type} 4 @5 b=3#3 c=2#2 by sm-go", Describe(await go.NextAsync(GoUris.ChannelMetadataEvent)));
        await go.LeaveAsync(type, "sm");
        await go.DoAsync(GoUris.ChangeChannelMetadata, Change(type, Set, [Item("d", "1")]));
        Assert.Equal(0, go.CountOf(GoUris.ChannelMetadataEvent));
    }

    /// <summary>A message channel of the same name is another; nobody has to be in it.</summary>
    [Fact]
    public async Task What_is_there_is_answered_and_what_is_not_is_never_empty_bytes()
    {
        await using var go = await Server.LoginAsync("empty-go");
        foreach (var type in (int[])[1, 2])
        {
            var got = await go.DoAsync(GoUris.GetChannelMetadata, GoDoor.Channel("empty").With(2, type));
            Assert.Equal(("empty", type, 0, 0), (got.Text(1), got.Number(2), got.Number(4), got.All(3).Count()));
        }

        await go.DoAsync(
            GoUris.ChangeChannelMetadata,
            GoDoor.Channel("empty").With(2, 1).With(3, Set).With(4, Item("k", "v")).With(5, -1));
        Assert.Equal(
            ["k=v#1"],
            (await go.DoAsync(GoUris.GetChannelMetadata, GoDoor.Channel("empty").With(2, 1))).Messages(3).Select(Item));
        var user = await go.DoAsync(GoUris.GetUserMetadata, new GoFields().With(1, "nobody"));
        Assert.Equal(("nobody", 0, 0), (user.Text(1), user.Number(3), user.All(2).Count()));
    }

    [Fact]
    public async Task Metadata_of_a_user_cross_the_doors()
    {
        await using var hub = await Server.ConnectAsync("um-hub");
        await using var go = await Server.LoginAsync("um-go");
        await go.DoAsync(GoUris.SubscribeUserMetadata, new GoFields().With(1, "um-hub"));
        Assert.Equal("um-hub 1 @0", DescribeUser(await go.NextAsync(GoUris.UserMetadataEvent)));
        await hub.DoAsync("SetUserMetadata", new { userId = "um-hub", items = new[] { new { key = "name", value = "Hub" } } });
        Assert.Equal("um-hub 2 @1 name=Hub#1", DescribeUser(await go.NextAsync(GoUris.UserMetadataEvent)));
        // The SDK cannot unsubscribe; once more it waits for a snapshot again.
        await go.DoAsync(GoUris.SubscribeUserMetadata, new GoFields().With(1, "um-hub"));
        Assert.Equal("um-hub 1 @1 name=Hub#1", DescribeUser(await go.NextAsync(GoUris.UserMetadataEvent)));

        await hub.DoAsync("SubscribeUserMetadata", new { userId = "um-go" });
        await hub.StorageEvents.NextAsync();
        var change = new GoFields().With(1, "um-go").With(2, Set).With(3, Item("name", "Go")).With(4, -1).With(6, 1);
        await go.DoAsync(GoUris.ChangeUserMetadata, change);
        Assert.Equal(
            """[{"key":"name","value":"Go","revision":1,"author":"um-go"}]""",
            (await hub.StorageEvents.NextAsync()).GetProperty("items").GetRawText());
        var got = await go.DoAsync(GoUris.GetUserMetadata, new GoFields().With(1, "um-hub"));
        Assert.Equal(("um-hub", 1), (got.Text(1), got.Number(3)));
        Assert.Equal(["name=Hub#1"], got.Messages(2).Select(Item));
        await go.DoAsync(GoUris.ChangeUserMetadata, new GoFields().With(1, "um-hub").With(2, Remove).With(4, -1));
        Assert.Equal("um-hub 4 @2 name=Hub#1", DescribeUser(await go.NextAsync(GoUris.UserMetadataEvent)));

        await go.DoAsync(GoUris.UnsubscribeUserMetadata, new GoFields().With(1, "um-hub"));
        Assert.Equal(12015, await go.CodeAsync(GoUris.UnsubscribeUserMetadata, new GoFields().With(1, "um-hub")));
    }

    [Fact]
    public async Task Limits_and_wrong_values_have_their_codes()
    {
        await using var go = await Server.LoginAsync("ml-go");
        Assert.Equal(0, await CodeAsync(Item(new string('k', 32), "v")));
        Assert.Equal(12011, await CodeAsync(Item(new string('k', 33), "v")));
        Assert.Equal(12012, await CodeAsync(Item("k", new string('v', 16385))));
        Assert.Equal(12009, await CodeAsync(Item("", "v")));
        Assert.Equal(12009, await CodeAsync(new GoFields().With(1, [0xFF]).With(2, "v").ToBytes()));
        Assert.Equal(12010, await CodeAsync(new GoFields().With(1, "k").With(2, [0xC3, 0x28]).ToBytes()));
        Assert.Equal(12005, await CodeAsync(Item("k", "v", revision: -2)));
        Assert.Equal(10014, await CodeAsync([0x0A, 0x7F]));
        Assert.Equal(12013, await CodeAsync(Item("k", "1"), Item("k", "2")));
        Assert.Equal(12004, await CodeAsync());
        Assert.Equal(12003, await go.CodeAsync(GoUris.ChangeChannelMetadata, Change(2, Update, [Item("no", "v")])));
        Assert.Equal(12007, await go.CodeAsync(
            GoUris.ChangeChannelMetadata, Change(2, Set, [Item("k", "v")]).With(6, "no-lock")));
        Assert.Equal(12007, await go.CodeAsync(
            GoUris.ChangeChannelMetadata, Change(2, Set, [Item("k", "v")]).With(6, [0xFF])));
        Assert.Equal(10014, await go.CodeAsync(GoUris.ChangeChannelMetadata, Change(2, 3, [Item("k", "v")])));
        foreach (var type in (int[])[0, 3, 4])
            Assert.Equal(10019, await go.CodeAsync(GoUris.ChangeChannelMetadata, Change(type, Set, [Item("k", "v")])));
        Assert.Equal(10008, await go.CodeAsync(GoUris.GetChannelMetadata, new GoFields().With(2, 1)));
        Assert.Equal(10006, await go.CodeAsync(GoUris.GetUserMetadata, new GoFields()));
        Assert.Equal(10006, await go.CodeAsync(GoUris.SubscribeUserMetadata, new GoFields().With(1, "no/slash")));

        Task<int> CodeAsync(params byte[][] items) => go.CodeAsync(GoUris.ChangeChannelMetadata, Change(2, Set, items));
    }

    private static GoFields Change(int type, int kind, byte[][] items, long revision = -1)
    {
        var change = GoDoor.Channel("sm").With(2, type).With(3, kind);
        foreach (var item in items)
            change.With(4, item);
        return change.With(5, revision);
    }

    /// <summary>As the SDK sends one: a revision that does not matter is -1, or left out.</summary>
    private static byte[] Item(string key, string value, long revision = 0)
    {
        var item = new GoFields().With(1, key).With(2, value);
        return (revision == 0 ? item : item.With(4, revision)).ToBytes();
    }

    private static string Describe(GoFields channelEvent) => string.Join(
        ' ',
        (string[])[
            channelEvent.Text(1), Text(channelEvent.Number(2)), Text(channelEvent.Number(6)),
            $"@{channelEvent.Number(5)}", .. channelEvent.Messages(4).Select(Item),
        ]);

    private static string DescribeUser(GoFields userEvent) => string.Join(
        ' ',
        (string[])[
            userEvent.Text(1), Text(userEvent.Number(4)), $"@{userEvent.Number(3)}", .. userEvent.Messages(2).Select(Item),
        ]);

    private static string Item(GoFields item) =>
        $"{item.Text(1)}={item.Text(2)}#{item.Number(4)}{(item.Text(3).Length > 0 ? $" by {item.Text(3)}" : "")}";

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
