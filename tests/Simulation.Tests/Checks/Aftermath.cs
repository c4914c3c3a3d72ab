namespace ImOrleans.Simulation.Tests;

/// <summary>After the last fault everything works, for everybody, and everybody sees the same.</summary>
internal sealed class Aftermath(SimulatedWorld world)
{
    /// <summary>Longer than leases, recovery, repeats and the rolling check take together.</summary>
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(40);

    private const int Probes = 3;

    public async Task CheckAsync()
    {
        await Task.Delay(Settling, world.Clock);
        foreach (var standing in world.Users.Select(user => user.StandAsync()).ToArray())
            await standing;
        await Task.Delay(Settling, world.Clock);
        CheckViews();
        await CheckFollowedAsync();
        await CheckDeliveryAsync();
        await CheckMembersMaxAsync();
    }

    /// <summary>Everybody sees the same publishers, who are those that there are.</summary>
    private void CheckViews()
    {
        foreach (var topic in SimulatedWorld.Topics)
        {
            var publishers = string.Join(',', world.Users
                .Where(user => user.Now?.Published.Contains(topic) == true).Select(user => user.Name).Order());
            foreach (var visit in Standing())
                if (visit.SeenPublishers(topic) is var seen && seen != publishers)
                    world.Journal.Violate($"{visit.Name} sees [{seen}] publish in {topic}, while [{publishers}] do");
        }
    }

    /// <summary>The grains hold whom each client follows, and nobody else.</summary>
    private async Task CheckFollowedAsync()
    {
        foreach (var topic in SimulatedWorld.Topics)
            foreach (var visit in Standing())
            {
                var held = await SimulatedUser.FollowedAsync(visit, topic);
                var followed = string.Join(',', visit.Followed(topic).Order(StringComparer.Ordinal));
                if (held != followed)
                    world.Journal.Violate($"{visit.Name} follows [{followed}] in {topic}, while the topic has [{held}]");
            }
    }

    /// <summary>Every message arrives at each follower, once, and at nobody else.</summary>
    private async Task CheckDeliveryAsync()
    {
        var probes = new List<Publication>();
        foreach (var visit in Standing())
            foreach (var topic in visit.Published)
                for (var i = 0; i < Probes; i++)
                    probes.Add(await visit.User.PublishAsync(visit, topic));
        await Task.Delay(TimeSpan.FromSeconds(10), world.Clock);
        foreach (var probe in probes)
        {
            if (probe.Answer != Publication.Outcome.Accepted)
                world.Journal.Violate($"{probe.Text} was not accepted after the last fault: {probe.Answer}");
            foreach (var visit in Standing())
                if (visit.Follows(probe.Topic, probe.By.User.Name) != probe.Receivers.Contains(visit))
                    world.Journal.Violate(
                        $"{probe.Text} {(probe.Receivers.Contains(visit) ? "arrived" : "did not arrive")} at {visit.Name}");
        }
    }

    /// <summary>Nobody is counted who is not there, and nobody gets in beyond the limit.</summary>
    private async Task CheckMembersMaxAsync()
    {
        var members = Standing().Count();
        for (var i = members; i < SimulatedWorld.MembersMax + 1; i++)
        {
            var guest = new SimulatedUser(world, $"guest{i}");
            var isIn = await guest.TryEnterAsync();
            if (isIn != i < SimulatedWorld.MembersMax)
                world.Journal.Violate($"{guest.Name} was {(isIn ? "let in as one too many" : "kept out")} with {i} members");
        }
    }

    private IEnumerable<Visit> Standing() => world.Users.Select(user => user.Now).OfType<Visit>().Where(visit => visit.IsJoined);
}
