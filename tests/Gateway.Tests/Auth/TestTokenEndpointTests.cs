using System.Net;
using System.Text;
using System.Text.Json;
using ImOrleans.Gateway.Auth;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace ImOrleans.Gateway.Tests.Auth;

public sealed class TestTokenEndpointTests
{
    private const string BadParameter = """{"code":0,"msg":"参数错误"}""";
    private const string Form = "application/x-www-form-urlencoded";
    private const string Json = "application/json";
    private const string Multipart = "multipart/form-data; boundary=b";
    private const string MultipartUid = "--b\r\nContent-Disposition: form-data; name=\"uid\"\r\n\r\nalice";
    private const string MultipartFile = "--b\r\nContent-Disposition: form-data; name=x; filename=x\r\n\r\n";

    [Theory]
    [InlineData(Form, "uid=alice", 86400)]
    [InlineData(Form, "uid=alice&ttl=1", 1)]
    [InlineData(Form, "uid=alice&ttl=86400&other=x", 86400)]
    [InlineData(Form + "; charset=utf-8", "ttl=060&uid=alice", 60)]
    [InlineData(Json, """{"uid":"alice"}""", 86400)]
    [InlineData(Json, """{"uid":"alice","ttl":60,"other":[]}""", 60)]
    [InlineData(Json, """{"uid":"alice","ttl":"60"}""", 60)]
    [InlineData(Json, """{"uid":"alice","ttl":null}""", 86400)]
    [InlineData(Multipart, MultipartUid + "\r\n--b--\r\n", 86400)]
    public async Task A_token_is_given_for_the_user_that_is_asked_for(string type, string body, int seconds)
    {
        await using var host = await StartAsync();
        using var response = await PostAsync(host, type, body);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("application/json; charset=utf-8", response.Content.Headers.ContentType?.ToString());
        Assert.Equal("no-store", response.Headers.CacheControl?.ToString());
        var text = await response.Content.ReadAsStringAsync();
        Assert.StartsWith("""{"code":1,"msg":"suc","data":"ey""", text, StringComparison.Ordinal);
        Assert.Equal(
            new VerifiedToken("alice", TestTime.Start.AddSeconds(seconds), TestTime.Start),
            host.Server.Services.GetRequiredService<TokenAuthenticator>().CheckLogin(Token(text)).Value);
    }

    [Theory]
    [InlineData(Form, "")]
    [InlineData(Form, "uid=")]
    [InlineData(Form, "UID2=alice")]
    [InlineData(Form, "uid=mallory")]
    [InlineData(Form, "uid=alice&uid=bob")]
    [InlineData(Form, "uid=alice&ttl=")]
    [InlineData(Form, "uid=alice&ttl=0")]
    [InlineData(Form, "uid=alice&ttl=-1")]
    [InlineData(Form, "uid=alice&ttl=86401")]
    [InlineData(Form, "uid=alice&ttl=99999999999")]
    [InlineData(Form, "uid=alice&ttl=1.5")]
    [InlineData(Form, "uid=alice&ttl=60&ttl=60")]
    [InlineData(Form, "1&2&3&4&5&6&7&8&9&10&11&12&13&14&15&16&17&uid=alice")]
    [InlineData(Json, "")]
    [InlineData(Json, "null")]
    [InlineData(Json, "[]")]
    [InlineData(Json, "{}")]
    [InlineData(Json, """{"uid":""}""")]
    [InlineData(Json, """{"uid":5}""")]
    [InlineData(Json, """{"uid":"alice","uid":"bob"}""")]
    [InlineData(Json, """{"uid":"alice","ttl":0}""")]
    [InlineData(Json, """{"uid":"alice","ttl":1.5}""")]
    [InlineData(Json, """{"uid":"alice" """)]
    [InlineData(Json, """{"uid":"\ud800"}""")]
    [InlineData("text/plain", "uid=alice")]
    [InlineData("multipart/form-data", "uid=alice")]
    [InlineData(Multipart, MultipartUid)]
    public async Task A_missing_repeated_or_malformed_field_is_a_parameter_error(string type, string body)
    {
        await using var host = await StartAsync();
        using var response = await PostAsync(host, type, body);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(BadParameter, await response.Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData(Form, "uid=alice&x=", "", false)]
    [InlineData(Form, "uid=alice&x=", "", true)]
    [InlineData(Json, """{"uid":"alice","x":" """, "\"}", false)]
    [InlineData(Json, """{"uid":"alice","x":" """, "\"}", true)]
    [InlineData(Multipart, MultipartUid + "\r\n" + MultipartFile, "\r\n--b--\r\n", false)]
    [InlineData(Multipart, MultipartUid + "\r\n" + MultipartFile, "\r\n--b--\r\n", true)]
    public async Task A_huge_body_is_a_parameter_error(string type, string start, string end, bool overTcp)
    {
        await using var host = await AuthHost.StartAsync(app => app.MapTestTokens(), "Development", overTcp: overTcp);
        using var response = await PostAsync(host, type, start + new string('x', 100_000) + end);
        Assert.Equal(BadParameter, await response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task A_body_without_a_type_is_a_parameter_error()
    {
        await using var host = await StartAsync();
        using var response = await host.Client.PostAsync("/tk", null);
        Assert.Equal(BadParameter, await response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task A_token_never_lives_longer_than_the_server_accepts()
    {
        await using var host = await StartAsync(settings: new() { ["Auth:TokenLifetimeMax"] = "01:00:00" });
        using var usual = await PostAsync(host, Form, "uid=alice");
        using var longer = await PostAsync(host, Form, "uid=alice&ttl=3601");
        var verdict = host.Server.Services.GetRequiredService<TokenAuthenticator>()
            .CheckLogin(Token(await usual.Content.ReadAsStringAsync()));
        Assert.Equal(TestTime.Start.AddHours(1), verdict.Value?.ExpiresAt);
        Assert.Equal(BadParameter, await longer.Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData("Development", null, true)]
    [InlineData("Production", "true", true)]
    [InlineData("Production", "false", false)]
    [InlineData("Production", null, false)]
    [InlineData("Staging", null, false)]
    public async Task It_is_there_in_development_or_when_it_is_turned_on(
        string environment, string? setting, bool isThere)
    {
        await using var host = await StartAsync(environment, new() { ["Auth:TestTokens"] = setting });
        using var response = await PostAsync(host, Form, "uid=alice");
        Assert.Equal(isThere ? HttpStatusCode.OK : HttpStatusCode.NotFound, response.StatusCode);
    }

    [Fact]
    public async Task Any_origin_may_ask_and_a_preflight_is_200()
    {
        await using var host = await StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Options, "/tk");
        request.Headers.Add("Origin", "https://anyone.example");
        request.Headers.Add("Access-Control-Request-Method", "POST");
        using var preflight = await host.Client.SendAsync(request);
        using var posted = await PostAsync(host, Form, "uid=alice");
        Assert.Equal(HttpStatusCode.OK, preflight.StatusCode);
        Assert.All([preflight, posted], response =>
        {
            Assert.Equal(["*"], response.Headers.GetValues("Access-Control-Allow-Origin"));
            Assert.Equal(["POST, OPTIONS"], response.Headers.GetValues("Access-Control-Allow-Methods"));
            Assert.Equal(
                ["Content-Type, Authorization, X-Requested-With"],
                response.Headers.GetValues("Access-Control-Allow-Headers"));
        });
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("HEAD")]
    [InlineData("PUT")]
    [InlineData("DELETE")]
    public async Task Other_methods_are_405(string method)
    {
        await using var host = await StartAsync();
        using var request = new HttpRequestMessage(new HttpMethod(method), "/tk?uid=alice");
        using var response = await host.Client.SendAsync(request);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, response.StatusCode);
        Assert.Equal(["OPTIONS", "POST"], response.Content.Headers.Allow.Order());
    }

    [Fact]
    public async Task It_is_open_even_where_everything_else_needs_a_token()
    {
        await using var host = await AuthHost.StartAsync(
            app =>
            {
                app.UseAuthentication();
                app.UseAuthorization();
                app.MapTestTokens();
            },
            "Development",
            services: services => services.AddAuthorizationBuilder()
                .SetFallbackPolicy(new AuthorizationPolicyBuilder().RequireAuthenticatedUser().Build()));
        using var response = await PostAsync(host, Form, "uid=alice");
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    private static Task<AuthHost> StartAsync(
        string environment = "Development", Dictionary<string, string?>? settings = null) =>
        AuthHost.StartAsync(app => app.MapTestTokens(), environment, settings);

    private static async Task<HttpResponseMessage> PostAsync(AuthHost host, string type, string body)
    {
        using var content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
        content.Headers.TryAddWithoutValidation("Content-Type", type);
        return await host.Client.PostAsync("/tk", content);
    }

    private static string Token(string reply)
    {
        using var document = JsonDocument.Parse(reply);
        return document.RootElement.GetProperty("data").GetString()!;
    }
}
