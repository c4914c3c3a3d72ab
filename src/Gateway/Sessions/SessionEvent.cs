using ImOrleans.Domain.Messages;

namespace ImOrleans.Gateway.Sessions;

/// <summary>
/// Something that sessions are told, in no protocol yet. One object goes to all sessions that want it, and keeps what a
/// protocol made of it, so that it is encoded once however many sessions there are.
/// </summary>
internal abstract class SessionEvent
{
    private object? _encoded;
    private object[] _encodedOtherwise = [];

    /// <summary>Roughly the room that it takes in a queue, in bytes.</summary>
    public virtual int Bytes => 256;

    /// <summary>How early it is dropped when the session is slow; null when it must arrive.</summary>
    public virtual MessagePriority? Priority => null;

    /// <summary>How many events of the client's this stands for.</summary>
    public virtual int Count => 1;

    /// <summary>True when clients count it among the events of their session.</summary>
    public virtual bool IsCounted => true;

    /// <summary>True when it means nothing on another connection: it is forgotten with the one that it was for.</summary>
    public virtual bool IsOfConnection => false;

    /// <summary>
    /// The event in a protocol's form, kept for each protocol. Two threads may encode at once; the results are equal.
    /// </summary>
    public TEncoded Encoded<TEncoded>(Func<SessionEvent, TEncoded> encode)
        where TEncoded : class
    {
        var first = Volatile.Read(ref _encoded);
        if (first is TEncoded known)
            return known;
        var others = Volatile.Read(ref _encodedOtherwise);
        foreach (var other in others)
            if (other is TEncoded found)
                return found;
        var encoded = encode(this);
        if (first is null)
            Volatile.Write(ref _encoded, encoded);
        else
            Volatile.Write(ref _encodedOtherwise, [.. others, encoded]);
        return encoded;
    }
}
