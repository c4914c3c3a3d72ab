using System.Net;
using System.Security.Claims;
using ImOrleans.Gateway.Auth;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace ImOrleans.Gateway.Tests.Auth;

public sealed class BearerTokenHandlerTests
{
    private const string NoToken =
        """{"code":10005,"error":"INVALID_TOKEN","message":"The request carries no token.","retryable":false}""";

    private static readonly string Alice = Tokens.For("alice", TimeSpan.FromHours(1));
    private static readonly string Bob = Tokens.For("bob", TimeSpan.FromHours(1));
    private static readonly string Broken = Alice[..^4] + (Alice[^4] == 'A' ? "B" : "A") + Alice[^3..];

    [Theory]
    [InlineData("Bearer ")]
    [InlineData("bearer ")]
    [InlineData("Bearer   ")]
    public async Task The_header_signs_in_on_every_path(string prefix)
    {
        await using var host = await StartAsync();
        Assert.Equal("alice", await UserAsync(host, "/api", prefix + Alice));
        Assert.Equal("alice", await UserAsync(host, "/rtm", prefix + Alice));
    }

    [Theory]
    [InlineData("/rtm", true)]
    [InlineData("/rtm/", true)]
    [InlineData("/RTM", true)]
    [InlineData("/rtm/negotiate", true)]
    [InlineData("/rtm/negotiate/", true)]
    [InlineData("/rtm/other", false)]
    [InlineData("/rtmx", false)]
    [InlineData("/", false)]
    [InlineData("/api", false)]
    public async Task The_query_signs_in_on_the_paths_of_the_hub_only(string path, bool isRead)
    {
        await using var host = await StartAsync();
        Assert.Equal(isRead ? "alice" : "401 " + NoToken, await UserAsync(host, $"{path}?access_token={Alice}"));
    }

    [Fact]
    public async Task Of_two_tokens_the_header_counts()
    {
        await using var host = await StartAsync();
        Assert.Equal("alice", await UserAsync(host, $"/rtm?access_token={Bob}", "Bearer " + Alice));
        Assert.Equal("alice", await UserAsync(host, $"/rtm?access_token={Broken}", "Bearer " + Alice));
        AssertInvalid(await UserAsync(host, $"/rtm?access_token={Bob}", "Bearer " + Broken));
        AssertInvalid(await UserAsync(host, $"/rtm?access_token={Bob}", "Bearer "));
    }

    [Fact]
    public async Task A_header_of_another_scheme_leaves_the_query_to_count()
    {
        await using var host = await StartAsync();
        Assert.Equal("bob", await UserAsync(host, $"/rtm?access_token={Bob}", "Basic YTpi"));
        Assert.Equal("401 " + NoToken, await UserAsync(host, "/rtm", "Basic YTpi"));
    }

    [Fact]
    public async Task Several_tokens_in_one_place_are_refused_even_if_they_are_good()
    {
        await using var host = await StartAsync();
        AssertInvalid(await UserAsync(host, $"/rtm?access_token={Alice}&access_token={Bob}"), "more than one token");
        AssertInvalid(await UserAsync(host, "/rtm", "Bearer " + Alice, "Bearer " + Bob), "more than one token");
    }

    [Fact]
    public async Task A_challenge_is_a_401_with_the_error_as_JSON()
    {
        await using var host = await StartAsync();
        using var response = await SendAsync(host, "/api", "Bearer " + Broken);
        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.Equal("application/json; charset=utf-8", response.Content.Headers.ContentType?.ToString());
        Assert.Equal("Bearer error=\"invalid_token\"", response.Headers.WwwAuthenticate.ToString());
        Assert.Equal("no-store", response.Headers.CacheControl?.ToString());
        Assert.Equal(
            """{"code":10005,"error":"INVALID_TOKEN","message":"The token's signature is wrong.","""
            + "\"retryable\":false}",
            await response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task A_request_without_a_token_is_challenged_without_an_error_in_the_header()
    {
        await using var host = await StartAsync();
        using var response = await SendAsync(host, "/api");
        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.Equal("Bearer", response.Headers.WwwAuthenticate.ToString());
        Assert.Equal(NoToken, await response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task A_token_expires_by_the_injected_clock()
    {
        await using var host = await StartAsync();
        Assert.Equal("alice", await UserAsync(host, "/api", "Bearer " + Alice));
        host.Time.Advance(TimeSpan.FromHours(1));
        using var response = await SendAsync(host, "/api", "Bearer " + Alice);
        Assert.Equal("Bearer error=\"invalid_token\"", response.Headers.WwwAuthenticate.ToString());
        Assert.Equal(
            """{"code":10009,"error":"TOKEN_EXPIRED","message":"The token has expired.","retryable":false}""",
            await response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task A_user_id_that_is_not_allowed_is_refused()
    {
        await using var host = await StartAsync();
        Assert.Equal(
            """401 {"code":10006,"error":"INVALID_USER_ID","message":"The token's user id is not allowed.","""
            + "\"retryable\":false}",
            await UserAsync(host, "/api", "Bearer " + Tokens.For("mallory", TimeSpan.FromHours(1))));
    }

    [Fact]
    public async Task A_token_for_one_channel_does_not_sign_in()
    {
        await using var host = await StartAsync();
        var token = Tokens.Sign($$"""{"sub":"alice","exp":{{Tokens.Now + 60}},"chan":"news"}""");
        AssertInvalid(await UserAsync(host, "/api", "Bearer " + token), "(chan)");
    }

    [Fact]
    public async Task The_lifetime_setting_reaches_the_check()
    {
        await using var host = await StartAsync(
            new() { ["Auth:TokenLifetimeMax"] = "00:30:00", ["Auth:ClockSkew"] = "00:00:00" });
        AssertInvalid(await UserAsync(host, "/api", "Bearer " + Alice), "more than 30 minutes ahead");
        Assert.Equal(
            "alice", await UserAsync(host, "/api", "Bearer " + Tokens.For("alice", TimeSpan.FromMinutes(30))));
    }

    [Fact]
    public async Task The_listed_algorithms_replace_the_default()
    {
        await using var host = await StartAsync(new() { ["Auth:Algorithms:0"] = "HS384" });
        var token = JsonWebSignature.Sign(
            System.Text.Encoding.UTF8.GetBytes($$"""{"sub":"alice","exp":{{Tokens.Now + 60}}}"""),
            Tokens.Key,
            JsonWebTokenAlgorithm.HS384);
        Assert.Equal("alice", await UserAsync(host, "/api", "Bearer " + token));
        AssertInvalid(await UserAsync(host, "/api", "Bearer " + Alice), "(alg)");
    }

    [Theory]
    [InlineData("Auth:TokenLifetimeMax", "00:00:59", "Auth:TokenLifetimeMax")]
    [InlineData("Auth:TokenLifetimeMax", "31.00:00:00", "Auth:TokenLifetimeMax")]
    [InlineData("Auth:ClockSkew", "-00:00:01", "Auth:ClockSkew")]
    [InlineData("Auth:Algorithms:0", "none", "Auth:Algorithms:0")]
    [InlineData("App:Key", "xyz", "App:Key")]
    [InlineData("App:Secret", "xyz", "App:Secret")]
    public async Task A_bad_setting_stops_the_start_and_is_named(string setting, string value, string named)
    {
        var error = await Assert.ThrowsAnyAsync<Exception>(() => StartAsync(new() { [setting] = value }));
        Assert.Contains(named, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_request_keeps_what_its_token_says()
    {
        VerifiedToken? seen = null;
        await using var host = await AuthHost.StartAsync(app =>
        {
            app.UseAuthentication();
            app.UseAuthorization();
            app.MapGet("/api", (HttpContext context) =>
            {
                seen = context.Features.Get<VerifiedToken>();
                Assert.Same(seen, context.GetVerifiedToken());
            }).RequireAuthorization();
        });
        using var response = await SendAsync(host, "/api", "Bearer " + Alice);
        Assert.Equal(new VerifiedToken("alice", TestTime.Start.AddHours(1)), seen);
    }

    private static Task<AuthHost> StartAsync(Dictionary<string, string?>? settings = null) => AuthHost.StartAsync(
        app =>
        {
            app.UseAuthentication();
            app.UseAuthorization();
            app.Map("/{**path}", (HttpContext context) => context.User.FindFirstValue(ClaimTypes.NameIdentifier))
                .RequireAuthorization();
        },
        settings: settings);

    private static Task<HttpResponseMessage> SendAsync(AuthHost host, string address, params string[] authorization)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, address);
        foreach (var header in authorization) request.Headers.TryAddWithoutValidation("Authorization", header);
        return host.Client.SendAsync(request);
    }

    private static void AssertInvalid(string answer, string reason = "")
    {
        Assert.StartsWith("""401 {"code":10005,"error":"INVALID_TOKEN",""", answer, StringComparison.Ordinal);
        Assert.Contains(reason, answer, StringComparison.Ordinal);
    }

    /// <summary>The user who is signed in, or the status and the body of the refusal.</summary>
    private static async Task<string> UserAsync(AuthHost host, string address, params string[] authorization)
    {
        using var response = await SendAsync(host, address, authorization);
        var body = await response.Content.ReadAsStringAsync();
        return response.IsSuccessStatusCode ? body : $"{(int)response.StatusCode} {body}";
    }
}
