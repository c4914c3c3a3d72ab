using ImOrleans.Grains.Abstractions.MessageChannels;

namespace ImOrleans.Simulation.Tests;

/// <summary>After the last fault everybody hears everything in message channels, and what was missed is there.</summary>
internal sealed class ChannelAftermath(SimulatedWorld world)
{
    /// <summary>Longer than leases, repeats and the rolling check take together.</summary>
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(40);

    /// <summary>Longer than the slowest client takes to be told.</summary>
    private static readonly TimeSpan Delivery = TimeSpan.FromSeconds(10);

    private const int Probes = 3;

    public async Task CheckAsync()
    {
        await Task.Delay(Settling, world.Clock);
        foreach (var standing in world.ChannelUsers.Select(user => user.StandAsync()).ToArray())
            await standing;
        await Task.Delay(Settling, world.Clock);
        CheckPresence();
        await CheckDeliveryAsync();
        foreach (var channel in SimulatedWorld.MessageChannels)
        {
            await CheckReplayAsync(channel, SimulatedWorld.RecentMessagesMax);
            await CheckReplayAsync(channel, SimulatedWorld.RecentMessagesMax + 1);
            await CheckSubscribersMaxAsync(channel);
        }
    }

    /// <summary>Whoever wants to know knows who is there.</summary>
    private void CheckPresence()
    {
        var there = string.Join(',', Standing().Select(visit => visit.User.Name).Order(StringComparer.Ordinal));
        foreach (var visit in Standing())
            foreach (var channel in SimulatedWorld.MessageChannels)
                if (visit.In(world, channel) is { WantsPresence: true } view && view.There != there)
                    world.Journal.Violate($"{visit.Name} believes that {view.There} are in {channel}, which are {there}");
    }

    /// <summary>Every message arrives at each subscriber, once, and no line has a gap any more.</summary>
    private async Task CheckDeliveryAsync()
    {
        var views = Standing()
            .SelectMany(visit => SimulatedWorld.MessageChannels.Select(channel => (visit, channel)))
            .Select(at => (at.visit, at.channel, View: at.visit.In(world, at.channel)))
            .ToArray();
        var gaps = views.Select(at => at.View.Gaps).ToArray();
        var probes = new List<ChannelPublication>();
        foreach (var user in world.ChannelUsers.Where(user => user.User.Now is not null))
            foreach (var channel in SimulatedWorld.MessageChannels)
                for (var i = 0; i < Probes; i++)
                    probes.Add(await user.PublishAsync(user.User.Now!, channel));
        await Task.Delay(Delivery, world.Clock);
        foreach (var probe in probes)
        {
            if (probe.Answer != Publication.Outcome.Accepted)
                world.Journal.Violate($"{probe.Text} was not accepted after the last fault: {probe.Answer}");
            foreach (var (visit, channel, view) in views)
                if (channel == probe.Channel && !view.Line.Contains(probe))
                    world.Journal.Violate($"{probe.Text} did not arrive at {visit.Name}");
        }

        // One gap may be found by the first probe: what was lost in the storm, and has had nothing after it until now.
        foreach (var ((visit, channel, view), before) in views.Zip(gaps))
            if (view.Gaps > before + 1)
                world.Journal.Violate($"{visit.Name} misses messages of {channel} after the last fault");
    }

    /// <summary>Somebody is away while messages come: all of them are there afterwards, or none.</summary>
    private async Task CheckReplayAsync(string channel, int messages)
    {
        if (world.ChannelUsers.FirstOrDefault(user => user.User.Now is not null) is not { } user
            || user.User.Now is not { } visit)
            return;
        var since = visit.In(world, channel).Last;
        await user.UnsubscribeAsync(visit, channel);
        var published = new List<ChannelPublication>();
        for (var i = 0; i < messages; i++)
            published.Add(await user.PublishAsync(visit, channel));
        var isIn = await user.SubscribeAsync(visit, channel, ChannelFeeds.Default, since);
        var there = published.Count(visit.In(world, channel).Line.Contains);
        if (!isIn || there != (messages > SimulatedWorld.RecentMessagesMax ? 0 : messages))
            world.Journal.Violate($"{visit.Name} got {there} of {messages} that were published in {channel} meanwhile");
    }

    /// <summary>Nobody is counted who is not there, and nobody gets in beyond the limit.</summary>
    private async Task CheckSubscribersMaxAsync(string channel)
    {
        for (var i = Standing().Count(); i < SimulatedWorld.MembersMax + 1; i++)
        {
            var guest = new ChannelUser(world, new SimulatedUser(world, $"guest{i}"));
            var isIn = await guest.TryEnterAsync(channel);
            if (isIn != i < SimulatedWorld.MembersMax)
                world.Journal.Violate(
                    $"{guest.User} was {(isIn ? "let in as one too many" : "kept out")} with {i} subscribers of {channel}");
        }
    }

    private IEnumerable<Visit> Standing() => world.ChannelUsers.Select(user => user.User.Now).OfType<Visit>();
}
