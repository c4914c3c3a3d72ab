using ImOrleans.Domain.Locks;
using ImOrleans.Gateway.Protocols.GoWire.Frames;
using ImOrleans.Gateway.Sessions;
using ImOrleans.Gateway.SharedData;

namespace ImOrleans.Gateway.Protocols.GoWire;

/// <summary>What clients ask of the locks of channels.</summary>
internal sealed class GoLockCalls(LockCalls locks)
{
    /// <summary>Makes a lock. A time to live beyond 31 bits arrives as a negative number, and means what was sent.</summary>
    public async Task<GoReply> SetAsync(Session session, GoRequest read)
    {
        var (channel, type, name) = (read.Channel(1), read.ChannelType(2), read.Lock(3));
        var ttl = (long)unchecked((uint)read.Number(4));
        return read.Refusal ?? GoReply.Of(await locks.SetAsync(session, type, channel, name, ttl));
    }

    public async Task<GoReply> RemoveAsync(Session session, GoRequest read)
    {
        var (channel, type, name) = (read.Channel(1), read.ChannelType(2), read.Lock(3));
        return read.Refusal ?? GoReply.Of(await locks.RemoveAsync(session, type, channel, name));
    }

    public async Task<GoReply> GetAsync(Session session, GoRequest read)
    {
        var (channel, type) = (read.Channel(1), read.ChannelType(2));
        if (read.Refusal is { } refusal)
            return refusal;
        var outcome = await locks.GetAsync(session, type, channel);
        return outcome.Refusal ?? GoReply.With(
            Details(new GoMessageWriter().Text(1, channel.Value).Number(2, (int)type), 3, outcome.Value!.Locks));
    }

    /// <summary>Acquires a lock; with field 4 waiting for it, a little shorter than the SDK does.</summary>
    public async Task<GoReply> AcquireAsync(Session session, GoRequest read)
    {
        var (channel, type, name) = (read.Channel(1), read.ChannelType(2), read.Lock(3));
        if (read.Refusal is { } refusal)
            return refusal;
        return read.Number(4) != 0
            ? GoReply.Of(await locks.AcquireInTimeAsync(session, type, channel, name))
            : GoReply.Of(await locks.AcquireAsync(session, type, channel, name, retry: false));
    }

    public async Task<GoReply> ReleaseAsync(Session session, GoRequest read)
    {
        var (channel, type, name) = (read.Channel(1), read.ChannelType(2), read.Lock(3));
        return read.Refusal ?? GoReply.Of(await locks.ReleaseAsync(session, type, channel, name, session.User));
    }

    public async Task<GoReply> RevokeAsync(Session session, GoRequest read)
    {
        var (channel, type, name) = (read.Channel(1), read.ChannelType(2), read.Lock(3));
        var owner = read.User(4);
        return read.Refusal ?? GoReply.Of(await locks.ReleaseAsync(session, type, channel, name, owner));
    }

    /// <summary>Writes locks, each with its owner, if it has one.</summary>
    public static GoMessageWriter Details(GoMessageWriter message, int field, IEnumerable<LockDetail> locks)
    {
        foreach (var detail in locks)
            message.OneOf(field, new GoMessageWriter()
                .Text(1, detail.Name.Value)
                .Text(2, detail.Owner?.Value)
                .Number(3, detail.TtlSeconds));
        return message;
    }
}
