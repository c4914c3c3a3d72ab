using System.Collections.Concurrent;
using ImOrleans.Domain.Errors;
using ImOrleans.Domain.Identifiers;
using ImOrleans.Grains.Abstractions.Delivery;
using ImOrleans.Grains.Abstractions.Sessions;
using ImOrleans.Grains.Abstractions.SharedData;

namespace ImOrleans.Gateway.Tests.Doubles;

/// <summary>The shared data of a channel or user, as it is scripted.</summary>
internal sealed class FakeSharedDataGrain : FakeGrain, ISharedDataGrain
{
    public MetadataContent Metadata { get; set; } = new(0, []);

    public LockContent Locks { get; set; } = new(0, []);

    /// <summary>The calls that have numbers, as they came.</summary>
    public ConcurrentQueue<SessionCall> Numbered { get; } = new();

    public Task<Outcome<MetadataChanged>> ChangeMetadataAsync(ChangeMetadataRequest request, SessionCall? call = null) =>
        CallAsync<Outcome<MetadataChanged>>("ChangeMetadata", Noted(request, call), () => new MetadataChanged(1));

    public Task<Outcome<MetadataContent>> GetMetadataAsync(SessionCall? call = null) =>
        CallAsync<Outcome<MetadataContent>>("GetMetadata", Noted("", call), () => Metadata);

    public Task<Outcome<SharedDataWatched>> WatchAsync(WatchSharedDataRequest request) =>
        CallAsync<Outcome<SharedDataWatched>>("Watch", request, () => new SharedDataWatched(
            Stamp, request.Metadata ? Metadata : null, request.Locks ? Locks : null));

    public Task<Outcome<Done>> UnwatchAsync(WatchSharedDataRequest request) => DoneAsync("Unwatch", request);

    public Task<Outcome<Done>> LeaveAsync(LeaveSharedDataRequest request) => DoneAsync("Leave", request);

    public Task<Outcome<LockContent>> SetLockAsync(SetLockRequest request, SessionCall? call = null) =>
        LocksAsync("SetLock", Noted(request, call));

    public Task<Outcome<LockContent>> RemoveLockAsync(LockName name, SessionCall? call = null) =>
        LocksAsync("RemoveLock", Noted(name, call));

    public Task<Outcome<LockContent>> GetLocksAsync(SessionCall? call = null) => LocksAsync("GetLocks", Noted("", call));

    public Task<Outcome<LockAnswer>> AcquireLockAsync(AcquireLockRequest request) =>
        CallAsync<Outcome<LockAnswer>>("AcquireLock", request, () => new LockAnswer(Stamp, 1, 0, Locks.Revision));

    public Task<Outcome<LockAnswer>> ForgoLockAsync(ForgoLockRequest request) =>
        CallAsync<Outcome<LockAnswer>>("ForgoLock", request, () => new LockAnswer(Stamp, 0, 0, Locks.Revision));

    public Task<Outcome<Done>> ReleaseLockAsync(LockName name, UserId owner, SessionCall? call = null) =>
        DoneAsync("ReleaseLock", Noted((name, owner), call));

    public Task<Outcome<RouteStamp>> RegisterAsync(SharedDataRegistration registration) =>
        StampAsync("Register", registration);

    /// <summary>What the session of another gateway has here; null when that is not known.</summary>
    public ContentFeed? Content { get; set; }

    public Task<ContentFeed?> DescribeSessionAsync(SessionId session) =>
        CallAsync("DescribeSession", session, () => Content);

    public Task ForgetSessionAsync(SessionId session) => throw new NotSupportedException();

    public Task<bool> MarkAsync(GatewayId gateway) => CallAsync("Mark", gateway, () => true);

    public Task<bool> CheckAsync(RouteCheck check) => CallAsync("Check", check, () => IsKnown);

    private object Noted(object request, SessionCall? call)
    {
        if (call is not null)
            Numbered.Enqueue(call);
        return request;
    }

    private Task<Outcome<LockContent>> LocksAsync(string method, object request) =>
        CallAsync<Outcome<LockContent>>(method, request, () => Locks);
}
