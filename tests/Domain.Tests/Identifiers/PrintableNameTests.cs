using ImOrleans.Domain.Identifiers;

namespace ImOrleans.Domain.Tests.Identifiers;

/// <summary>What topic names and device ids have in common: printable text of any script, measured in bytes.</summary>
public sealed class PrintableNameTests
{
    private const string Euro = "\u20ac"; // 3 bytes of UTF-8.
    private const string Grin = "\U0001f600"; // 4 bytes of UTF-8, two chars.

    public static TheoryData<string?, bool> Lengths { get; } = new()
    {
        { null, false },
        { "", false },
        { "a", true },
        { new string('a', 64), true },
        { new string('a', 65), false },
        { new string('\u00e9', 32), true },
        { new string('\u00e9', 32) + "a", false },
        { Repeat(Euro, 21) + "a", true },
        { Repeat(Euro, 21) + "ab", false },
        { Repeat(Grin, 16), true },
        { Repeat(Grin, 16) + "a", false },
    };

    public static TheoryData<string> BrokenTexts { get; } =
    [
        "a\ud83d",
        "\ud83da",
        "\ude00a",
        "a\ude00\ud83d",
        "a\ufffd",
    ];

    [Theory]
    [MemberData(nameof(Lengths))]
    public void Has_1_to_64_bytes_of_utf8(string? text, bool isAllowed)
    {
        Assert.Equal(isAllowed, TopicName.TryParse(text, out var topic));
        Assert.Equal(isAllowed, DeviceId.TryParse(text, out var device));
        Assert.Equal(isAllowed ? text : null, topic.Value);
        Assert.Equal(isAllowed ? text : null, device.Value);
    }

    [Fact]
    public void Refuses_half_a_surrogate_pair_and_its_replacement()
    {
        foreach (var text in BrokenTexts)
        {
            Assert.False(TopicName.TryParse(text, out _));
            Assert.False(DeviceId.TryParse(text, out _));
        }
    }

    [Fact]
    public void Refuses_every_control_character()
    {
        for (var code = 0; code <= 0xff; code++)
            if (char.IsControl((char)code))
            {
                Assert.False(TopicName.TryParse($"a{(char)code}z", out _), $"A topic took U+{code:X4}.");
                Assert.False(DeviceId.TryParse($"a{(char)code}z", out _), $"A device took U+{code:X4}.");
            }
    }

    [Theory]
    [InlineData("a.b")]
    [InlineData("a*b")]
    [InlineData("a/b")]
    [InlineData(@"a\b")]
    [InlineData("_a")]
    [InlineData("_")]
    public void A_topic_has_no_path_characters_and_no_leading_underscore_but_a_device_may(string text)
    {
        Assert.False(TopicName.TryParse(text, out var topic));
        Assert.Equal(default, topic);
        Assert.True(DeviceId.TryParse(text, out var device));
        Assert.Equal(text, device.ToString());
    }

    [Theory]
    [InlineData("a_")]
    [InlineData("news of today")]
    [InlineData("\u65b0\u805e")]
    public void A_topic_keeps_what_it_takes(string text)
    {
        Assert.True(TopicName.TryParse(text, out var topic));
        Assert.Equal(text, topic.Value);
        Assert.Equal(text, topic.ToString());
    }

    private static string Repeat(string text, int count) => string.Concat(Enumerable.Repeat(text, count));
}
