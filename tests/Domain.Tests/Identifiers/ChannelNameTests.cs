using ImOrleans.Domain.Identifiers;

namespace ImOrleans.Domain.Tests.Identifiers;

public sealed class ChannelNameTests
{
    private const string Allowed = "!#$%&()+-:;<=>?@[]^_{}|~,` ";

    [Fact]
    public void Takes_exactly_the_characters_of_row_R3()
    {
        for (var code = 0; code <= char.MaxValue; code++)
        {
            var c = (char)code;
            var isAllowed = char.IsAsciiLetterOrDigit(c) || Allowed.Contains(c, StringComparison.Ordinal);
            Assert.True(isAllowed == ChannelName.TryParse($"a{c}z", out _), $"U+{code:X4} was judged wrongly.");
        }
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData(" a")]
    [InlineData("a ")]
    [InlineData("_a")]
    [InlineData("_")]
    public void Refuses_nothing_spaces_at_the_ends_and_a_leading_underscore(string? text)
    {
        Assert.False(ChannelName.TryParse(text, out var id));
        Assert.Equal(default, id);
    }

    [Theory]
    [InlineData("a_")]
    [InlineData("a b")]
    [InlineData("`a`")]
    public void Keeps_what_it_takes(string text)
    {
        Assert.True(ChannelName.TryParse(text, out var id));
        Assert.Equal(text, id.Value);
        Assert.Equal(text, id.ToString());
    }

    [Theory]
    [InlineData(1, true)]
    [InlineData(64, true)]
    [InlineData(65, false)]
    public void Has_at_most_64_characters(int length, bool isAllowed) =>
        Assert.Equal(isAllowed, ChannelName.TryParse(new string('a', length), out _));

    [Fact]
    public void A_channel_of_the_server_s_own_cannot_be_named()
    {
        var name = ChannelName.Reserved("im:101");
        Assert.True(name.IsReserved);
        Assert.False(ChannelName.TryParse(name.Value, out _));
        Assert.True(ChannelName.TryParse("a_", out var other));
        Assert.False(other.IsReserved);
        Assert.False(default(ChannelName).IsReserved);
    }
}
