using System.Globalization;
using ImOrleans.Domain.Errors;
using ImOrleans.Gateway.Auth;

namespace ImOrleans.Gateway.Tests.Auth;

public sealed class JsonWebTokenVerifierTests
{
    private static readonly JsonWebTokenVerifier Verifier = new(Tokens.Key, new JsonWebTokenRules());

    private static long Now => Tokens.Now;

    [Fact]
    public void A_token_with_every_claim_is_read_in_full()
    {
        var verdict = Verify(
            $$"""{"sub":"alice","uid":"bob","iat":{{Now}},"nbf":{{Now}},"exp":{{Now + 3600}}"""
            + ""","jti":"t1","chan":"news","x":[1]}""");
        Assert.True(verdict.IsAccepted);
        Assert.Equal(
            new VerifiedToken("alice", TestTime.Start.AddHours(1), TestTime.Start, "t1", "news"), verdict.Value);
        Assert.Null(verdict.Refusal);
    }

    [Fact]
    public void Only_user_and_expiry_are_required()
    {
        var verdict = Verify($$"""{"sub":"alice","exp":{{Now + 60}}}""");
        Assert.Equal(new VerifiedToken("alice", TestTime.Start.AddMinutes(1)), verdict.Value);
    }

    [Fact]
    public void The_uid_names_the_user_when_there_is_no_sub() =>
        Assert.Equal("42", Verify($$"""{"uid":"42","exp":{{Now + 60}}}""").Value?.UserId);

    [Fact]
    public void A_user_id_may_hold_any_text() =>
        Assert.Equal("é世\"\\", Verify($$"""{"sub":"\u00e9世\"\\","exp":{{Now + 60}}}""").Value?.UserId);

    [Theory]
    [InlineData(".0", 0)]
    [InlineData(".5", 5_000_000)]
    [InlineData(".0000001", 1)]
    [InlineData(".00000000000000000000000000000000000000001", 0)]
    public void An_expiry_may_have_a_fraction(string fraction, int ticks) =>
        Assert.Equal(
            TestTime.Start.AddMinutes(1).AddTicks(ticks),
            Verify($$"""{"sub":"a","exp":{{Now + 60}}{{fraction}} }""").Value?.ExpiresAt);

    [Fact]
    public void An_expiry_may_be_written_with_an_exponent()
    {
        var soon = (Now + 100 - (Now % 100)).ToString(CultureInfo.InvariantCulture);
        Assert.True(Verify($$"""{"sub":"a","exp":{{soon[..^2]}}e2}""").IsAccepted);
    }

    [Theory]
    [InlineData(1, true)]
    [InlineData(0, false)]
    [InlineData(-1, false)]
    [InlineData(-100_000_000, false)]
    public void A_token_expires_at_its_expiry_without_tolerance(int secondsAhead, bool verified)
    {
        var verdict = Verify($$"""{"sub":"a","exp":{{Now + secondsAhead}}}""");
        Assert.Equal(verified, verdict.IsAccepted);
        var expired = new Refusal(ErrorCode.TokenExpired, "The token has expired.");
        Assert.Equal(verified ? null : expired, verdict.Refusal);
    }

    [Theory]
    [InlineData(24 * 3600, true)]
    [InlineData((24 * 3600) + 60, true)]
    [InlineData((24 * 3600) + 61, false)]
    [InlineData(10 * 365 * 24 * 3600, false)]
    public void A_token_that_lives_longer_than_a_day_is_refused(int secondsAhead, bool verified)
    {
        var verdict = Verify($$"""{"sub":"a","exp":{{Now + secondsAhead}}}""");
        Assert.Equal(verified, verdict.IsAccepted);
        if (!verified) AssertInvalid(verdict, "The token's expiry (exp) lies more than 24 hours ahead.");
    }

    [Fact]
    public void The_longest_life_is_a_setting()
    {
        var verifier = new JsonWebTokenVerifier(
            Tokens.Key, new JsonWebTokenRules { LifetimeMax = TimeSpan.FromMinutes(5), ClockSkew = TimeSpan.Zero });
        Assert.True(verifier.Verify(Tokens.For("a", TimeSpan.FromMinutes(5)), TestTime.Start).IsAccepted);
        AssertInvalid(
            verifier.Verify(Tokens.For("a", TimeSpan.FromSeconds(301)), TestTime.Start),
            "The token's expiry (exp) lies more than 5 minutes ahead.");
    }

    [Theory]
    [InlineData("iat", 60, true)]
    [InlineData("iat", 61, false)]
    [InlineData("iat", -1_000_000, true)]
    [InlineData("nbf", 60, true)]
    [InlineData("nbf", 61, false)]
    [InlineData("nbf", -1_000_000, true)]
    public void A_token_of_the_future_is_refused_beyond_a_minute_of_skew(string claim, int secondsAhead, bool verified)
    {
        var verdict = Verify($$"""{"sub":"a","exp":{{Now + 3600}},"{{claim}}":{{Now + secondsAhead}}}""");
        Assert.Equal(verified, verdict.IsAccepted);
        if (!verified) Assert.Equal(ErrorCode.InvalidToken, verdict.Refusal!.Code);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("1")]
    [InlineData("not json")]
    [InlineData("""{"sub":"a"}""")]
    [InlineData("""{"exp":#}""")]
    [InlineData("""{"iss":"joe","exp":#,"http://example.com/is_root":true}""")]
    [InlineData("""{"sub":1,"exp":#}""")]
    [InlineData("""{"sub":null,"uid":"a","exp":#}""")]
    [InlineData("""{"sub":["a"],"exp":#}""")]
    [InlineData("""{"uid":7,"exp":#}""")]
    [InlineData("""{"Sub":"a","exp":#}""")]
    [InlineData("""{"sub":"\ud800","exp":#}""")]
    [InlineData("""{"sub":"a","sub":"b","exp":#}""")]
    [InlineData("""{"sub":"a","s\u0075b":"b","exp":#}""")]
    [InlineData("""{"sub":"a","exp":#,"exp":#}""")]
    [InlineData("""{"sub":"a","exp":#,"x":[{"y":1,"y":1}]}""")]
    [InlineData("""{"sub":"a","exp":"#"}""")]
    [InlineData("""{"sub":"a","exp":null}""")]
    [InlineData("""{"sub":"a","exp":true}""")]
    [InlineData("""{"sub":"a","exp":-1}""")]
    [InlineData("""{"sub":"a","exp":1e400}""")]
    [InlineData("""{"sub":"a","exp":253402300800}""")]
    [InlineData("""{"sub":"a","exp":99999999999999999999999999999999999}""")]
    [InlineData("""{"sub":"a","exp":NaN}""")]
    [InlineData("""{"sub":"a","exp":0#}""")]
    [InlineData("""{"sub":"a","exp":#,"nbf":"#"}""")]
    [InlineData("""{"sub":"a","exp":#,"iat":null}""")]
    [InlineData("""{"sub":"a","exp":#,"jti":1}""")]
    [InlineData("""{"sub":"a","exp":#,"jti":""}""")]
    [InlineData("""{"sub":"a","exp":#,"chan":null}""")]
    [InlineData("""{"sub":"a","exp":#,"chan":""}""")]
    [InlineData("""{"sub":"a","exp":#,"chan":["news"]}""")]
    [InlineData("""{"sub":"a","exp":#} """ + "\0")]
    public void Claims_of_the_wrong_shape_are_refused_even_if_they_are_signed(string claims)
    {
        var verdict = Verify(claims.Replace("#", $"{Now + 60}", StringComparison.Ordinal));
        Assert.False(verdict.IsAccepted);
        Assert.Equal(ErrorCode.InvalidToken, verdict.Refusal.Code);
    }

    [Fact]
    public void An_empty_user_id_has_its_own_error() => Assert.Equal(
        ErrorCode.InvalidUserId, Verify($$"""{"sub":"","exp":{{Now + 60}}}""").Refusal?.Code);

    [Fact]
    public void A_forged_token_is_invalid_and_not_expired_whatever_its_time()
    {
        var expired = Tokens.Sign($$"""{"sub":"a","exp":{{Now - 60}}}""");
        var forged = expired[..^4] + (expired[^4] == 'A' ? 'B' : 'A') + expired[^3..];
        AssertInvalid(Verifier.Verify(forged, TestTime.Start), "The token's signature is wrong.");
    }

    [Fact]
    public void A_token_signed_with_another_secret_is_refused()
    {
        var other = new JsonWebTokenVerifier("fedcba9876543210fedcba9876543210"u8, new JsonWebTokenRules());
        AssertInvalid(
            other.Verify(Tokens.For("a", TimeSpan.FromHours(1)), TestTime.Start), "The token's signature is wrong.");
    }

    [Fact]
    public void A_message_never_repeats_the_token()
    {
        const string marker = "Zm9yYmlkZGVu";
        string[] tokens =
        [
            marker, $"{marker}.{marker}.{marker}", Tokens.SignAs($$"""{"alg":"{{marker}}"}""", "{}"),
            Tokens.SignAs($$"""{"alg":"HS256","crit":"{{marker}}"}""", "{}"),
            Tokens.SignAs($$"""{"alg":"HS256","typ":"{{marker}}"}""", "{}"),
            Tokens.Sign($$"""{"sub":"{{marker}}","exp":1}"""),
            Tokens.Sign($$"""{"sub":"{{marker}}","exp":"{{marker}}"}"""),
            Tokens.Sign($$"""{"sub":"a","exp":{{Now + 60}},"jti":["{{marker}}"]}"""),
        ];
        Assert.All(tokens, token =>
        {
            var failure = Verifier.Verify(token, TestTime.Start).Refusal!;
            Assert.DoesNotContain(marker, failure.Message, StringComparison.Ordinal);
            Assert.DoesNotContain(token, failure.Message, StringComparison.Ordinal);
        });
    }

    [Fact]
    public void The_edges_of_time_do_not_overflow()
    {
        var token = Tokens.Sign("""{"sub":"a","exp":253402300799,"iat":0,"nbf":0.1}""");
        Assert.False(Verifier.Verify(token, DateTimeOffset.MinValue).IsAccepted);
        Assert.True(Verifier.Verify(token, DateTimeOffset.MaxValue.AddHours(-1)).IsAccepted);
        Assert.Equal(ErrorCode.TokenExpired, Verifier.Verify(token, DateTimeOffset.MaxValue).Refusal?.Code);
    }

    /// <summary>
    /// Flips, cuts, doubles and swaps pieces of genuine tokens: none may verify, none may throw. A result equal to
    /// its source is skipped, since that one is genuine.
    /// </summary>
    [Fact]
    public void Damaged_tokens_neither_verify_nor_throw()
    {
        var random = new Random(20300517);
        var tokens = Enumerable.Range(0, 50)
            .Select(n => Tokens.Sign($$"""{"sub":"user{{n}}","iat":{{Now}},"exp":{{Now + 60 + n}},"jti":"{{n}}"}"""))
            .ToArray();
        var damaged = 0;
        var rounds = LongRun.Rounds(20_000, 2_000_000);
        while (damaged < rounds)
        {
            var token = tokens[random.Next(tokens.Length)];
            var text = Damage(token, tokens[random.Next(tokens.Length)], random);
            if (tokens.Contains(text)) continue;
            damaged++;
            var verdict = Verifier.Verify(text, TestTime.Start);
            Assert.False(verdict.IsAccepted, $"input {damaged}: {text}");
            Assert.Equal(ErrorCode.InvalidToken, verdict.Refusal.Code);
        }
    }

    /// <summary>The same behind a genuine signature: the signer wrote nonsense, and still nothing throws.</summary>
    [Fact]
    public void Five_thousand_signed_and_damaged_contents_do_not_throw()
    {
        var random = new Random(7519);
        var header = "{\"alg\":\"HS256\",\"typ\":\"JWT\"}"u8.ToArray();
        var claims = System.Text.Encoding.UTF8.GetBytes(
            $$"""{"sub":"\u0061\ud83d\ude00","exp":{{Now + 60}},"iat":{{Now}}.5,"x":{"y":[null,1e3]} }""");
        Assert.True(Verifier.Verify(Tokens.SignAs(header, claims), TestTime.Start).IsAccepted);
        for (var n = 0; n < 5_000; n++)
        {
            var token = n % 4 == 0
                ? Tokens.SignAs(DamageBytes(header, random), claims)
                : Tokens.SignAs(header, DamageBytes(claims, random));
            var verdict = Verifier.Verify(token, TestTime.Start);
            Assert.Equal(verdict.IsAccepted, verdict.Refusal is null);
        }
    }

    private static string Damage(string token, string other, Random random)
    {
        var at = random.Next(token.Length);
        switch (random.Next(7))
        {
            case 0: return token[..at];
            case 1: return token[at..];
            case 2: return token.Insert(at, ((char)random.Next(0x3000)).ToString());
            case 3: return token.Remove(at, 1);
            case 4: return token[..at] + other[Math.Min(at, other.Length)..] + (random.Next(2) == 0 ? "" : "A");
            case 5: return string.Join('.', token.Split('.')[..2].Append(other.Split('.')[2]));
            default:
                var letters = token.ToCharArray();
                for (var flips = random.Next(1, 4); flips > 0; flips--)
                    letters[random.Next(letters.Length)] ^= (char)(1 << random.Next(8));
                return new string(letters);
        }
    }

    private static byte[] DamageBytes(byte[] source, Random random)
    {
        var bytes = source[..random.Next(source.Length - 3, source.Length + 1)];
        for (var flips = random.Next(1, 4); flips > 0; flips--)
            bytes[random.Next(bytes.Length)] = random.Next(3) == 0
                ? (byte)"\"\\{}[],:u0dD"[random.Next(12)]
                : (byte)(bytes[random.Next(bytes.Length)] ^ (1 << random.Next(8)));
        return bytes;
    }

    private static Outcome<VerifiedToken> Verify(string claims) => Verifier.Verify(Tokens.Sign(claims), TestTime.Start);

    private static void AssertInvalid(Outcome<VerifiedToken> verdict, string message) =>
        Assert.Equal(new Refusal(ErrorCode.InvalidToken, message), verdict.Refusal);
}
