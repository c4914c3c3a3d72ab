namespace Orleans.Runtime;

/// <summary>Values that flow with a call, and with the calls made in answering it.</summary>
public static class RequestContext
{
    private static readonly AsyncLocal<Dictionary<string, object>?> Values = new();

    public static IEnumerable<string> Keys => Values.Value?.Keys ?? Enumerable.Empty<string>();

    public static IEnumerable<KeyValuePair<string, object>> Entries => Values.Value ?? [];

    /// <summary>The values to send with a call. Never changed once set: a change makes a copy.</summary>
    internal static Dictionary<string, object>? Current
    {
        get => Values.Value;
        set => Values.Value = value;
    }

    public static object? Get(string key) => Values.Value?.GetValueOrDefault(key);

    public static void Set(string key, object value)
    {
        var old = Values.Value;
        Values.Value = old is null
            ? new Dictionary<string, object>(1) { [key] = value }
            : new Dictionary<string, object>(old) { [key] = value };
    }

    public static bool Remove(string key)
    {
        var old = Values.Value;
        if (old is null || !old.ContainsKey(key))
        {
            return false;
        }

        var rest = new Dictionary<string, object>(old);
        rest.Remove(key);
        Values.Value = rest.Count == 0 ? null : rest;
        return true;
    }

    public static void Clear()
    {
        if (Values.Value is not null)
        {
            Values.Value = null;
        }
    }
}
