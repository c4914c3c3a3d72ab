using ImOrleans.Domain.Conversations;
using ImOrleans.Domain.Errors;
using ImOrleans.Domain.Identifiers;
using ImOrleans.Grains.Abstractions.Inboxes;
using ImOrleans.Grains.Conversations;

namespace ImOrleans.Grains.Inboxes;

/// <summary>The grain of one user's inbox.</summary>
[GrainType("inbox")]
public sealed class InboxGrain(ConversationServices services) : Grain, IInboxGrain
{
    private static readonly Refusal NotAvailable =
        new(ErrorCode.InternalErrror, "The conversations cannot be read or written now; try again.");

    /// <summary>
    /// How far a new device begins before its login: clocks of gateways and silos may differ so much, and what was stored
    /// after the login must not be taken for received. What it gets too much is of the last second.
    /// </summary>
    private static readonly TimeSpan ClockSkew = TimeSpan.FromSeconds(1);

    private UserId _user;

    /// <inheritdoc />
    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _user = new(GrainKey.Split('i', this.GetPrimaryKeyString())[0]);
        return Task.CompletedTask;
    }

    /// <inheritdoc />
    public Task<Outcome<PulledMessages>> PullAsync(PullRequest request) => WithinAsync<PulledMessages>(async log =>
    {
        var now = services.Clock.GetUtcNow().ToUnixTimeMilliseconds();
        var device = await KnownAsync(log, request.Device, request.SinceUnixMs, now);
        return await new InboxReader(log, _user, services.Options.OfflineSince(services.Clock.GetUtcNow()))
            .ReadAsync(device, request.Count);
    });

    /// <inheritdoc />
    public Task<Outcome<Done>> AcknowledgeAsync(AcknowledgeRequest request) => WithinAsync<Done>(async log =>
    {
        await log.WritePositionsAsync(_user, request.Device, request.Positions);
        return default(Done);
    });

    /// <summary>
    /// The device as it is known, or as it is from now on. Where too many are known, the one makes room that was not there
    /// for longest: when it comes again, it gets what waits anew.
    /// </summary>
    private async Task<DeviceRow> KnownAsync(IMessageLog log, DeviceId device, long since, long now)
    {
        var devices = await log.ReadDevicesAsync(_user);
        var known = devices.FirstOrDefault(row => row.Device == device);
        if (known is not null && now - known.SeenAtUnixMs < ConversationOptions.SeenPeriod.TotalMilliseconds)
            return known;
        if (known is null && devices.Length >= ConversationLimits.DevicesMax)
            await log.RemoveDeviceAsync(_user, devices.MinBy(row => row.SeenAtUnixMs)!.Device);

        return await log.TouchDeviceAsync(
            _user, new(device, Math.Max(0, since - (long)ClockSkew.TotalMilliseconds), now));
    }

    private async Task<Outcome<T>> WithinAsync<T>(Func<IMessageLog, Task<Outcome<T>>> work)
    {
        if (services.Log is not { } log)
            return new Refusal(ErrorCode.InternalErrror, "This server stores no conversations.");
        try
        {
            var outcome = await work(log).WaitAsync(services.Options.StoreWait, services.Clock);
            services.Note(null);
            return outcome;
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            services.Note(failure);
            return NotAvailable;
        }
    }
}
