using ImOrleans.Domain.Identifiers;
using ImOrleans.Domain.Messages;

namespace ImOrleans.Domain.Tests.Identifiers;

public sealed class GrainKeyTests
{
    // The characters of a key itself, a digit that a length can end in, and one to four bytes of UTF-8.
    private static readonly string[] Pieces = [":", "0", "1", "2", "9", "t:", "a", "\u00e9", "\u20ac", "\U0001f600"];

    [Fact]
    public void Each_kind_has_its_own_letter()
    {
        Assert.Equal("u:3:ann", GrainKey.User(new("ann")));
        Assert.Equal("s:5:lobby", GrainKey.StreamChannel(new("lobby")));
        Assert.Equal("m:5:lobby", GrainKey.MessageChannel(new("lobby")));
        Assert.Equal("t:5:lobby4:news", GrainKey.Topic(new("lobby"), new("news")));
        Assert.Equal("d:1:25:lobby", GrainKey.SharedData(ChannelType.Stream, "lobby"));
        Assert.Equal("d:1:15:lobby", GrainKey.SharedData(ChannelType.Message, "lobby"));
        Assert.Equal("d:1:33:ann", GrainKey.SharedData(ChannelType.User, "ann"));
    }

    [Fact]
    public void A_length_counts_bytes_of_utf8() =>
        Assert.Equal("t:1:a3:\u20ac", GrainKey.Topic(new("a"), new("\u20ac")));

    [Fact]
    public void Split_reads_back_what_join_wrote()
    {
        var random = new Random(4711);
        for (var round = 0; round < 20_000; round++)
        {
            var parts = RandomParts(random);
            Assert.Equal(parts, GrainKey.Split('t', GrainKey.Join('t', parts)));
        }
    }

    [Fact]
    public void No_two_choices_of_names_make_the_same_key()
    {
        var random = new Random(1879);
        var known = new Dictionary<string, string[]>();
        for (var round = 0; round < 100_000; round++)
        {
            var parts = RandomParts(random);
            var key = GrainKey.Join('t', parts);
            if (known.TryAdd(key, parts))
                continue;
            Assert.True(known[key].SequenceEqual(parts), $"'{key}' stands for two choices of names.");
        }
    }

    [Fact]
    public void A_name_that_looks_like_the_rest_of_a_key_makes_another_key() =>
        Assert.NotEqual(GrainKey.Join('t', "a", "1:b"), GrainKey.Join('t', "a1:1", "b"));

    [Theory]
    [InlineData("")]
    [InlineData("t")]
    [InlineData("t1:a")]
    [InlineData("u:1:a")]
    [InlineData("t:a")]
    [InlineData("t:1a")]
    [InlineData("t::a")]
    [InlineData("t:2:a")]
    [InlineData("t:1:ab")]
    [InlineData("t:-1:a")]
    [InlineData("t:+1:a")]
    [InlineData("t: 1:a")]
    [InlineData("t:1:\u00e9")]
    [InlineData("t:99999999999:a")]
    [InlineData("t:2147483647:a")]
    public void Split_refuses_what_join_never_writes(string key) =>
        Assert.Throws<FormatException>(() => GrainKey.Split('t', key));

    private static string[] RandomParts(Random random)
    {
        var parts = new string[random.Next(1, 4)];
        for (var i = 0; i < parts.Length; i++)
            parts[i] = string.Concat(random.GetItems(Pieces, random.Next(0, 5)));
        return parts;
    }
}
