using System.Globalization;
using ImOrleans.Domain.Conversations;
using ImOrleans.Domain.Errors;
using ImOrleans.Domain.Identifiers;
using ImOrleans.Grains.Abstractions.Inboxes;
using ImOrleans.Grains.Conversations;
using ImOrleans.Grains.Delivery;
using ImOrleans.Grains.Diagnostics;
using Microsoft.Extensions.Logging;

namespace ImOrleans.Grains.Inboxes;

/// <summary>The grain of one user's inbox.</summary>
[GrainType("inbox")]
public sealed partial class InboxGrain(
    ConversationServices services, [PersistentState("inbox")] IPersistentState<InboxState> stored, IEpochSource epochs,
    ILogger<InboxGrain> logger) : Grain, IInboxGrain
{
    private readonly ILogger _logger = logger;
    private UserId _user;
    private InboxSettings _settings = null!;

    /// <inheritdoc />
    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _user = new(GrainKey.Split('i', this.GetPrimaryKeyString())[0]);
        var (epoch, writes) = (epochs.NextEpoch(), 0L);
        _settings = new(new(stored, () => string.Create(CultureInfo.InvariantCulture, $"{epoch}.{++writes}")));
        return Task.CompletedTask;
    }

    /// <inheritdoc />
    public Task<Outcome<PulledMessages>> PullAsync(PullRequest request) => InboxStore.WithinAsync<PulledMessages>(
        services,
        async log =>
        {
            if (await _settings.ReadAsync() is not { } settings)
                return InboxStore.NotAvailable;
            var device = await KnownAsync(log, request);
            return await new InboxReader(
                log, _user, services.Options.OfflineSince(services.Clock.GetUtcNow(), settings.OfflineDays))
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

    /// <inheritdoc />
    public Task<Outcome<Done>> BlockAsync(UserId user) =>
        ChangeAsync(settings => InboxRules.Block(settings, user), ErrorCode.BlackAddError);

    /// <inheritdoc />
    public Task<Outcome<Done>> UnblockAsync(UserId user) =>
        ChangeAsync(settings => InboxRules.Unblock(settings, user), ErrorCode.BlackRemoveError);

    /// <inheritdoc />
    public async Task<Outcome<Blacklist>> GetBlacklistAsync() => await _settings.ReadAsync() is { } settings
        ? new Blacklist([.. settings.Blacklist.Select(id => new UserId(id))])
        : ErrorCode.BlackGetstatusError;

    /// <inheritdoc />
    /// <remarks>Interleaves with everything: it reads what is stored, and waits only where that is being found out.</remarks>
    public async Task<Outcome<bool>> IsBlockedAsync(UserId user) => await _settings.ReadAsync() is { } settings
        ? InboxRules.IsBlocked(settings, user)
        : ErrorCode.BlackGetstatusError;

    /// <inheritdoc />
    public Task<Outcome<Done>> SetOfflineDaysAsync(int days) =>
        ChangeAsync(settings => InboxRules.Keep(settings, days), ErrorCode.InternalErrror);

    private async Task<Outcome<Done>> ChangeAsync(Func<InboxState, Outcome<InboxState>> decide, ErrorCode failed)
    {
        var failedBefore = _settings.Failure;
        var outcome = await _settings.ChangeAsync(decide, failed);
        if (_settings.Failure is { } failure && failure != failedBefore)
            LogWriteFailed(_user.Value, failure);
        return outcome;
    }

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
        foreach (var places in entries.Newest.Concat(entries.NewestLeft).Chunk(ConversationLimits.PageMessagesMax))
            await log.WritePositionsAsync(_user, device, places);
        return row;
    }

    [LoggerMessage(LogEventIds.InboxWriteFailed, LogLevel.Warning,
        "What user {UserId} has set for its messages could not be stored or read; it is tried again when it is needed")]
    private partial void LogWriteFailed(string userId, Exception failure);
}
