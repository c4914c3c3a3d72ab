using ImOrleans.Domain.Identifiers;

namespace ImOrleans.Domain.Tests.Identifiers;

public sealed class UserIdTests
{
    private const string Allowed = "!#$%&()+-:;<=.>?@[]^_{}|~,' ";

    [Fact]
    public void Takes_exactly_the_characters_of_row_R2()
    {
        for (var code = 0; code <= char.MaxValue; code++)
        {
            var c = (char)code;
            var isAllowed = char.IsAsciiLetterOrDigit(c) || Allowed.Contains(c, StringComparison.Ordinal);
            Assert.True(isAllowed == UserId.TryParse($"a{c}z", out _), $"U+{code:X4} was judged wrongly.");
        }
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData(" a")]
    [InlineData("a ")]
    public void Refuses_nothing_and_spaces_at_the_ends(string? text)
    {
        Assert.False(UserId.TryParse(text, out var id));
        Assert.Equal(default, id);
    }

    [Theory]
    [InlineData("_a")]
    [InlineData("a b")]
    [InlineData("a")]
    [InlineData("o'neil.j")]
    public void Keeps_what_it_takes(string text)
    {
        Assert.True(UserId.TryParse(text, out var id));
        Assert.Equal(text, id.Value);
        Assert.Equal(text, id.ToString());
    }

    [Theory]
    [InlineData(1, true)]
    [InlineData(64, true)]
    [InlineData(65, false)]
    public void Has_at_most_64_characters(int length, bool isAllowed) =>
        Assert.Equal(isAllowed, UserId.TryParse(new string('a', length), out _));
}
