using System.Net;
using System.Net.Http.Headers;
using System.Text;
using ImOrleans.Domain.Messages;
using ImOrleans.Gateway.Protocols.GoJson;
using ImOrleans.Gateway.Protocols.Room;
using ImOrleans.Gateway.ServerApi;
using ImOrleans.Gateway.Sessions;
using ImOrleans.Gateway.Tests.Auth;
using ImOrleans.Gateway.Tests.Doubles;
using ImOrleans.Grains.Abstractions.MessageChannels;
using Microsoft.AspNetCore.Builder;
using static ImOrleans.Gateway.Tests.Doubles.GatewayBench;

namespace ImOrleans.Gateway.Tests.Protocols.Room;

/// <summary><c>POST /msg</c>: rows C14 and C15.</summary>
public sealed class RoomMessageEndpointTests : IDisposable
{
    private const string Success = """{"code":1,"msg":"suc"}""";
    private const string BadParameter = """{"code":0,"msg":"参数错误"}""";
    private const string BadToken = """{"code":0,"msg":"无效token"}""";
    private const string Form = "application/x-www-form-urlencoded";
    private const string Json = "application/json";

    private readonly RoomBench _bench = new();

    private FakeMessageChannelGrain Channel => _bench.Gateway.Grains.MessageChannel(Lobby);

    public void Dispose() => _bench.Dispose();

    [Theory]
    [InlineData(Form, "room_id=lobby&msg=%7B%22a%22%3A1%7D")]
    [InlineData(Json, """{"room_id":"lobby","msg":"{\"a\":1}"}""")]
    public async Task A_message_goes_to_the_room_as_important_and_as_a_JSON_string(string type, string body)
    {
        await using var host = await StartAsync();
        Assert.Equal(Success, await PostAsync(host, body, type));
        var request = (PublishMessageRequest)(await Channel.NextAsync("Publish")).Request;
        Assert.Equal(("ann", MessageLevel.Important), (request.Publisher.Value, request.Level));
        Assert.Equal("\"{\\\"a\\\":1}\"", Encoding.UTF8.GetString(request.Payload.Bytes.Span));
        Assert.Equal(MessageType.String, request.Payload.Type);
    }

    [Theory]
    [InlineData("room_id=lobby")]
    [InlineData("msg=hi")]
    [InlineData("room_id=&msg=hi")]
    [InlineData("room_id=lobby&msg=")]
    [InlineData("room_id=lobby&room_id=lobby&msg=hi")]
    [InlineData("room_id=_hidden&msg=hi")]
    [InlineData("")]
    [InlineData("{", Json)]
    [InlineData("""{"room_id":"lobby","msg":1}""", Json)]
    [InlineData("room_id=lobby&msg=hi", "text/plain")]
    public async Task What_is_missing_or_malformed_is_a_wrong_parameter(string body, string type = Form)
    {
        await using var host = await StartAsync();
        Assert.Equal(BadParameter, await PostAsync(host, body, type));
        Assert.Equal(0, Channel.CountOf("Publish"));
    }

    [Fact]
    public async Task The_longest_message_counts_with_its_escapes()
    {
        await using var host = await StartAsync();
        const int QuotesBytes = 2;
        var longest = new string('x', (32 * 1024) - QuotesBytes);
        Assert.Equal(Success, await PostAsync(host, $"room_id=lobby&msg={longest}"));
        Assert.Equal(BadParameter, await PostAsync(host, $"room_id=lobby&msg={longest}x"));
        Assert.Equal(BadParameter, await PostAsync(host, $"room_id=lobby&msg=%22{longest[1..]}"));
        Assert.Equal(BadParameter, await PostAsync(host, $"room_id=lobby&msg={new string('x', 1024 * 1024)}"));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("Bearer")]
    [InlineData("Bearer nonsense")]
    [InlineData("Basic YTpi")]
    public async Task Without_a_good_token_nothing_is_sent(string? header)
    {
        await using var host = await StartAsync();
        Assert.Equal(BadToken, await PostAsync(host, "room_id=lobby&msg=hi", token: header));
        _bench.Options.SignInCode1001 = true;
        Assert.Equal(
            BadToken.Replace(":0", ":1001", StringComparison.Ordinal),
            await PostAsync(host, "room_id=lobby&msg=hi", token: header));
        Assert.Equal(0, Channel.CountOf("Publish"));
    }

    [Fact]
    public async Task A_token_whose_time_is_over_is_called_so()
    {
        await using var host = await StartAsync();
        var expired = $"Bearer {_bench.Token("ann", TimeSpan.FromSeconds(-1))}";
        Assert.Equal(
            """{"code":0,"msg":"登录信息过期"}""", await PostAsync(host, "room_id=lobby&msg=hi", token: expired));
    }

    [Fact]
    public async Task Somebody_who_never_counts_as_signed_in_sends_nothing()
    {
        _bench.Options.DecimalUserIds = true;
        await using var host = await StartAsync();
        Assert.Equal(BadToken, await PostAsync(host, "room_id=lobby&msg=hi"));
    }

    [Fact]
    public async Task A_refusal_of_the_room_is_told()
    {
        await using var host = await StartAsync();
        Channel.Script("Publish", ErrorCode.ChannelPublishMessageTooFrequent);
        Assert.Equal("""{"code":0,"msg":"操作过于频繁"}""", await PostAsync(host, "room_id=lobby&msg=hi"));
    }

    [Fact]
    public async Task A_user_has_a_rate()
    {
        await using var host = await StartAsync();
        for (var i = 0; i < 60; i++)
            Assert.Equal(Success, await PostAsync(host, "room_id=lobby&msg=hi"));
        Assert.Equal("""{"code":0,"msg":"操作过于频繁"}""", await PostAsync(host, "room_id=lobby&msg=hi"));
        _bench.Gateway.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(Success, await PostAsync(host, "room_id=lobby&msg=hi"));
    }

    [Fact]
    public async Task Other_methods_are_405_and_any_origin_may_ask()
    {
        await using var host = await StartAsync();
        using var got = await host.Client.GetAsync("/msg");
        Assert.Equal(HttpStatusCode.MethodNotAllowed, got.StatusCode);
        using var ask = new HttpRequestMessage(HttpMethod.Options, "/msg");
        ask.Headers.Add("Origin", "https://anywhere.example");
        using var preflight = await host.Client.SendAsync(ask);
        Assert.Equal(HttpStatusCode.OK, preflight.StatusCode);
        Assert.Equal("*", Assert.Single(preflight.Headers.GetValues("Access-Control-Allow-Origin")));
        Assert.Contains("Authorization", Assert.Single(preflight.Headers.GetValues("Access-Control-Allow-Headers")), StringComparison.Ordinal);
    }

    /// <summary>What Go's encoder makes of each; checked by hand against its documentation.</summary>
    [Theory]
    [InlineData("a", "\"a\"")]
    [InlineData("你好", "\"你好\"")]
    [InlineData("😀", "\"😀\"")]
    [InlineData("\"\\/", "\"\\\"\\\\/\"")]
    [InlineData("<b>&", "\"\\u003cb\\u003e\\u0026\"")]
    [InlineData("\n\r\t\u0001", "\"\\n\\r\\t\\u0001\"")]
    [InlineData("\u2028\u2029\u007f", "\"\\u2028\\u2029\u007f\"")]
    public void Text_is_written_as_the_original_writes_it(string text, string json) =>
        Assert.Equal(json, Encoding.UTF8.GetString(GoJsonText.Encode(text)));

    private Task<AuthHost> StartAsync()
    {
        var gateway = _bench.Gateway;
        var calls = new ServerCalls(
            gateway.Identity, gateway.Clock, Microsoft.Extensions.Options.Options.Create(new ServerApiOptions()));
        var endpoint = new RoomMessageEndpoint(
            _bench.SignIn, gateway.MessageChannels, calls, gateway.Clock,
            Microsoft.Extensions.Options.Options.Create(_bench.Options),
            Microsoft.Extensions.Options.Options.Create(new RateLimitOptions()));
        return AuthHost.StartAsync(app => app.Map("/msg", endpoint.HandleAsync));
    }

    private async Task<string> PostAsync(AuthHost host, string body, string type = Form, string? token = "")
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/msg")
        {
            Content = new StringContent(body, Encoding.UTF8, MediaTypeHeaderValue.Parse(type)),
        };
        var header = token is { Length: 0 } ? $"Bearer {_bench.Token("ann")}" : token;
        if (header is not null)
            request.Headers.TryAddWithoutValidation("Authorization", header);
        using var response = await host.Client.SendAsync(request);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return await response.Content.ReadAsStringAsync();
    }
}
