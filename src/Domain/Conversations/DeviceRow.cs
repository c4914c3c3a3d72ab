using ImOrleans.Domain.Identifiers;

namespace ImOrleans.Domain.Conversations;

/// <summary>A device of a user, as the store knows it.</summary>
/// <param name="Device">Its name.</param>
/// <param name="SinceUnixMs">
/// Where a conversation has no <see cref="DevicePosition"/> of it, it has received what was stored up to this time.
/// </param>
/// <param name="SeenAtUnixMs">When it was there last.</param>
[GenerateSerializer, Immutable, Alias("im.DeviceRow")]
public sealed record DeviceRow(
    [property: Id(0)] DeviceId Device,
    [property: Id(1)] long SinceUnixMs,
    [property: Id(2)] long SeenAtUnixMs);
