using ImOrleans.Domain.Identifiers;
using ImOrleans.Domain.Messages;

namespace ImOrleans.Grains.Abstractions.Users;

/// <summary>A message for the user whose grain is called.</summary>
[GenerateSerializer, Immutable, Alias("im.SendUserMessageRequest")]
public sealed record SendUserMessageRequest(
    [property: Id(0)] UserId Publisher,
    [property: Id(1)] Payload Payload);
