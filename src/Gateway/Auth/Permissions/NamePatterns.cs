using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Text;

namespace ImOrleans.Gateway.Auth.Permissions;

/// <summary>One list of a token: names, and beginnings of names.</summary>
internal sealed class NamePatterns
{
    /// <summary>Stands for any rest at the end of a pattern, nothing too. No channel or user is called so.</summary>
    private const char AnyRest = '*';

    /// <summary>No name is longer. Unit: bytes of UTF-8.</summary>
    private const int NameBytesMax = 64;

    private readonly FrozenSet<string> _names;
    private readonly ImmutableArray<string> _beginnings;

    /// <summary>Makes a list of patterns that are sound.</summary>
    public NamePatterns(IReadOnlyCollection<string> patterns)
    {
        _names = patterns.Where(pattern => pattern[^1] != AnyRest).ToFrozenSet(StringComparer.Ordinal);
        _beginnings = [.. patterns.Where(pattern => pattern[^1] == AnyRest).Select(pattern => pattern[..^1])];
    }

    /// <summary>
    /// Whether a pattern means something: 1 to 64 bytes, a star at its end not counted, and none elsewhere.
    /// </summary>
    public static bool IsSound(string pattern)
    {
        var name = pattern.EndsWith(AnyRest) ? pattern.AsSpan()[..^1] : pattern;
        return pattern.Length > 0 && !name.Contains(AnyRest) && Encoding.UTF8.GetByteCount(name) <= NameBytesMax;
    }

    /// <summary>Whether a name is in the list. Upper and lower case differ.</summary>
    public bool Match(string name)
    {
        if (_names.Contains(name))
            return true;
        foreach (var beginning in _beginnings)
            if (name.StartsWith(beginning, StringComparison.Ordinal))
                return true;
        return false;
    }
}
