namespace ImOrleans.Bench.Stores;

/// <summary>Something that is closed asynchronously, in code that is not.</summary>
internal static class Held
{
    /// <summary>Holds a value until it is disposed of.</summary>
    /// <param name="value">What is held.</param>
    /// <param name="openAsync">What it needs before it can be used.</param>
    public static Held<T> Of<T>(T value, Func<T, Task>? openAsync = null)
        where T : IAsyncDisposable
    {
        openAsync?.Invoke(value).GetAwaiter().GetResult();
        return new(value);
    }
}

/// <summary>See <see cref="Held"/>.</summary>
internal sealed class Held<T>(T value) : IDisposable
    where T : IAsyncDisposable
{
    /// <summary>What is held.</summary>
    public T Value => value;

    /// <inheritdoc />
    public void Dispose() => value.DisposeAsync().AsTask().GetAwaiter().GetResult();
}
