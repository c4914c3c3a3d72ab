using System.Globalization;
using ImOrleans.Domain.Conversations;
using Microsoft.Extensions.Options;

namespace ImOrleans.Grains.Conversations;

/// <summary>Words that messages between users must not have.</summary>
/// <remarks><b>Source:</b> feature row RC24. Words are found wherever they are in a text, in upper and lower case.</remarks>
public sealed class SensitiveWordOptions
{
    /// <summary>The section of the configuration.</summary>
    public const string SectionName = "SensitiveWords";

    /// <summary>The most words of both lists together.</summary>
    public const int WordsMax = 10_000;

    /// <summary>The longest word, in UTF-16 units.</summary>
    public const int WordLengthMax = 64;

    /// <summary>The longest mask, in UTF-16 units.</summary>
    public const int MaskLengthMax = 16;

    /// <summary>A message that has one of these is refused with 21501, and not stored.</summary>
    /// <remarks><b>Default:</b> none.</remarks>
    public string[] Shield { get; set; } = [];

    /// <summary>In place of each of these stands the mask, in what is stored and delivered; the sender is told 21502.</summary>
    /// <remarks><b>Default:</b> none.</remarks>
    public string[] Replace { get; set; } = [];

    /// <summary>What stands in place of a word.</summary>
    /// <remarks><b>Default:</b> three asterisks. <b>Range:</b> 0 to <see cref="MaskLengthMax"/> characters.</remarks>
    public string Mask { get; set; } = "***";

    /// <summary>
    /// The types of messages that are looked at, each with the names of the texts in its content, with spaces between.
    /// </summary>
    /// <remarks><b>Default:</b> <c>RC:TxtMsg content</c> and <c>RC:ImgTextMsg title content</c>. <b>Range:</b> at most 100.</remarks>
    public string[] Types { get; set; } = [];

    internal IEnumerable<(string ObjectName, string[] Fields)> LookedAt =>
        (Types.Length == 0 ? ["RC:TxtMsg content", "RC:ImgTextMsg title content"] : Types)
        .Select(type => type.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        .Select(parts => (parts[0], parts[1..]));
}

/// <summary>Checks <see cref="SensitiveWordOptions"/> when the host starts.</summary>
internal sealed class SensitiveWordOptionsValidator : IValidateOptions<SensitiveWordOptions>
{
    private const int TypesMax = 100;

    /// <inheritdoc />
    public ValidateOptionsResult Validate(string? name, SensitiveWordOptions options)
    {
        var failures = Words("Shield", options.Shield).Concat(Words("Replace", options.Replace)).ToList();
        if (options.Shield.Length + options.Replace.Length > SensitiveWordOptions.WordsMax)
            failures.Add(string.Create(
                CultureInfo.InvariantCulture,
                $"SensitiveWords:Shield and SensitiveWords:Replace may have at most {SensitiveWordOptions.WordsMax} words together."));
        if (options.Mask.Length > SensitiveWordOptions.MaskLengthMax || HasHalfPair(options.Mask))
            failures.Add(string.Create(
                CultureInfo.InvariantCulture,
                $"SensitiveWords:Mask may have at most {SensitiveWordOptions.MaskLengthMax} characters."));
        if (options.Types.Length > TypesMax)
            failures.Add(string.Create(CultureInfo.InvariantCulture, $"SensitiveWords:Types may have at most {TypesMax} entries."));
        failures.AddRange(options.Types.Index().Where(entry => !IsType(entry.Item)).Select(entry => string.Create(
            CultureInfo.InvariantCulture,
            $"SensitiveWords:Types:{entry.Index} must be a type and the names of its texts, such as 'RC:TxtMsg content'.")));
        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }

    private static IEnumerable<string> Words(string list, string[] words) => words.Index()
        .Where(entry => entry.Item is not { Length: > 0 and <= SensitiveWordOptions.WordLengthMax } || HasHalfPair(entry.Item))
        .Select(entry => string.Create(
            CultureInfo.InvariantCulture,
            $"SensitiveWords:{list}:{entry.Index} must have 1 to {SensitiveWordOptions.WordLengthMax} characters."));

    private static bool IsType(string? entry) =>
        entry?.Split(' ', StringSplitOptions.RemoveEmptyEntries) is [var type, _, ..] && ObjectName.IsWellFormed(type);

    private static bool HasHalfPair(string text) =>
        text.EnumerateRunes().Any(rune => rune == System.Text.Rune.ReplacementChar);
}
