namespace ImOrleans.Client;

/// <summary>A place in the messages of a channel.</summary>
/// <param name="Offset">
/// Counts the channel's messages from 1 without gaps; 0 before the first. Offsets of different epochs have nothing to do
/// with each other.
/// </param>
/// <param name="Epoch">The life of the channel that the offset belongs to: a text to be compared, nothing else.</param>
public readonly record struct MessagePosition(long Offset, string Epoch);
