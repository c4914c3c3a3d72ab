using System.Collections.Immutable;
using ImOrleans.Gateway.Auth.Permissions;

namespace ImOrleans.Gateway.Auth.Rtm2;

/// <summary>What an RTM2 access token says, before anything of it is believed.</summary>
/// <param name="AppId">The app that it is for.</param>
/// <param name="IssuedAt">When it was issued, in Unix seconds.</param>
/// <param name="Lifetime">How long after that it is in force, in seconds.</param>
/// <param name="Salt">A number that varies the key of the signature.</param>
/// <param name="Services">What it is good for, as far as the services are known here.</param>
internal sealed record Rtm2Token(
    string AppId, uint IssuedAt, uint Lifetime, uint Salt, ImmutableArray<Rtm2Service> Services);

/// <summary>One service that a token opens.</summary>
/// <param name="Type">Which.</param>
/// <param name="Privileges">Privilege to its lifetime in seconds after the token's issue; 0: as long as the token.</param>
/// <param name="UserId">Whom it is for; empty when it names nobody.</param>
/// <param name="Channel">The channel that it is for; null when the service has none.</param>
/// <param name="Permissions">What may be read and written; null when it lists nothing, which restricts nothing.</param>
internal sealed record Rtm2Service(
    Rtm2ServiceType Type, ImmutableDictionary<ushort, uint> Privileges, string UserId, string? Channel = null,
    ResourcePermissions? Permissions = null);
