namespace ImOrleans.Domain.Messages;

/// <summary>How far somebody has got in the messages of a channel.</summary>
/// <param name="Epoch">The life of the channel that the offset belongs to; greater than zero.</param>
/// <param name="Offset">
/// The number of the last message, counted from 1 without gaps; zero before the first. Offsets of different epochs are
/// not to be compared.
/// </param>
[GenerateSerializer, Immutable, Alias("im.MessagePosition")]
public readonly record struct MessagePosition([property: Id(0)] long Epoch, [property: Id(1)] long Offset);
