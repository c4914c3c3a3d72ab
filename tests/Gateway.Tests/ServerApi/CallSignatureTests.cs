using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using ImOrleans.Gateway.ServerApi;
using ImOrleans.Gateway.Tests.Auth;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace ImOrleans.Gateway.Tests.ServerApi;

public sealed class CallSignatureTests
{
    private readonly TestTime _time = new(TestTime.Start);
    private readonly ServerApiOptions _options = new();
    private readonly CallSignature _signature;

    public CallSignatureTests() => _signature = new(new(Tokens.AppKey, Tokens.Secret), _time, Options.Create(_options));

    [Fact]
    public void A_signature_is_the_sha_1_of_secret_nonce_and_timestamp()
    {
        // printf %s 0123456789abcdef0123456789abcdef143141905250000000 | sha1sum
        var headers = Headers("14314", "1905250000000", "977908e89e31c2c1bcf2c689735aaa1664d618b5");
        _time.Advance(DateTimeOffset.FromUnixTimeMilliseconds(1905250000000) - _time.GetUtcNow());

        Assert.Null(_signature.Verify(headers));
    }

    [Theory]
    [InlineData("")]
    [InlineData("RC-")]
    public void A_signed_call_may_be_done_once(string prefix)
    {
        var headers = Signed("once", _time.GetUtcNow(), prefix: prefix);

        Assert.Null(_signature.Verify(headers));
        Refused(401, 1004, "Nonce", headers);
    }

    [Fact]
    public void Digits_may_be_capitals_and_the_time_in_seconds()
    {
        var seconds = _time.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        var headers = Headers("a", seconds, Sign("a" + seconds).ToUpperInvariant());
        headers["App-Key"] = Tokens.AppKey.ToUpperInvariant();

        Assert.Null(_signature.Verify(headers));
    }

    [Theory]
    [InlineData("App-Key")]
    [InlineData("Nonce")]
    [InlineData("Timestamp")]
    [InlineData("Signature")]
    public void A_header_that_is_missing_empty_doubled_or_changed_is_refused(string name)
    {
        string?[][] wrongs = [[], [""], ["x"]];
        foreach (var wrong in wrongs)
        {
            var headers = Signed("n", _time.GetUtcNow());
            headers[name] = wrong;
            Refused(401, 1004, "", headers);
        }

        var doubled = Signed("n", _time.GetUtcNow());
        doubled[name] = new[] { doubled[name].ToString(), doubled[name].ToString() };
        Refused(401, 1004, "", doubled);

        // Under both of its names it is there twice, whatever it says.
        foreach (var other in new[] { doubled[name].ToString().Split(',')[0], "", "x" })
        {
            var both = Signed("n", _time.GetUtcNow());
            both["RC-" + name] = other;
            Refused(401, 1004, "", both);
        }

        // None of them has spent the nonce.
        Assert.Null(_signature.Verify(Signed("n", _time.GetUtcNow())));
    }

    [Fact]
    public void A_signature_of_another_secret_is_refused()
    {
        var time = Text(_time.GetUtcNow());
        var other = Hash(new string('0', 32) + "n" + time);

        Refused(401, 1004, "Signature", Headers("n", time, other));
        Refused(401, 1004, "Signature", Headers("n", time, Sign("n" + time) + "00"));
        Refused(401, 1004, "Signature", Headers("n", time, Sign("n" + time)[..38]));
    }

    [Fact]
    public void A_time_is_taken_up_to_the_skew_before_and_after_and_not_a_millisecond_more()
    {
        var (now, skew, bit) = (_time.GetUtcNow(), _options.TimestampSkewMax, TimeSpan.FromMilliseconds(1));

        Assert.Null(_signature.Verify(Signed("early", now - skew)));
        Assert.Null(_signature.Verify(Signed("late", now + skew)));
        Refused(401, 1004, "Timestamp", Signed("too early", now - skew - bit));
        Refused(401, 1004, "Timestamp", Signed("too late", now + skew + bit));
    }

    [Theory]
    [InlineData("-1")]
    [InlineData("1e3")]
    [InlineData("99999999999999999999")]
    [InlineData("9999999999999999")]
    public void A_time_that_is_none_is_refused(string time) =>
        Refused(401, 1004, "Timestamp", Headers("n", time, Sign("n" + time)));

    [Fact]
    public void A_nonce_has_at_most_64_characters()
    {
        Assert.Null(_signature.Verify(Signed(new('n', 64), _time.GetUtcNow())));
        Refused(401, 1004, "Nonce", Signed(new('n', 65), _time.GetUtcNow()));
    }

    [Fact]
    public void A_call_cannot_come_again_for_as_long_as_its_time_is_taken()
    {
        var headers = Signed("n", _time.GetUtcNow() + _options.TimestampSkewMax);
        Assert.Null(_signature.Verify(headers));

        _time.Advance(2 * _options.TimestampSkewMax);
        Refused(401, 1004, "Nonce", headers);
        _time.Advance(TimeSpan.FromMilliseconds(1));
        Refused(401, 1004, "Timestamp", headers);
    }

    [Fact]
    public void As_many_nonces_as_have_room_are_taken_and_room_comes_with_time()
    {
        _options.NoncesMax = 2;
        var signature = new CallSignature(new(Tokens.AppKey, Tokens.Secret), _time, Options.Create(_options));
        Assert.Null(signature.Verify(Signed("1", _time.GetUtcNow())));
        Assert.Null(signature.Verify(Signed("2", _time.GetUtcNow())));

        Assert.Equal((429, 1008, true), signature.Verify(Signed("3", _time.GetUtcNow())) is { } refusal
            ? (refusal.Status, refusal.Code, refusal.Retryable) : default);
        _time.Advance(_options.TimestampSkewMax + TimeSpan.FromMilliseconds(1));
        Assert.Null(signature.Verify(Signed("3", _time.GetUtcNow())));
    }

    private void Refused(int status, int code, string word, HeaderDictionary headers)
    {
        var refusal = _signature.Verify(headers);
        Assert.NotNull(refusal);
        Assert.Equal((status, code), (refusal.Status, refusal.Code));
        Assert.Contains(word, refusal.Detail, StringComparison.Ordinal);
    }

    private static HeaderDictionary Signed(string nonce, DateTimeOffset time, string prefix = "") =>
        Headers(nonce, Text(time), Sign(nonce + Text(time)), prefix);

    private static HeaderDictionary Headers(string nonce, string time, string signature, string prefix = "") => new()
    {
        [prefix + "App-Key"] = Tokens.AppKey,
        [prefix + "Nonce"] = nonce,
        [prefix + "Timestamp"] = time,
        [prefix + "Signature"] = signature,
    };

    private static string Sign(string text) => Hash(Tokens.Secret + text);

    // The protocol names it.
#pragma warning disable CA5350
    private static string Hash(string text) => Convert.ToHexStringLower(SHA1.HashData(Encoding.UTF8.GetBytes(text)));
#pragma warning restore CA5350

    private static string Text(DateTimeOffset time) =>
        time.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture);
}
