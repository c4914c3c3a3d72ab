using ImOrleans.Domain.Identifiers;

namespace ImOrleans.Grains.Abstractions.Sessions;

/// <summary>A gateway wants a session of another one, since its client has come to it.</summary>
/// <param name="Session">Which.</param>
/// <param name="Secret">What the client was told, and nobody else.</param>
[GenerateSerializer, Immutable, Alias("im.SessionClaim")]
public sealed record SessionClaim(
    [property: Id(0)] SessionId Session,
    [property: Id(1)] string Secret)
{
    /// <inheritdoc />
    public override string ToString() => Session.ToString(); // Without the secret, wherever it is written.
}
