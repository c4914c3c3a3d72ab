using System.Collections.Immutable;
using ImOrleans.Domain.Conversations;

namespace ImOrleans.Gateway.Sessions;

/// <summary>What a session is told of a push.</summary>
/// <param name="Kind">What.</param>
/// <param name="Connection">The number of the connection that messages are for: they are not written to another.</param>
/// <param name="Messages">The messages, of <see cref="PushVerdictKind.Part"/>.</param>
internal readonly record struct PushVerdict(
    PushVerdictKind Kind, long Connection = 0, ImmutableArray<StoredMessage> Messages = default)
{
    public static PushVerdict None => default;

    public static PushVerdict Notice => new(PushVerdictKind.Notice);

    public static PushVerdict Whole(long connection) => new(PushVerdictKind.Whole, connection);

    public static PushVerdict Part(long connection, ImmutableArray<StoredMessage> messages) =>
        new(PushVerdictKind.Part, connection, messages);
}
