using ImOrleans.TestKit;

namespace ImOrleans.Client.Tests.Fakes;

/// <summary>Reads a feed item by item, with a guard against waiting for ever.</summary>
internal sealed class FeedReader<T>(Feed<T> feed)
    where T : FeedItem
{
    private readonly IAsyncEnumerator<T> _items = feed.GetAsyncEnumerator();

    public async Task<T> NextAsync()
    {
        Assert.True(await _items.MoveNextAsync().AsTask().Guard($"a {typeof(T).Name}"), "The feed has ended.");
        return _items.Current;
    }

    /// <summary>Takes items until one is of a kind and fits.</summary>
    public async Task<TItem> NextAsync<TItem>(Func<TItem, bool>? fits = null)
        where TItem : T
    {
        while (true)
        {
            if (await NextAsync() is TItem item && (fits is null || fits(item)))
                return item;
        }
    }

    /// <summary>Whether the feed has ended, once it has or yields something.</summary>
    public async Task<bool> HasEndedAsync() => !await _items.MoveNextAsync().AsTask().Guard("the feed's end");
}
