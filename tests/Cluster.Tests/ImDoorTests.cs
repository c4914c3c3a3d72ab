using System.Net.WebSockets;
using System.Text;
using System.Text.Json;

namespace ImOrleans.Cluster.Tests;

/// <summary>The users of one app at the doors of several gateways.</summary>
public sealed class ImDoorTests
{
    private static readonly (string, string)[] Settings =
    [
        ("Im:AcceptWithoutToken", "true"), ("Presence:Debounce", "00:00:01"),
        ("GatewayLeases:LeaseDuration", "00:00:03"), ("GatewayLeases:PollPeriod", "00:00:01"),
        ("Gateway:LeaseRenewal", "00:00:01"), ("Delivery:LeaseCheckPeriod", "00:00:01"),
    ];

    /// <summary>Only a guard: nothing takes this long.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Users_of_an_app_know_of_each_other_wherever_they_are_until_their_gateway_is_lost()
    {
        await using var cluster = await ServerCluster.StartAsync(2, Settings, hasFront: true);
        using var http = new HttpClient();
        using var ann = await ImUser.LoginAsync(cluster[0].Address, "ann");
        await ListedAsync(http, cluster[1].Address, "ann");
        using var cat = await ImUser.LoginAsync(cluster.Front!.Address, "cat");
        Assert.Equal("enter cat 哈喽~", await ann.NextAsync());
        await ListedAsync(http, cluster[1].Address, "ann", "cat");

        // Another login of the same user takes over, at whichever gateway; nobody has come or gone.
        using var later = await ImUser.LoginAsync(cluster[1].Address, "ann");
        Assert.Null(await ann.NextAsync());
        Assert.Equal(3503, ann.CloseCode);
        var sent = await http.PostAsync(new Uri(cluster[0].Address, "/user/sendMessageAll"), new FormUrlEncodedContent(
            new Dictionary<string, string> { ["appID"] = "5", ["userID"] = "bob", ["msgID"] = "m", ["message"] = "hi" }));
        Assert.Equal("""{"code":200,"msg":"Success","data":{"sendResults":true}}""", await sent.Content.ReadAsStringAsync());
        Assert.Equal("msg bob hi", await cat.NextAsync());

        await cluster.Front.KillAsync();
        Assert.Equal("msg bob hi", await later.NextAsync());
        Assert.Equal("exit cat 用户已经离开~", await later.NextAsync());
        await ListedAsync(http, cluster[0].Address, "ann");
    }

    private static async Task ListedAsync(HttpClient http, Uri gateway, params string[] users)
    {
        using var answer = JsonDocument.Parse(await http.GetStringAsync(new Uri(gateway, "/user/list?appID=5")).WaitAsync(Patience));
        var data = answer.RootElement.GetProperty("data");
        Assert.Equal(users, data.GetProperty("userList").EnumerateArray().Select(user => user.GetString()).Order());
        Assert.Equal(users.Length, data.GetProperty("userCount").GetInt32());
    }

    /// <summary>A client of app 5.</summary>
    private sealed class ImUser : IDisposable
    {
        private readonly ClientWebSocket _socket = new();

        public int CloseCode => (int)(_socket.CloseStatus ?? 0);

        /// <summary>Connects and signs in.</summary>
        public static async Task<ImUser> LoginAsync(Uri gateway, string user)
        {
            var client = new ImUser();
            await client._socket.ConnectAsync(new($"ws://{gateway.Authority}/im"), CancellationToken.None).WaitAsync(Patience);
            var login = $$$"""{"seq":"1","cmd":"login","data":{"userId":"{{{user}}}","appId":5}}""";
            await client._socket.SendAsync(
                Encoding.UTF8.GetBytes(login), WebSocketMessageType.Text, true, CancellationToken.None).WaitAsync(Patience);
            Assert.Contains("\"code\":200", await client.ReceiveAsync(), StringComparison.Ordinal);
            return client;
        }

        /// <summary>What is told next, in short; null when the connection was closed.</summary>
        public async Task<string?> NextAsync()
        {
            if (await ReceiveAsync() is not { } text)
                return null;
            using var frame = JsonDocument.Parse(text);
            var data = frame.RootElement.GetProperty("response").GetProperty("data");
            return $"{frame.RootElement.GetProperty("cmd")} {data.GetProperty("from")} {data.GetProperty("msg")}";
        }

        public void Dispose() => _socket.Dispose();

        private async Task<string?> ReceiveAsync()
        {
            var buffer = new byte[4096];
            var read = await _socket.ReceiveAsync(buffer, CancellationToken.None).WaitAsync(Patience);
            return read.MessageType == WebSocketMessageType.Close ? null : Encoding.UTF8.GetString(buffer, 0, read.Count);
        }
    }
}
