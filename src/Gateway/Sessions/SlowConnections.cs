using System.Diagnostics.CodeAnalysis;
using ImOrleans.Domain.Identifiers;

namespace ImOrleans.Gateway.Sessions;

/// <summary>
/// The devices whose connection was cut because they read too slowly. They cannot be told then, since nothing reaches
/// them, but when they connect again. Safe for concurrent use.
/// </summary>
/// <remarks><b>Bound:</b> the last <see cref="KeptMax"/> of this gateway, none for longer than <see cref="AgeMax"/>.</remarks>
internal sealed class SlowConnections(TimeProvider clock)
{
    /// <summary>Devices that are kept; one more forgets the oldest.</summary>
    internal const int KeptMax = 4096;

    /// <summary>As long as a session may outlive its connection.</summary>
    internal static readonly TimeSpan AgeMax = TimeSpan.FromMinutes(5);

    private readonly Lock _gate = new();
    private readonly Dictionary<(UserId, DeviceId), LinkedListNode<Cut>> _known = [];
    private readonly LinkedList<Cut> _line = new();

    /// <summary>A device was cut off.</summary>
    /// <param name="user">Whose.</param>
    /// <param name="device">Which.</param>
    /// <param name="lost">Events that are lost with its session; zero when the session goes on.</param>
    public void Note(UserId user, DeviceId device, long lost)
    {
        lock (_gate)
        {
            Remove((user, device));
            _known[(user, device)] = _line.AddLast(new Cut((user, device), lost, clock.GetTimestamp()));
            if (_line.Count > KeptMax)
                Remove(_line.First!.Value.Key);
        }
    }

    /// <summary>True when the device was cut off, and has not connected since.</summary>
    public bool TryFind(UserId user, DeviceId device, [NotNullWhen(true)] out long? lost)
    {
        lock (_gate)
        {
            lost = _known.TryGetValue((user, device), out var node) && clock.GetElapsedTime(node.Value.At) < AgeMax
                ? node.Value.Lost
                : null;
            return lost is not null;
        }
    }

    /// <summary>The device has been told, or it does not matter any more.</summary>
    public void Forget(UserId user, DeviceId device)
    {
        lock (_gate)
            Remove((user, device));
    }

    private void Remove((UserId, DeviceId) key)
    {
        if (_known.Remove(key, out var node))
            _line.Remove(node);
    }

    private sealed record Cut((UserId, DeviceId) Key, long Lost, long At);
}
