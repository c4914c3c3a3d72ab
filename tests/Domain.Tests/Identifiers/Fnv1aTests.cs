using ImOrleans.Domain.Identifiers;

namespace ImOrleans.Domain.Tests.Identifiers;

/// <summary>The values are the published test vectors of FNV-1a with 64 bits.</summary>
public sealed class Fnv1aTests
{
    [Theory]
    [InlineData("", 0xcbf29ce484222325)]
    [InlineData("a", 0xaf63dc4c8601ec8c)]
    [InlineData("foobar", 0x85944171f73967e8)]
    public void Hash_is_that_of_the_vectors(string text, ulong hash) => Assert.Equal(hash, Fnv1a.Of(text));

    [Fact]
    public void Long_text_is_hashed_like_its_parts() => Assert.Equal(
        Fnv1a.Add(Fnv1a.Of(new string('x', 500)), new string('y', 500)),
        Fnv1a.Of(new string('x', 500) + new string('y', 500)));

    [Fact]
    public void Number_is_hashed_from_its_lowest_byte_on() =>
        Assert.Equal(Fnv1a.Of("ab\0\0\0\0\0\0"), Fnv1a.Add(Fnv1a.OffsetBasis, 0x6261));
}
