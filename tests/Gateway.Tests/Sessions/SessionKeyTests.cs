using System.Buffers.Text;
using System.Text;
using ImOrleans.Domain.Identifiers;
using ImOrleans.Gateway.Sessions;

namespace ImOrleans.Gateway.Tests.Sessions;

public sealed class SessionKeyTests
{
    private static readonly SessionId Session = new(new("host-1-2-ab"), 7);

    [Fact]
    public void A_key_is_read_as_it_was_written()
    {
        var key = SessionKey.New(Session);
        Assert.True(SessionKey.TryParse(key.ToText(), out var read));
        Assert.Equal(key, read);
        Assert.True(key.Matches(read));
    }

    [Fact]
    public void Another_secret_or_another_session_does_not_match()
    {
        var key = SessionKey.New(Session);
        Assert.False(key.Matches(SessionKey.New(Session)));
        Assert.False(key.Matches(key with { Session = new(Session.Gateway, 8) }));
        Assert.False(key.Matches(key with { Secret = "" }));
    }

    [Fact]
    public void A_key_that_is_written_somewhere_does_not_tell_its_secret() =>
        Assert.Equal("host-1-2-ab/7", $"{SessionKey.New(Session)}");

    [Theory]
    [InlineData("")]
    [InlineData("not base64url!")]
    [InlineData("AAAA")]
    public void Anything_else_is_no_key(string text) => Assert.False(SessionKey.TryParse(text, out _));

    [Theory]
    [InlineData("x\nsecret\ngateway")]
    [InlineData("-1\nsecret\ngateway")]
    [InlineData("1\nsecret")]
    [InlineData("1\nsecret\ngateway\nmore")]
    public void Other_content_is_no_key(string content) =>
        Assert.False(SessionKey.TryParse(Base64Url.EncodeToString(Encoding.UTF8.GetBytes(content)), out _));

    [Fact]
    public void A_long_text_is_not_looked_at() =>
        Assert.False(SessionKey.TryParse(new('A', SessionKey.TextLengthMax + 4), out _));
}
