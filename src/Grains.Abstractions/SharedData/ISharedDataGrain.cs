using ImOrleans.Domain.Errors;
using ImOrleans.Domain.Identifiers;
using ImOrleans.Grains.Abstractions.Delivery;
using ImOrleans.Grains.Abstractions.Sessions;
using Orleans.CodeGeneration;
using Orleans.Concurrency;

namespace ImOrleans.Grains.Abstractions.SharedData;

/// <summary>
/// What is kept for a channel or a user when everybody has gone: its metadata, and a channel's locks, which may guard
/// them. Key: <see cref="GrainKey.SharedData"/>.
/// </summary>
/// <remarks>
/// <para><b>Guarantee:</b> what is accepted, shown or told is stored. A write is compared with what it builds on, so two
/// activations at once cannot both change the same: one is refused and reads anew.</para>
/// <para>Calls that carry a <see cref="RouteUpdate"/> refuse an old one with <see cref="ErrorCode.RouteStale"/>. Calls
/// that change something and are not certain of it answer <see cref="ErrorCode.StorageOperationTimeout"/> or
/// <see cref="ErrorCode.LockOperationTimeout"/>: done or not. Those that were certainly not done answer
/// <see cref="ErrorCode.StorageOperationFailed"/> or <see cref="ErrorCode.LockOperationFailed"/>. While the store cannot
/// be read, <see cref="ErrorCode.StorageNotAvailable"/> or <see cref="ErrorCode.LockNotAvailable"/>.</para>
/// <para>A call that was given up may still be carried out, but not after a later one of the same session
/// (<see cref="SessionCall"/>; an acquisition has the number of its route): who reads after an unknown outcome knows.</para>
/// <para><b>Cost:</b> a write costs one storage write; a read costs none, but one look at the store when the last was ten
/// seconds ago. To come back with locks that have owners costs one write.</para>
/// </remarks>
[Alias("im.ISharedDataGrain"), Version(1)]
public interface ISharedDataGrain : IGrainWithStringKey
{
    /// <summary>Changes items of the metadata, all or none.</summary>
    /// <remarks>
    /// <b>Errors:</b> <see cref="ErrorCode.StorageInvalidLockName"/>: there is no such lock;
    /// <see cref="ErrorCode.StorageLockNotAcquired"/>: the writer does not have it, or by another grant;
    /// <see cref="ErrorCode.StorageOutdatedRevision"/>; <see cref="ErrorCode.StorageInvalidMetadataItem"/>: an item to be
    /// updated or removed is not there; <see cref="ErrorCode.StorageMetadataLengthOverflow"/>.
    /// </remarks>
    [Alias("ChangeMetadata"), ResponseTimeout("00:00:04")]
    Task<Outcome<MetadataChanged>> ChangeMetadataAsync(ChangeMetadataRequest request, SessionCall? call = null);

    /// <summary>All metadata.</summary>
    [Alias("GetMetadata"), ResponseTimeout("00:00:04")]
    Task<Outcome<MetadataContent>> GetMetadataAsync(SessionCall? call = null);

    /// <summary>Completes when a gateway has got all that was said until now; false when it has not, in time.</summary>
    /// <remarks>Interleaves with every call: it adds to a waiting line and awaits the answer of the gateway.</remarks>
    [Alias("Mark"), AlwaysInterleave, ResponseTimeout("00:00:03")]
    Task<bool> MarkAsync(GatewayId gateway);

    /// <summary>Tells a session of changes from now on; the answer holds where things stand.</summary>
    [Alias("Watch"), ResponseTimeout("00:00:04")]
    Task<Outcome<SharedDataWatched>> WatchAsync(WatchSharedDataRequest request);

    /// <summary>Tells a session of changes no more. What it has or waits for stays.</summary>
    [Alias("Unwatch"), ResponseTimeout("00:00:04")]
    Task<Outcome<Done>> UnwatchAsync(WatchSharedDataRequest request);

    /// <summary>A session goes. An unknown one is fine.</summary>
    [Alias("Leave"), ResponseTimeout("00:00:04")]
    Task<Outcome<Done>> LeaveAsync(LeaveSharedDataRequest request);

    /// <summary>Makes a lock; the answer holds all.</summary>
    /// <remarks>
    /// <b>Errors:</b> <see cref="ErrorCode.LockAlreadyExist"/>; <see cref="ErrorCode.LockOperationFailed"/>: the channel
    /// has 32.
    /// </remarks>
    [Alias("SetLock"), ResponseTimeout("00:00:04")]
    Task<Outcome<LockContent>> SetLockAsync(SetLockRequest request, SessionCall? call = null);

    /// <summary>Takes a lock away, whoever has it or waits for it; the answer holds those that are left.</summary>
    /// <remarks><b>Errors:</b> <see cref="ErrorCode.LockNotExist"/>.</remarks>
    [Alias("RemoveLock"), ResponseTimeout("00:00:04")]
    Task<Outcome<LockContent>> RemoveLockAsync(LockName name, SessionCall? call = null);

    /// <summary>All locks.</summary>
    [Alias("GetLocks"), ResponseTimeout("00:00:04")]
    Task<Outcome<LockContent>> GetLocksAsync(SessionCall? call = null);

    /// <summary>Gives a lock to a session's user, or lets the session wait for it. Never waits itself.</summary>
    /// <remarks>
    /// <b>Guarantee:</b> one owner at a time; the token of a grant is greater than that of every earlier one of the
    /// channel, whatever was restarted or lost meanwhile. A user that has the lock gets the same answer again.
    /// <b>Errors:</b> <see cref="ErrorCode.LockNotExist"/>; <see cref="ErrorCode.LockAcquireFailed"/>: another has it and
    /// the session does not want to wait, or 1000 wait already; <see cref="ErrorCode.LockOperationPerforming"/>: the
    /// session waits for it already.
    /// </remarks>
    [Alias("AcquireLock"), ResponseTimeout("00:00:04")]
    Task<Outcome<LockAnswer>> AcquireLockAsync(AcquireLockRequest request);

    /// <summary>Takes a session out of the queue for a lock. One that does not wait is fine.</summary>
    /// <remarks>
    /// The answer has the token of the session's grant when it came first: then the user has the lock, and keeps it.
    /// </remarks>
    [Alias("ForgoLock"), ResponseTimeout("00:00:04")]
    Task<Outcome<LockAnswer>> ForgoLockAsync(ForgoLockRequest request);

    /// <summary>Takes a lock from its owner; the next that waits gets it.</summary>
    /// <remarks>
    /// A release names the caller, a revocation whom it is taken from.
    /// <b>Errors:</b> <see cref="ErrorCode.LockNotExist"/>; <see cref="ErrorCode.LockNotAcquired"/>: another has it, or
    /// nobody.
    /// </remarks>
    [Alias("ReleaseLock"), ResponseTimeout("00:00:04")]
    Task<Outcome<Done>> ReleaseLockAsync(LockName name, UserId owner, SessionCall? call = null);

    /// <summary>What a session watches, has and awaits here; null when this activation does not know.</summary>
    /// <remarks>
    /// Asked for by the gateway to which its client has come when its own gateway is lost. Interleaves with every call: it
    /// only reads what the last turn has left. One that has nothing here of a gateway that is known has nothing.
    /// </remarks>
    [Alias("DescribeSession"), AlwaysInterleave, ResponseTimeout("00:00:03")]
    Task<ContentFeed?> DescribeSessionAsync(SessionId session);

    /// <summary>Forgets a session whose gateway is lost; an unknown one is fine. Called by the user grain only.</summary>
    [Alias("ForgetSession"), ResponseTimeout("00:00:03")]
    Task ForgetSessionAsync(SessionId session);

    /// <summary>States everything that a gateway's sessions want here; what it does not name is gone.</summary>
    [Alias("Register"), ResponseTimeout("00:00:04")]
    Task<Outcome<RouteStamp>> RegisterAsync(SharedDataRegistration registration);

    /// <summary>True when this activation holds exactly the registration that the gateway believes in.</summary>
    [Alias("Check"), ResponseTimeout("00:00:04")]
    Task<bool> CheckAsync(RouteCheck check);
}
