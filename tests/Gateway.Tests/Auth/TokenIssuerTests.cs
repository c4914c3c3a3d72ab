using System.Text;
using System.Text.Json;
using ImOrleans.Gateway.Auth;

namespace ImOrleans.Gateway.Tests.Auth;

public sealed class TokenIssuerTests
{
    private static readonly AppCredentials Credentials = new(Tokens.AppKey, Tokens.Secret);
    private static readonly TokenIssuer Issuer = new(Credentials);
    private static readonly JsonWebTokenVerifier Verifier = new(Credentials.GetSigningKey(), new JsonWebTokenRules());

    [Fact]
    public void An_issued_token_verifies_and_says_what_was_ordered()
    {
        var token = Issuer.Issue(new TokenOrder("alice {~'\"é}", TimeSpan.FromHours(24), "t1", "news"), TestTime.Start);
        Assert.Equal(
            new VerifiedToken("alice {~'\"é}", TestTime.Start.AddHours(24), TestTime.Start, "t1", "news"),
            Verifier.Verify(token, TestTime.Start).Value);
    }

    [Fact]
    public void The_claims_are_those_of_the_chat_room_tokens_and_ours()
    {
        var token = Issuer.Issue(new TokenOrder("42", TimeSpan.FromSeconds(90)), TestTime.Start.AddMilliseconds(999));
        Assert.True(JsonWebSignature.TryVerify(
            token, Encoding.ASCII.GetBytes(Tokens.Secret), [JsonWebTokenAlgorithm.HS256], out var payload, out _));
        using var claims = JsonDocument.Parse(payload);
        Assert.Equal(
            $$"""{"sub":"42","uid":"42","iat":{{Tokens.Now}},"exp":{{Tokens.Now + 90}}"""
            + $$""","ctm":{{Tokens.Now}},"rtm":{{Tokens.Now + 90}}}""",
            claims.RootElement.GetRawText());
    }

    [Fact]
    public void An_order_that_no_verifier_would_accept_is_an_error()
    {
        TokenOrder[] orders =
        [
            new("", TimeSpan.FromHours(1)), new("a", TimeSpan.FromMilliseconds(999)), new("a", TimeSpan.FromHours(-1)),
            new("a", TimeSpan.FromHours(1), TokenId: ""), new("a", TimeSpan.FromHours(1), Channel: ""),
            new(new string('a', 9000), TimeSpan.FromHours(1)),
        ];
        Assert.All(orders, order => Assert.Throws<ArgumentException>(() => Issuer.Issue(order, TestTime.Start)));
    }
}
