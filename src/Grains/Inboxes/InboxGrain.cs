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
    private UserId _user;

    /// <inheritdoc />
    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _user = new(GrainKey.Split('i', this.GetPrimaryKeyString())[0]);
        return Task.CompletedTask;
    }

    /// <inheritdoc />
    public Task<Outcome<PulledMessages>> PullAsync(PullRequest request) => InboxStore.WithinAsync<PulledMessages>(
        services,
        async log =>
        {
            var device = await KnownAsync(log, request);
            return await new InboxReader(log, _user, services.Options.OfflineSince(services.Clock.GetUtcNow()))
                .ReadAsync(device, request.Count);
        });

    /// <inheritdoc />
    public Task<Outcome<Done>> AcknowledgeAsync(AcknowledgeRequest request) => InboxStore.WithinAsync<Done>(
        services,
        async log =>
        {
            await log.WritePositionsAsync(_user, request.Device, request.Positions);
            return default(Done);
        });

    /// <inheritdoc />
    public Task<Outcome<UserGroups>> GetGroupsAsync() =>
        InboxStore.WithinAsync<UserGroups>(services, async log => await InboxEntries.ReadGroupsAsync(log, _user));

    /// <summary>
    /// The device as it is known, or as it is from now on. Where too many are known, the one makes room that was not there
    /// for longest: when it comes again, it gets what waits anew.
    /// </summary>
    private async Task<DeviceRow> KnownAsync(IMessageLog log, PullRequest request)
    {
        var now = services.Clock.GetUtcNow().ToUnixTimeMilliseconds();
        var devices = await log.ReadDevicesAsync(_user);
        var known = devices.FirstOrDefault(row => row.Device == request.Device);
        if (known is not null && now - known.SeenAtUnixMs < ConversationOptions.SeenPeriod.TotalMilliseconds)
            return known;
        if (known is null && devices.Length >= ConversationLimits.DevicesMax)
            await log.RemoveDeviceAsync(_user, devices.MinBy(row => row.SeenAtUnixMs)!.Device);
        return known is null && request.FromNow
            ? await BeginNowAsync(log, request.Device, now)
            : await log.TouchDeviceAsync(_user, new(request.Device, 0, now));
    }

    /// <summary>
    /// A device that has received all that there is. What comes next may have the time of the last message, so the device
    /// begins a millisecond before it, and with the places of the conversations that have got so far.
    /// </summary>
    private async Task<DeviceRow> BeginNowAsync(IMessageLog log, DeviceId device, long now)
    {
        var entries = new InboxEntries(log, _user);
        while (await entries.NextAsync() is not null)
        {
            // Only how far they are matters.
        }

        var row = await log.TouchDeviceAsync(_user, new(device, Math.Max(0, entries.AsOfUnixMs - 1), now));
        foreach (var places in entries.Newest.Chunk(ConversationLimits.PageMessagesMax))
            await log.WritePositionsAsync(_user, device, places);
        return row;
    }
}
