using System.Net;
using ImOrleans.Gateway.Auth;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.HttpOverrides;

namespace ImOrleans.Gateway.Tests.Auth;

public sealed class OriginPolicyMiddlewareTests
{
    private const string Friend = "https://chat.example.com";
    private const string Stranger = "https://evil.example";
    private static readonly Dictionary<string, string?> FriendIsListed = new()
    {
        ["Gateway:AllowedOrigins:0"] = Friend,
    };

    [Fact]
    public async Task A_refused_origin_gets_403_with_the_error_as_JSON_and_no_CORS_header()
    {
        await using var host = await StartAsync();
        using var response = await SendAsync(host, HttpMethod.Post, "/rtm/negotiate", Stranger);
        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
        Assert.Equal("application/json; charset=utf-8", response.Content.Headers.ContentType?.ToString());
        Assert.Equal(
            """{"code":10012,"error":"LOGIN_REJECTED","message":"The page's origin is not allowed """
            + """(Gateway:AllowedOrigins).","retryable":false}""",
            await response.Content.ReadAsStringAsync());
        Assert.DoesNotContain(response.Headers, IsOfCors);
        Assert.Equal("Origin", Header(response, "Vary"));
    }

    [Fact]
    public async Task An_allowed_origin_gets_its_own_name_and_credentials()
    {
        await using var host = await StartAsync();
        using var response = await SendAsync(host, HttpMethod.Post, "/rtm/negotiate", Friend);
        Assert.Equal("served", await response.Content.ReadAsStringAsync());
        Assert.Equal(Friend, Header(response, "Access-Control-Allow-Origin"));
        Assert.Equal("true", Header(response, "Access-Control-Allow-Credentials"));
        Assert.Equal("Origin", Header(response, "Vary"));
    }

    [Fact]
    public async Task A_preflight_of_an_allowed_origin_is_answered_here()
    {
        await using var host = await StartAsync();
        using var response = await SendAsync(
            host, HttpMethod.Options, "/rtm/negotiate", Friend,
            ("Access-Control-Request-Method", "POST"), ("Access-Control-Request-Headers", "authorization,x-mine"));
        Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
        Assert.Equal(Friend, Header(response, "Access-Control-Allow-Origin"));
        Assert.Equal("true", Header(response, "Access-Control-Allow-Credentials"));
        Assert.Equal("GET, POST, PUT, DELETE, OPTIONS", Header(response, "Access-Control-Allow-Methods"));
        Assert.Equal("authorization,x-mine", Header(response, "Access-Control-Allow-Headers"));
        Assert.Equal("600", Header(response, "Access-Control-Max-Age"));
    }

    [Fact]
    public async Task A_preflight_of_a_refused_origin_is_refused()
    {
        await using var host = await StartAsync();
        using var response = await SendAsync(
            host, HttpMethod.Options, "/rtm/negotiate", Stranger, ("Access-Control-Request-Method", "POST"));
        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
    }

    [Fact]
    public async Task An_OPTIONS_request_that_is_no_preflight_goes_on()
    {
        await using var host = await StartAsync();
        using var response = await SendAsync(host, HttpMethod.Options, "/rtm", Friend);
        Assert.Equal("served", await response.Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData(null)]
    [InlineData("http://localhost")]
    public async Task Requests_without_origin_or_from_the_same_one_get_no_CORS_header(string? origin)
    {
        await using var host = await StartAsync();
        using var response = await SendAsync(host, HttpMethod.Get, "/rtm", origin);
        Assert.Equal("served", await response.Content.ReadAsStringAsync());
        Assert.DoesNotContain(response.Headers, IsOfCors);
    }

    [Theory]
    [InlineData("/rtm", false)]
    [InlineData("/RTM/negotiate", false)]
    [InlineData("/user/token", false)]
    [InlineData("/rtmx", true)]
    [InlineData("/room", true)]
    [InlineData("/", true)]
    public async Task Only_the_named_paths_are_protected(string path, bool served)
    {
        await using var host = await StartAsync();
        using var response = await SendAsync(host, HttpMethod.Get, path, Stranger);
        Assert.Equal(served ? HttpStatusCode.OK : HttpStatusCode.Forbidden, response.StatusCode);
    }

    /// <summary>An error handler clears the headers; without those of CORS the page could not read the error.</summary>
    [Fact]
    public async Task An_error_keeps_the_CORS_headers()
    {
        await using var host = await StartAsync();
        using var response = await SendAsync(host, HttpMethod.Get, "/rtm/throw", Friend);
        Assert.Equal(HttpStatusCode.InternalServerError, response.StatusCode);
        Assert.Equal(Friend, Header(response, "Access-Control-Allow-Origin"));
        Assert.Equal("Origin", Header(response, "Vary"));
    }

    [Fact]
    public async Task A_challenge_keeps_the_CORS_headers()
    {
        await using var host = await StartAsync();
        using var response = await SendAsync(host, HttpMethod.Get, "/rtm/private", Friend);
        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.Equal(Friend, Header(response, "Access-Control-Allow-Origin"));
    }

    [Fact]
    public async Task The_same_origin_is_the_one_before_the_proxy()
    {
        await using var host = await StartAsync();
        using var response = await SendAsync(
            host, HttpMethod.Get, "/rtm", "https://im.example.com",
            ("X-Forwarded-Proto", "https"), ("X-Forwarded-Host", "im.example.com"));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Theory]
    [InlineData(Friend, true)]
    [InlineData("http://localhost", true)]
    [InlineData(null, true)]
    [InlineData(Stranger, false)]
    [InlineData("null", false)]
    public async Task A_web_socket_is_held_to_the_same_policy(string? origin, bool opened)
    {
        await using var host = await StartAsync();
        var client = host.Server.CreateWebSocketClient();
        if (origin is not null) client.ConfigureRequest = request => request.Headers.Origin = origin;
        var connecting = client.ConnectAsync(new Uri("ws://localhost/rtm/socket"), CancellationToken.None);
        if (opened)
        {
            using var socket = await connecting;
        }
        else
        {
            var error = await Assert.ThrowsAsync<InvalidOperationException>(() => connecting);
            Assert.Contains("403", error.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("chat.example.com")]
    [InlineData("https://chat.example.com/")]
    [InlineData("https://*.example.com")]
    [InlineData("https://chät.example.com")]
    [InlineData("")]
    public async Task A_malformed_entry_stops_the_start_and_is_named(string entry)
    {
        var error = await Assert.ThrowsAnyAsync<Exception>(() => StartAsync(
            new() { ["Gateway:AllowedOrigins:0"] = Friend, ["Gateway:AllowedOrigins:1"] = entry }));
        Assert.Contains("Gateway:AllowedOrigins:1", error.Message, StringComparison.Ordinal);
    }

    private static Task<AuthHost> StartAsync(Dictionary<string, string?>? settings = null) => AuthHost.StartAsync(
        app =>
        {
            var forwarded = new ForwardedHeadersOptions
            {
                ForwardedHeaders = ForwardedHeaders.XForwardedProto | ForwardedHeaders.XForwardedHost,
            };
            forwarded.KnownProxies.Clear();
            forwarded.KnownIPNetworks.Clear();
            app.UseForwardedHeaders(forwarded);
            app.UseOriginPolicy("/rtm", "/user");
            app.UseExceptionHandler(new ExceptionHandlerOptions { ExceptionHandler = _ => Task.CompletedTask });
            app.UseAuthentication();
            app.UseAuthorization();
            app.UseWebSockets();
            app.Map("/rtm/throw", IResult () => throw new NotSupportedException());
            app.Map("/rtm/private", () => "private").RequireAuthorization();
            app.Map("/rtm/socket", async (HttpContext context) =>
            {
                using var socket = await context.WebSockets.AcceptWebSocketAsync();
            });
            app.Map("/{**path}", () => "served");
        },
        settings: settings ?? FriendIsListed,
        services: services => services.AddOriginPolicy());

    private static Task<HttpResponseMessage> SendAsync(
        AuthHost host, HttpMethod method, string path, string? origin, params (string Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage(method, path);
        if (origin is not null) request.Headers.TryAddWithoutValidation("Origin", origin);
        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        return host.Client.SendAsync(request);
    }

    private static bool IsOfCors(KeyValuePair<string, IEnumerable<string>> header) =>
        header.Key.StartsWith("Access-Control", StringComparison.Ordinal);

    private static string Header(HttpResponseMessage response, string name) =>
        response.Headers.TryGetValues(name, out var values) ? string.Join('|', values) : "";
}
