using ImOrleans.Domain.Messages;
using ImOrleans.Domain.Metadata;

namespace ImOrleans.Gateway.Protocols.SignalR;

/// <summary>Metadata and locks.</summary>
internal sealed partial class RtmHub
{
    /// <summary>Seconds; the shortest that there is.</summary>
    private const int LockTtlDefault = 10;

    public Task<Reply> SetChannelMetadata(HubRequest request) => ChangeChannelAsync(request, MetadataChangeKind.Set);

    public Task<Reply> UpdateChannelMetadata(HubRequest request) => ChangeChannelAsync(request, MetadataChangeKind.Update);

    public Task<Reply> RemoveChannelMetadata(HubRequest request) => ChangeChannelAsync(request, MetadataChangeKind.Remove);

    public Task<Reply> GetChannelMetadata(HubRequest request) => CallAsync(
        request,
        async (session, read) =>
        {
            var channel = read.Channel();
            var type = MetadataReader.ChannelTypeOf(read);
            return read.Refusal is { } refusal
                ? refusal
                : Answer(await metadata.GetAsync(session, type, channel.Value), SharedDataWriter.Describe);
        },
        session => session.Limits.TakeMetadata());

    public Task<Reply> SetUserMetadata(HubRequest request) => ChangeUserAsync(request, MetadataChangeKind.Set);

    public Task<Reply> UpdateUserMetadata(HubRequest request) => ChangeUserAsync(request, MetadataChangeKind.Update);

    public Task<Reply> RemoveUserMetadata(HubRequest request) => ChangeUserAsync(request, MetadataChangeKind.Remove);

    public Task<Reply> GetUserMetadata(HubRequest request) => CallAsync(
        request,
        async (session, read) =>
        {
            var user = read.User("userId");
            return read.Refusal is { } refusal
                ? refusal
                : Answer(await metadata.GetAsync(session, ChannelType.User, user.Value), SharedDataWriter.Describe);
        },
        session => session.Limits.TakeMetadata());

    public Task<Reply> SubscribeUserMetadata(HubRequest request) => CallAsync(
        request,
        async (session, read) =>
        {
            var user = read.User("userId");
            return read.Refusal is { } refusal
                ? refusal
                : Answer(await metadata.SubscribeUserAsync(session, user), SharedDataWriter.Describe);
        },
        session => session.Limits.TakeMetadata());

    public Task<Reply> UnsubscribeUserMetadata(HubRequest request) => CallAsync(
        request,
        async (session, read) =>
        {
            var user = read.User("userId");
            return read.Refusal is { } refusal ? refusal : Answer(await metadata.UnsubscribeUserAsync(session, user));
        },
        session => session.Limits.TakeMetadata());

    public Task<Reply> SetLock(HubRequest request) => CallAsync(request, async (session, read) =>
    {
        var channel = read.Channel();
        var type = MetadataReader.ChannelTypeOf(read);
        var name = MetadataReader.Lock(read);
        var ttl = read.Number("ttl") ?? LockTtlDefault;
        return read.Refusal is { } refusal
            ? refusal
            : Answer(
                await locks.SetAsync(session, type, channel, name, ttl),
                SharedDataWriter.Describe);
    });

    public Task<Reply> RemoveLock(HubRequest request) => CallAsync(request, async (session, read) =>
    {
        var channel = read.Channel();
        var type = MetadataReader.ChannelTypeOf(read);
        var name = MetadataReader.Lock(read);
        return read.Refusal is { } refusal
            ? refusal
            : Answer(
                await locks.RemoveAsync(session, type, channel, name),
                SharedDataWriter.Describe);
    });

    public Task<Reply> GetLocks(HubRequest request) => CallAsync(request, async (session, read) =>
    {
        var channel = read.Channel();
        var type = MetadataReader.ChannelTypeOf(read);
        return read.Refusal is { } refusal
            ? refusal
            : Answer(
                await locks.GetAsync(session, type, channel),
                SharedDataWriter.Describe);
    });

    public Task<Reply> AcquireLock(HubRequest request) => CallAsync(
        request,
        async (session, read) =>
        {
            var channel = read.Channel();
            var type = MetadataReader.ChannelTypeOf(read);
            var name = MetadataReader.Lock(read);
            var retry = read.Flag("retry", false);
            if (read.Refusal is { } refusal)
                return refusal;
            var outcome = await locks.AcquireAsync(session, type, channel, name, retry);
            return Answer(outcome, answer => answer.FencingToken > 0
                ? new { acquired = true, queued = false, fencingToken = answer.FencingToken, revision = answer.Revision }
                : (object)new { acquired = false, queued = true, revision = answer.Revision });
        },
        session => session.Limits.TakeLockAcquire());

    public Task<Reply> ReleaseLock(HubRequest request) => CallAsync(request, async (session, read) =>
    {
        var channel = read.Channel();
        var type = MetadataReader.ChannelTypeOf(read);
        var name = MetadataReader.Lock(read);
        return read.Refusal is { } refusal
            ? refusal
            : Answer(await locks.ReleaseAsync(session, type, channel, name, session.User));
    });

    public Task<Reply> RevokeLock(HubRequest request) => CallAsync(request, async (session, read) =>
    {
        var channel = read.Channel();
        var type = MetadataReader.ChannelTypeOf(read);
        var name = MetadataReader.Lock(read);
        var owner = read.User("owner");
        return read.Refusal is { } refusal
            ? refusal
            : Answer(await locks.ReleaseAsync(session, type, channel, name, owner));
    });

    private Task<Reply> ChangeChannelAsync(HubRequest request, MetadataChangeKind kind) => CallAsync(
        request,
        async (session, read) =>
        {
            var channel = read.Channel();
            var type = MetadataReader.ChannelTypeOf(read);
            var change = MetadataReader.Change(read, session.User, kind);
            return read.Refusal is { } refusal
                ? refusal
                : Answer(
                    await metadata.ChangeAsync(session, type, channel.Value, change),
                    changed => new { majorRevision = changed.MajorRevision });
        },
        session => session.Limits.TakeMetadata());

    private Task<Reply> ChangeUserAsync(HubRequest request, MetadataChangeKind kind) => CallAsync(
        request,
        async (session, read) =>
        {
            var user = read.User("userId");
            var change = MetadataReader.Change(read, session.User, kind);
            return read.Refusal is { } refusal
                ? refusal
                : Answer(
                    await metadata.ChangeAsync(session, ChannelType.User, user.Value, change),
                    changed => new { majorRevision = changed.MajorRevision });
        },
        session => session.Limits.TakeMetadata());
}
