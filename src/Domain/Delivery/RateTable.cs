using System.Runtime.InteropServices;

namespace ImOrleans.Domain.Delivery;

/// <summary>A rate limit for each of many: a <see cref="TokenBucket"/> a key. Safe for concurrent use.</summary>
/// <remarks>
/// A bucket that nobody took from for a second is full again, and is forgotten without a difference. So nobody has to tell
/// when a key is done with, and going away and coming back gains nothing.
/// <b>Bound:</b> in each of <see cref="StripesCount"/> parts twice as many as were used within the last second, and at
/// least <see cref="KeptMin"/>.
/// </remarks>
/// <param name="ratePerSecond">Permits that come back each second for each key; also the most that are saved up.</param>
/// <param name="clock">The clock whose monotonic timestamps count.</param>
public sealed class RateTable<TKey>(double ratePerSecond, TimeProvider clock)
    where TKey : notnull
{
    /// <summary>Parts that do not wait for each other.</summary>
    public const int StripesCount = 16;

    /// <summary>Keys of one part that are kept without a look whether they are idle.</summary>
    public const int KeptMin = 64;

    private static readonly TimeSpan RefillTime = TimeSpan.FromSeconds(1);

    private readonly Stripe[] _stripes = [.. Enumerable.Range(0, StripesCount).Select(_ => new Stripe())];

    /// <summary>Permits a second for each key.</summary>
    public double RatePerSecond { get; } = ratePerSecond;

    /// <summary>How many keys are kept now.</summary>
    public int Count => _stripes.Sum(stripe =>
    {
        lock (stripe)
            return stripe.Buckets.Count;
    });

    /// <summary>Takes a permit of the key, or tells how long until there is one.</summary>
    /// <param name="key">Whose.</param>
    /// <param name="retryAfter">Zero when a permit was taken.</param>
    public bool TryTake(TKey key, out TimeSpan retryAfter)
    {
        var stripe = StripeOf(key);
        lock (stripe)
        {
            if (stripe.Buckets.Count >= stripe.KeptMax && !stripe.Buckets.ContainsKey(key))
                ForgetIdle(stripe);
            ref var entry = ref CollectionsMarshal.GetValueRefOrAddDefault(stripe.Buckets, key, out var isKnown);
            if (!isKnown)
                entry.Bucket = new(RatePerSecond);
            entry.UsedAt = clock.GetTimestamp();
            return entry.Bucket.TryTake(clock, out retryAfter);
        }
    }

    /// <summary>Gives a permit back that was taken for something which is not done after all.</summary>
    public void GiveBack(TKey key)
    {
        var stripe = StripeOf(key);
        lock (stripe)
        {
            ref var entry = ref CollectionsMarshal.GetValueRefOrNullRef(stripe.Buckets, key);
            if (!System.Runtime.CompilerServices.Unsafe.IsNullRef(ref entry))
                entry.Bucket.GiveBack();
        }
    }

    private Stripe StripeOf(TKey key) => _stripes[(uint)key.GetHashCode() % StripesCount];

    private void ForgetIdle(Stripe stripe)
    {
        foreach (var (key, entry) in stripe.Buckets)
            if (clock.GetElapsedTime(entry.UsedAt) >= RefillTime)
                stripe.Buckets.Remove(key);
        stripe.KeptMax = Math.Max(KeptMin, stripe.Buckets.Count * 2);
    }

    private struct Entry
    {
        public TokenBucket Bucket;
        public long UsedAt;
    }

    private sealed class Stripe
    {
        public Dictionary<TKey, Entry> Buckets { get; } = [];

        public int KeptMax { get; set; } = KeptMin;
    }
}
