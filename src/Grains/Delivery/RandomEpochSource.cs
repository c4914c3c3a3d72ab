using System.Security.Cryptography;

namespace ImOrleans.Grains.Delivery;

/// <summary>
/// Epochs of the time in milliseconds, with random low bits against two activations in one millisecond.
/// </summary>
public sealed class RandomEpochSource(TimeProvider clock) : IEpochSource
{
    private const int RandomBits = 20;

    /// <inheritdoc />
    public long NextEpoch() =>
        (clock.GetUtcNow().ToUnixTimeMilliseconds() << RandomBits) | (long)RandomNumberGenerator.GetInt32(1 << RandomBits);
}
