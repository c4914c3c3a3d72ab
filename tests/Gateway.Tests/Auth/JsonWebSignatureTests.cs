using System.Buffers.Text;
using System.Text;
using ImOrleans.Gateway.Auth;

namespace ImOrleans.Gateway.Tests.Auth;

public sealed class JsonWebSignatureTests
{
    // RFC 7515 appendix A.1, the same text as the example of RFC 7519 §3.1.
    private const string RfcToken =
        "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9"
        + ".eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ"
        + ".dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

    private const string RfcKey =
        "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow";

    // RFC 7519 §6.1.
    private const string RfcUnsecuredToken =
        "eyJhbGciOiJub25lIn0"
        + ".eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ"
        + ".";

    [Fact]
    public void The_example_of_RFC_7515_A1_verifies()
    {
        Assert.True(TryVerify(RfcToken, RfcKeyBytes(), out var payload));
        Assert.Equal(
            "{\"iss\":\"joe\",\r\n \"exp\":1300819380,\r\n \"http://example.com/is_root\":true}",
            Encoding.UTF8.GetString(payload!));
    }

    [Fact]
    public void The_example_of_RFC_7515_A1_does_not_verify_with_another_key()
    {
        var key = RfcKeyBytes();
        key[0] ^= 1;
        Assert.False(TryVerify(RfcToken, key, out _));
    }

    [Fact]
    public void The_unsecured_example_of_RFC_7519_is_refused()
    {
        Assert.False(JsonWebSignature.TryVerify(
            RfcUnsecuredToken, RfcKeyBytes(), JsonWebTokenAlgorithm.Supported, out _, out var problem));
        Assert.Equal("The token's algorithm (alg) is not accepted.", problem);
    }

    [Theory]
    [InlineData("none")]
    [InlineData("None")]
    [InlineData("nOnE")]
    [InlineData("hs256")]
    [InlineData("HS256 ")]
    [InlineData("HS512")]
    [InlineData("RS256")]
    [InlineData("")]
    public void An_algorithm_that_is_not_listed_is_refused_whatever_the_signature(string algorithm)
    {
        var genuine = Tokens.SignAs($$"""{"alg":"{{algorithm}}"}""", "{}");
        Assert.False(TryVerify(genuine, Tokens.Key, out _));
        Assert.False(TryVerify(genuine[..(genuine.LastIndexOf('.') + 1)], Tokens.Key, out _));
    }

    [Theory]
    [InlineData("HS384")]
    [InlineData("HS512")]
    public void A_longer_hash_verifies_when_it_is_listed(string name)
    {
        var algorithm = JsonWebTokenAlgorithm.Find(name)!;
        var token = JsonWebSignature.Sign("{}"u8, Tokens.Key, algorithm);
        JsonWebTokenAlgorithm[] listed = [JsonWebTokenAlgorithm.HS256, algorithm];
        Assert.True(JsonWebSignature.TryVerify(token, Tokens.Key, listed, out _, out _));
        Assert.False(TryVerify(token, Tokens.Key, out _));
    }

    [Theory]
    [InlineData("""{"alg":"HS256"}""")]
    [InlineData("""{"alg":"HS256","typ":"JWT"}""")]
    [InlineData("""{"typ":"jwt","alg":"HS256","kid":"1","jku":"https://example.com/keys"}""")]
    [InlineData(""" { "alg" : "HS256" } """)]
    [InlineData("""{"\u0061lg":"HS256"}""")]
    public void A_header_with_the_algorithm_is_accepted_and_unknown_members_are_ignored(string header) =>
        Assert.True(TryVerify(Tokens.SignAs(header, "{}"), Tokens.Key, out _));

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("\"HS256\"")]
    [InlineData("""[{"alg":"HS256"}]""")]
    [InlineData("{}")]
    [InlineData("""{"alg":null}""")]
    [InlineData("""{"alg":256}""")]
    [InlineData("""{"alg":["HS256"]}""")]
    [InlineData("""{"ALG":"HS256"}""")]
    [InlineData("""{"alg":"HS256","alg":"HS256"}""")]
    [InlineData("""{"alg":"HS256","\u0061lg":"none"}""")]
    [InlineData("""{"alg":"HS256","x":1,"x":2}""")]
    [InlineData("""{"alg":"HS256","x":{"y":1,"y":2}}""")]
    [InlineData("""{"alg":"HS256","crit":["exp"],"exp":1}""")]
    [InlineData("""{"alg":"HS256","crit":[]}""")]
    [InlineData("""{"alg":"HS256","crit":null}""")]
    [InlineData("""{"alg":"HS256","typ":"JWE"}""")]
    [InlineData("""{"alg":"HS256","typ":null}""")]
    [InlineData("""{"alg":"HS256","typ":1}""")]
    [InlineData("""{"alg":"HS256"} {}""")]
    [InlineData("""{"alg":"HS256",}""")]
    [InlineData("""{"alg":"HS256"/* a */}""")]
    [InlineData("""{'alg':'HS256'}""")]
    [InlineData("""{"alg":"HS256" """)]
    [InlineData("""{"alg":"HS256\ud800"}""")]
    [InlineData("""{"alg":"HS256","\ud800":1}""")]
    [InlineData("\uFEFF{\"alg\":\"HS256\"}")]
    public void A_malformed_or_ambiguous_header_is_refused_even_if_it_is_signed(string header) =>
        Assert.False(TryVerify(Tokens.SignAs(header, "{}"), Tokens.Key, out _));

    [Fact]
    public void A_header_that_is_not_valid_UTF8_is_refused()
    {
        byte[] header = [.. "{\"alg\":\"HS256\",\"x\":\""u8, 0xC3, 0x28, .. "\"}"u8];
        Assert.False(TryVerify(Tokens.SignAs(header, "{}"u8.ToArray()), Tokens.Key, out _));
    }

    [Fact]
    public void A_header_nested_too_deep_is_refused()
    {
        var header = $$"""{"alg":"HS256","x":{{new string('[', 500)}}{{new string(']', 500)}}}""";
        Assert.False(TryVerify(Tokens.SignAs(header, "{}"), Tokens.Key, out _));
    }

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("...")]
    [InlineData("a")]
    [InlineData("a.b")]
    [InlineData("a.b.c")]
    [InlineData("Bearer a.b.c")]
    [InlineData("\0.\0.\0")]
    [InlineData("é.é.é")]
    public void Text_that_is_no_token_is_refused(string text) => Assert.False(TryVerify(text, Tokens.Key, out _));

    [Fact]
    public void Anything_added_to_a_genuine_token_is_refused()
    {
        var token = Tokens.Sign("{}");
        var parts = token.Split('.');
        string[] changed =
        [
            token + "=", token + "==", token + " ", " " + token, token + "\n", token + ".", token + ".AAAA",
            "." + token, $"{parts[0]}=.{parts[1]}.{parts[2]}", $"{parts[0]}.{parts[1]} .{parts[2]}",
            $"{parts[0]}.{parts[1]}\r\n.{parts[2]}",
            $"{parts[0]}..{parts[2]}", $".{parts[1]}.{parts[2]}", $"{parts[0]}.{parts[1]}.", $"{parts[0]}.{parts[1]}",
            $"{parts[0]}.{parts[1]}.AA.{parts[2]}.AA", token.Replace('_', '/').Replace('-', '+') + "A",
        ];
        Assert.True(TryVerify(token, Tokens.Key, out _));
        Assert.All(changed, text => Assert.False(TryVerify(text, Tokens.Key, out _), text));
    }

    [Fact]
    public void The_standard_alphabet_of_base64_is_refused()
    {
        var token = RfcToken.Replace('-', '+').Replace('_', '/');
        Assert.NotEqual(RfcToken, token);
        Assert.False(TryVerify(token, RfcKeyBytes(), out _));
    }

    /// <summary>
    /// The last character of a 32-byte signature carries two bits that belong to no byte. A lenient decoder takes
    /// four spellings for one signature, and a token remembered by its text returns in another.
    /// </summary>
    [Fact]
    public void Stray_bits_in_the_last_character_are_refused()
    {
        const string alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        var last = alphabet.IndexOf(RfcToken[^1], StringComparison.Ordinal);
        var genuine = alphabet.Where(letter => TryVerify(RfcToken[..^1] + letter, RfcKeyBytes(), out _));
        Assert.Equal(0, last & 0b11);
        Assert.Equal([RfcToken[^1]], genuine);
    }

    [Fact]
    public void A_token_is_read_up_to_8_KiB_and_no_further()
    {
        var claims = Enumerable.Range(6000, 200)
            .Select(length => Tokens.Sign($$"""{"x":"{{new string('x', length)}}"}"""))
            .ToLookup(token => token.Length <= JsonWebSignature.TokenCharsMax);
        Assert.NotEmpty(claims[true]);
        Assert.NotEmpty(claims[false]);
        Assert.All(claims[true], token => Assert.True(TryVerify(token, Tokens.Key, out _)));
        Assert.All(claims[false], token => Assert.False(TryVerify(token, Tokens.Key, out _)));
        Assert.False(TryVerify(new string('A', 50_000_000), Tokens.Key, out _));
    }

    [Fact]
    public void A_shorter_or_longer_signature_is_refused()
    {
        var token = Tokens.Sign("{}");
        var input = token[..(token.LastIndexOf('.') + 1)];
        var signature = Base64Url.DecodeFromChars(token.AsSpan(input.Length));
        Assert.All(
            Enumerable.Range(0, 64).Where(length => length != 32),
            length =>
            {
                var other = new byte[length];
                signature.AsSpan(0, Math.Min(length, 32)).CopyTo(other);
                Assert.False(TryVerify(input + Tokens.Encode(other), Tokens.Key, out _));
            });
    }

    private static byte[] RfcKeyBytes() => Base64Url.DecodeFromChars(RfcKey);

    private static bool TryVerify(string token, byte[] key, out byte[]? payload) =>
        JsonWebSignature.TryVerify(token, key, [JsonWebTokenAlgorithm.HS256], out payload, out _);
}
