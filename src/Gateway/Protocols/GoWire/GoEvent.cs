namespace ImOrleans.Gateway.Protocols.GoWire;

/// <summary>An event as the wire has it: whole frames, none when the wire has no form for it.</summary>
/// <param name="frames">The bytes.</param>
internal sealed class GoEvent(byte[] frames)
{
    /// <summary>Something that clients of this wire are not told.</summary>
    public static readonly GoEvent None = new([]);

    public ReadOnlyMemory<byte> Frames { get; } = frames;

    /// <summary>Several events for one write.</summary>
    public static GoEvent Join(IEnumerable<GoEvent> events)
    {
        var parts = events.ToList();
        var frames = new byte[parts.Sum(part => part.Frames.Length)];
        var rest = frames.AsMemory();
        foreach (var part in parts)
        {
            part.Frames.CopyTo(rest);
            rest = rest[part.Frames.Length..];
        }

        return new(frames);
    }
}
