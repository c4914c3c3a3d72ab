using ImOrleans.Domain.Identifiers;

namespace ImOrleans.Domain.Tests.Identifiers;

public sealed class LockNameTests
{
    [Theory]
    [InlineData("door")]
    [InlineData("a name with spaces, a . and a /")]
    [InlineData("锁")]
    public void Printable_text_is_a_name(string text)
    {
        Assert.True(LockName.TryParse(text, out var name));
        Assert.Equal(text, name.ToString());
    }

    [Fact]
    public void A_name_has_1_to_64_bytes()
    {
        Assert.False(LockName.TryParse("", out _));
        Assert.False(LockName.TryParse(null, out _));
        Assert.True(LockName.TryParse(new string('x', 64), out _));
        Assert.False(LockName.TryParse(new string('x', 65), out _));
        Assert.False(LockName.TryParse(new string('é', 33), out _));
    }

    [Fact]
    public void A_control_character_is_not_printable() => Assert.False(LockName.TryParse("a\0b", out _));
}
