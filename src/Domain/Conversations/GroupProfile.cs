using ImOrleans.Domain.Identifiers;

namespace ImOrleans.Domain.Conversations;

/// <summary>What is known of a group or a discussion besides its members.</summary>
/// <param name="Name">As it is shown, up to 64 characters.</param>
/// <param name="Creator">Who made a discussion; null for a group, which the app server makes.</param>
/// <param name="IsOpen">Whether every member of a discussion may invite, not its creator alone.</param>
/// <param name="IsDismissed">It has ended: nobody is in it, and nobody can come.</param>
[GenerateSerializer, Immutable, Alias("im.GroupProfile")]
public sealed record GroupProfile(
    [property: Id(0)] string Name,
    [property: Id(1)] UserId? Creator,
    [property: Id(2)] bool IsOpen,
    [property: Id(3)] bool IsDismissed);
