using System.Buffers;
using System.Collections.Frozen;
using System.Text;

namespace ImOrleans.Grains.Conversations;

/// <summary>Finds words in a text, in upper and lower case. Safe for several threads.</summary>
internal sealed class SensitiveWords
{
    private readonly SearchValues<string> _words;
    private readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> _known;

    /// <summary>How long the words are that begin with a character, the longest first.</summary>
    private readonly FrozenDictionary<char, int[]> _lengths;

    public SensitiveWords(IReadOnlyCollection<string> words)
    {
        _words = SearchValues.Create([.. words], StringComparison.OrdinalIgnoreCase);
        _known = words.ToFrozenSet(StringComparer.OrdinalIgnoreCase).GetAlternateLookup<ReadOnlySpan<char>>();
        _lengths = words.GroupBy(word => char.ToUpperInvariant(word[0])).ToFrozenDictionary(
            group => group.Key, group => group.Select(word => word.Length).Distinct().OrderDescending().ToArray());
    }

    /// <summary>Whether a text has one of the words.</summary>
    public bool IsIn(ReadOnlySpan<char> text) => text.ContainsAny(_words);

    /// <summary>The text with <paramref name="mask"/> in place of each word: the first, and of those the longest.</summary>
    public string Mask(ReadOnlySpan<char> text, string mask)
    {
        var masked = new StringBuilder(text.Length);
        for (var at = text.IndexOfAny(_words); at >= 0; at = text.IndexOfAny(_words))
        {
            masked.Append(text[..at]).Append(mask);
            text = text[(at + LengthAt(text[at..]))..];
        }

        return masked.Append(text).ToString();
    }

    private int LengthAt(ReadOnlySpan<char> text)
    {
        if (_lengths.TryGetValue(char.ToUpperInvariant(text[0]), out var lengths))
            foreach (var length in lengths)
                if (length <= text.Length && _known.Contains(text[..length]))
                    return length;

        // Two ways to fold case that do not agree: one character is taken away, so that it ends.
        return 1;
    }
}
