using ImOrleans.Domain.Identifiers;
using ImOrleans.Grains.Abstractions.Delivery;

namespace ImOrleans.Grains.Abstractions.SharedData;

/// <summary>One of the calls of a session for one grain, which it makes one after the other.</summary>
/// <param name="Session">Whose.</param>
/// <param name="Number">
/// Of the sequence of <see cref="RouteUpdate.Generation"/>. A call that a later one of the session has overtaken was given
/// up by its caller, who has gone on: it is not carried out.
/// </param>
[GenerateSerializer, Immutable, Alias("im.SessionCall")]
public sealed record SessionCall(
    [property: Id(0)] SessionId Session,
    [property: Id(1)] long Number);
