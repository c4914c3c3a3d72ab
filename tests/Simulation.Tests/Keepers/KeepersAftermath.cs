using ImOrleans.Domain.Errors;

namespace ImOrleans.Simulation.Tests;

/// <summary>After the last fault everything works, for everybody, and everybody sees the same.</summary>
internal sealed class KeepersAftermath(SimulatedWorld world)
{
    private const string Door = "door";

    /// <summary>Longer than leases, the longest time to live, repeats and the rolling check take together.</summary>
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(50);

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private string? _inside;
    private long _lastToken;

    private Keeping Keeping => world.Keeping!;

    public async Task CheckAsync()
    {
        await Task.Delay(Settling, world.Clock);
        foreach (var standing in Keeping.Keepers.Select(keeper => keeper.StandAsync()).ToArray())
            await standing;
        await Task.Delay(Settling, world.Clock);
        CheckViews("has settled");
        foreach (var keeper in Standing())
            if (!await keeper.SetAsync(keeper.Now!, ofChannel: true) || !await keeper.SetAsync(keeper.Now!, ofChannel: false))
                world.Journal.Violate($"{keeper} could not write after the last fault");
        await Task.Delay(Patience, world.Clock);
        CheckViews("was written");
        await CheckTurnsAsync();
        await CheckLifetimeAsync();
        CheckViews("was locked");
        Keeping.History.Close();
    }

    /// <summary>Everybody has been told what is stored, and knows the locks that it has.</summary>
    private void CheckViews(string when)
    {
        var stored = Keeping.History.Latest(Keeping.ChannelKey);
        var ofUser = Keeping.History.Latest(Keeping.UserKey);
        foreach (var visit in Standing().Select(keeper => keeper.Now!))
        {
            if (visit.Metadata?.Revision != stored.MajorRevision)
                world.Journal.Violate($"{visit} is at {visit.Metadata?.Revision} when {stored.MajorRevision} {when}");
            if (visit.UserMetadata?.Revision != ofUser.MajorRevision)
                world.Journal.Violate($"{visit} is at {visit.UserMetadata?.Revision} of the user when {ofUser.MajorRevision} {when}");
            if (visit.Locks?.ToString() != StoredHistory.Print(stored.Locks))
                world.Journal.Violate($"{visit} sees [{visit.Locks}] when [{StoredHistory.Print(stored.Locks)}] {when}");
            foreach (var (name, (token, _)) in visit.Holding)
                if (!stored.Locks.Any(detail =>
                    detail.Name.Value == name && detail.Owner?.Value == visit.User && detail.FencingToken == token))
                    world.Journal.Violate($"{visit} believes to have {name} by {token} when all {when}");
        }
    }

    /// <summary>Everybody gets a lock in turn, one at a time, each with a greater token; older ones open nothing.</summary>
    private async Task CheckTurnsAsync()
    {
        if (Standing().FirstOrDefault() is not { } first || !await first.SetLockAsync(first.Now!, Door))
        {
            world.Journal.Violate($"No lock could be set after the last fault");
            return;
        }

        if (Keeping.History.Latest(Keeping.ChannelKey).Locks.Single(detail => detail.Name.Value == Door).Owner is { } owner
            && !await first.ReleaseAsync(first.Now!, Door, owner.Value))
            world.Journal.Violate($"{Door} could not be taken from {owner} after the last fault");
        // Who waited since the storm has it now, and does not know what to do with it.
        await Task.Delay(TimeSpan.FromSeconds(1), world.Clock);
        foreach (var turn in Standing().Select(TakeTurnAsync).ToArray())
            await turn;
    }

    private async Task TakeTurnAsync(Keeper keeper)
    {
        var visit = keeper.Now!;
        await keeper.AskAgainAsync(visit);
        var outcome = visit.Holding.ContainsKey(Door) || visit.Waiting.Contains(Door)
            ? default(Outcome<Done>)
            : (await keeper.AcquireAsync(visit, Door, retry: true)).WithoutValue();
        if (outcome.Refusal is { } refusal)
            world.Journal.Violate($"{visit} was refused {Door} after the last fault: {refusal.Code}");
        try
        {
            await visit.Granted(Door).WaitAsync(TimeSpan.FromSeconds(60), world.Clock);
        }
        catch (TimeoutException)
        {
            world.Journal.Violate($"{visit} waits for {Door} for ever");
            return;
        }

        var token = visit.Holding.GetValueOrDefault(Door)?.Token ?? 0;
        if (_inside is not null || token <= _lastToken)
            world.Journal.Violate($"{visit} gets {Door} by {token} after {_lastToken} while [{_inside}] has it");
        (_inside, _lastToken) = (visit.Name, token);
        if (!await keeper.SetGuardedAsync(visit, Door, token))
            world.Journal.Violate($"{visit} has {Door} by {token}, and could not write");
        if (token > 1 && await keeper.SetGuardedAsync(visit, Door, token - 1))
            world.Journal.Violate($"{visit} could write with token {token - 1} while it was {token}");
        _inside = null;
        if (!await keeper.ReleaseAsync(visit, Door, keeper.Name))
            world.Journal.Violate($"{visit} could not give {Door} back after the last fault");
    }

    /// <summary>A lock is kept as long as its owner is there, then for its time to live, and goes to who waits.</summary>
    private async Task CheckLifetimeAsync()
    {
        if (Standing().Take(2).ToArray() is not [var owner, var next])
            return;
        if (!(await owner.AcquireAsync(owner.Now!, Door, retry: false)).IsAccepted
            || !(await next.AcquireAsync(next.Now!, Door, retry: true)).IsAccepted)
            world.Journal.Violate($"{owner} and {next} could not ask for {Door} after the last fault");
        await Task.Delay(TimeSpan.FromSeconds(40), world.Clock);
        var held = Keeping.History.Latest(Keeping.ChannelKey).Locks.Single(detail => detail.Name.Value == Door);
        if (held.Owner?.Value != owner.Name)
            world.Journal.Violate($"{Door} is of [{held.Owner}], and {owner} was there all the time");
        var ttl = TimeSpan.FromSeconds(held.TtlSeconds);
        owner.Now!.Connection.Close(DisconnectCode.None); // Its session waits for it for a while yet.
        await Task.Delay(ttl - TimeSpan.FromSeconds(1), world.Clock);
        if (next.Now!.Holding.ContainsKey(Door))
            world.Journal.Violate($"{Door} did not outlive {owner} by its time to live");
        await Task.Delay(SimulatedUser.PresenceTimeout + Patience, world.Clock);
        if (!next.Now!.Holding.ContainsKey(Door))
            world.Journal.Violate($"{Door} did not go to {next} when {owner} had been away for {ttl}");
    }

    private IEnumerable<Keeper> Standing() =>
        Keeping.Keepers.Where(keeper => keeper.Now is { IsJoined: true, Connection.IsOpen: true });
}
