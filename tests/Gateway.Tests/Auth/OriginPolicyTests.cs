using ImOrleans.Gateway.Auth;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.FileProviders;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace ImOrleans.Gateway.Tests.Auth;

public sealed class OriginPolicyTests
{
    private static readonly string[] Listed =
    [
        "https://Chat.Example.com", "http://localhost:3000", "https://[2001:DB8::1]", "capacitor://localhost",
        "https://x_y.example:8443",
    ];

    [Theory]
    [InlineData("https://chat.example.com")]
    [InlineData("HTTPS://CHAT.EXAMPLE.COM")]
    [InlineData("https://chat.example.com:443")]
    [InlineData("http://localhost:3000")]
    [InlineData("https://[2001:db8:0:0::1]:443")]
    [InlineData("capacitor://localhost")]
    [InlineData("https://x_y.example:8443")]
    public void A_listed_origin_is_allowed_in_any_of_its_spellings(string origin) =>
        Assert.Equal(OriginVerdict.CrossOrigin, Judge(origin, Listed));

    [Theory]
    [InlineData("http://chat.example.com")]
    [InlineData("https://chat.example.com:80")]
    [InlineData("https://chat.example.com.evil.example")]
    [InlineData("https://evil-chat.example.com")]
    [InlineData("https://sub.chat.example.com")]
    [InlineData("https://example.com")]
    [InlineData("http://localhost")]
    [InlineData("http://localhost:03001")]
    [InlineData("ionic://localhost")]
    [InlineData("null")]
    [InlineData("")]
    [InlineData("*")]
    [InlineData("NULL")]
    [InlineData("https://")]
    [InlineData("https://:443")]
    [InlineData("://chat.example.com")]
    [InlineData("chat.example.com")]
    [InlineData("https://chat.example.com/")]
    [InlineData("https://chat.example.com?x")]
    [InlineData("https://chat.example.com#")]
    [InlineData("https://user@chat.example.com")]
    [InlineData("https://chat.example.com\\@evil.example")]
    [InlineData("https://chat.example.com:")]
    [InlineData("https://chat.example.com:+443")]
    [InlineData("https://chat.example.com:65979")]
    [InlineData("https://chat.example.com:443:443")]
    [InlineData("https://chat.example.com, https://evil.example")]
    [InlineData("https://chat.example.com ")]
    [InlineData("https://ch%61t.example.com")]
    [InlineData("https://[chat.example.com]")]
    [InlineData("https://[2001:db8::1")]
    [InlineData("https://[2001:db8::1]x")]
    [InlineData("https://2001:db8::1")]
    public void Any_other_origin_is_refused(string origin) =>
        Assert.Equal(OriginVerdict.Refused, Judge(origin, Listed));

    [Fact]
    public void An_endless_origin_is_refused() =>
        Assert.Equal(OriginVerdict.Refused, Judge("https://" + new string('a', 100_000), ["*"]));

    [Fact]
    public void A_request_without_origin_is_allowed() => Assert.Equal(OriginVerdict.NoOrigin, Judge(null, []));

    [Theory]
    [InlineData("https", "im.example.com", "https://im.example.com")]
    [InlineData("https", "IM.example.com:443", "https://im.example.com")]
    [InlineData("https", "im.example.com", "https://im.example.com:443")]
    [InlineData("http", "localhost:5000", "http://localhost:5000")]
    [InlineData("http", "[::1]:5000", "http://[::1]:5000")]
    public void The_servers_own_origin_is_allowed(string scheme, string host, string origin) =>
        Assert.Equal(OriginVerdict.SameOrigin, Judge(origin, [], scheme, host));

    [Theory]
    [InlineData("https", "im.example.com", "http://im.example.com")]
    [InlineData("http", "localhost:5000", "http://localhost:5001")]
    [InlineData("http", "localhost:5000", "http://127.0.0.1:5000")]
    [InlineData("http", "", "http://")]
    [InlineData("http", "null", "null")]
    public void Another_scheme_or_host_or_port_is_not_the_servers_own(string scheme, string host, string origin) =>
        Assert.Equal(OriginVerdict.Refused, Judge(origin, [], scheme, host));

    [Fact]
    public void Two_origins_are_refused()
    {
        var request = new DefaultHttpContext().Request;
        request.Headers.Origin = new(["https://chat.example.com", "https://chat.example.com"]);
        Assert.Equal(OriginVerdict.Refused, Policy(["*"], "Production").Judge(request));
    }

    [Theory]
    [InlineData("https://anyone.example")]
    [InlineData("null")]
    public void A_star_and_development_allow_every_origin(string origin)
    {
        Assert.Equal(OriginVerdict.CrossOrigin, Judge(origin, ["*"]));
        Assert.Equal(OriginVerdict.CrossOrigin, Judge(origin, [], environment: "Development"));
        Assert.Equal(OriginVerdict.Refused, Judge(origin, []));
    }

    [Fact]
    public void The_null_origin_can_be_listed() => Assert.Equal(OriginVerdict.CrossOrigin, Judge("null", ["null"]));

    private static OriginVerdict Judge(
        string? origin,
        string[] allowed,
        string scheme = "https",
        string host = "im.example.com",
        string environment = "Production")
    {
        var request = new DefaultHttpContext().Request;
        request.Scheme = scheme;
        request.Host = new HostString(host);
        if (origin is not null) request.Headers.Origin = origin;
        return Policy(allowed, environment).Judge(request);
    }

    private static OriginPolicy Policy(string[] allowed, string environment) => new(
        Options.Create(new OriginPolicyOptions { AllowedOrigins = allowed }), new FixedEnvironment(environment));

    private sealed class FixedEnvironment(string name) : IHostEnvironment
    {
        public string EnvironmentName { get; set; } = name;

        public string ApplicationName { get; set; } = "";

        public string ContentRootPath { get; set; } = "";

        public IFileProvider ContentRootFileProvider { get; set; } = new NullFileProvider();
    }
}
