using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using ImOrleans.Domain.Errors;
using ImOrleans.Domain.Limits;
using ErrorCode = ImOrleans.Domain.Errors.ErrorCode;

namespace ImOrleans.Domain.Presence;

/// <summary>Which states there can be, and what changes make of them. States are sorted by key.</summary>
public static class StateForm
{
    /// <summary>Says what is wrong with pairs that are to be set; null when nothing is.</summary>
    /// <remarks>
    /// An empty value is none: clients of the original kind hear of a removed key as one with an empty value.
    /// </remarks>
    public static Refusal? Check(IReadOnlyCollection<StateItem> items)
    {
        ArgumentNullException.ThrowIfNull(items);
        if (CheckKeys([.. items.Select(item => item.Key)]) is { } refusal)
            return refusal;
        foreach (var (key, value) in items)
            if (value.Length == 0)
                return new(ErrorCode.PresenceInvalidStateValue, $"The value of '{key}' is empty; remove the key instead.");
            else if (Encoding.UTF8.GetByteCount(value) > PresenceLimits.StateValueBytesMax)
                return new(ErrorCode.PresenceStateValueSizeOverflow, Text(
                    $"The value of '{key}' has more than {PresenceLimits.StateValueBytesMax} bytes."));
        return CheckSize(items);
    }

    /// <summary>Says what is wrong with keys; null when nothing is.</summary>
    public static Refusal? CheckKeys(IReadOnlyCollection<string> keys)
    {
        ArgumentNullException.ThrowIfNull(keys);
        if (keys.Count > PresenceLimits.StatePairsMax)
            return TooMany;
        foreach (var key in keys)
            if (Encoding.UTF8.GetByteCount(key) > PresenceLimits.StateKeyBytesMax)
                return new(ErrorCode.PresenceStateKeySizeOverflow, Text(
                    $"A key has more than {PresenceLimits.StateKeyBytesMax} bytes."));
            else if (key.Length == 0 || key.AsSpan().IndexOfAny('[', ']', '.') >= 0 || key.Any(char.IsControl))
                return new(ErrorCode.PresenceInvalidStateKey, $"'{key}' is no key: it is empty or has one of [ ] .");
        return keys.Distinct(StringComparer.Ordinal).Count() == keys.Count
            ? null
            : new(ErrorCode.PresenceStateDuplicateKey, "A key is there twice.");
    }

    /// <summary>The state with pairs set, or why it would be too much.</summary>
    public static Outcome<ImmutableArray<StateItem>> Set(
        ImmutableArray<StateItem> state, IReadOnlyCollection<StateItem> items)
    {
        var merged = Sorted([.. state.Where(known => items.All(item => item.Key != known.Key)), .. items]);
        if (merged.Length > PresenceLimits.StatePairsMax)
            return TooMany;
        return CheckSize(merged) is { } refusal ? refusal : merged;
    }

    /// <summary>The state without some keys; without any at all when none is named.</summary>
    public static ImmutableArray<StateItem> Remove(ImmutableArray<StateItem> state, IReadOnlyCollection<string> keys) =>
        keys.Count == 0 ? [] : [.. state.Where(known => !keys.Contains(known.Key))];

    /// <summary>The pairs in order of their keys.</summary>
    public static ImmutableArray<StateItem> Sorted(IEnumerable<StateItem> items) =>
        [.. items.OrderBy(item => item.Key, StringComparer.Ordinal)];

    /// <summary>The bytes of all keys and values.</summary>
    public static int BytesOf(IEnumerable<StateItem> items) =>
        items.Sum(item => Encoding.UTF8.GetByteCount(item.Key) + Encoding.UTF8.GetByteCount(item.Value));

    private static Refusal TooMany => new(ErrorCode.PresenceStateCountOverflow, Text(
        $"A state has at most {PresenceLimits.StatePairsMax} pairs."));

    private static Refusal? CheckSize(IEnumerable<StateItem> items) => BytesOf(items) <= PresenceLimits.StateBytesMax
        ? null
        : new(ErrorCode.PresenceStateValueSizeOverflow, Text(
            $"A state has at most {PresenceLimits.StateBytesMax} bytes with all its keys and values."));

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
