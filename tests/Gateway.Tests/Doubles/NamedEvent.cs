using ImOrleans.Domain.Messages;
using ImOrleans.Gateway.Sessions;

namespace ImOrleans.Gateway.Tests.Doubles;

/// <summary>An event that is known by a name.</summary>
internal sealed class NamedEvent(
    string name, MessagePriority? priority = null, int bytes = 1, int count = 1, bool isCounted = true,
    bool isOfConnection = false) : SessionEvent
{
    public string Name { get; } = name;

    public override int Bytes => bytes;

    public override MessagePriority? Priority => priority;

    public override int Count => count;

    public override bool IsCounted => isCounted;

    public override bool IsOfConnection => isOfConnection;

    public override string ToString() => Name;
}
