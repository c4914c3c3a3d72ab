using System.Text;
using ImOrleans.Domain.Errors;
using ImOrleans.Domain.Messages;
using ImOrleans.Grains.Abstractions.MessageChannels;

namespace ImOrleans.Simulation.Tests;

/// <summary>What a person does with message channels.</summary>
internal sealed class ChannelUser(SimulatedWorld world, SimulatedUser user)
{
    private const int AttemptsMax = 3;

    private readonly Dictionary<string, MessagePosition> _places = [];

    public SimulatedUser User { get; } = user;

    /// <summary>Does this and that until the storm is over.</summary>
    public async Task LiveAsync()
    {
        var publishing = new List<Task>();
        while (world.IsStormy)
        {
            await Task.Delay(world.Between(TimeSpan.Zero, TimeSpan.FromMilliseconds(600)), world.Clock);
            if (User.Now is not { Connection.IsOpen: true } visit)
            {
                await User.ConnectAsync();
                continue;
            }

            var channel = Any(SimulatedWorld.MessageChannels);
            switch (world.Random.Next(10))
            {
                case 0 or 1:
                    await SubscribeAsync(visit, channel, SomeFeeds(), SomePlace(visit, channel));
                    break;
                case 2 when world.IsMostly(0.6):
                    await UnsubscribeAsync(visit, channel);
                    break;
                case 3 when !world.IsMostly(0.8):
                    visit.Connection.Close(DisconnectCode.None);
                    break;
                default:
                    for (var i = world.Random.Next(1, 5); i > 0; i--)
                        publishing.Add(world.IsMostly(0.8)
                            ? PublishAsync(visit, channel)
                            : PublishWithKeyAsync(visit, channel));
                    break;
            }
        }

        foreach (var publish in publishing)
            await publish;
    }

    /// <summary>Sees to it that the user is there and hears everything, now that everything works.</summary>
    public async Task StandAsync()
    {
        if (User.Now?.Connection.IsOpen != true)
            await User.InsistAsync("come back", async () =>
            {
                await User.ConnectAsync();
                return User.Now is not null;
            });
        if (User.Now is not { } visit)
            return;
        foreach (var channel in SimulatedWorld.MessageChannels)
            // Who is subscribed mostly leaves it at that, and must hear everything all the same.
            if (!visit.In(world, channel).IsListening || !world.IsMostly(0.7))
                await User.InsistAsync(
                    "subscribe", () => SubscribeAsync(visit, channel, ChannelFeeds.Default, SomePlace(visit, channel)));
    }

    /// <summary>Tries to get in as one more subscriber.</summary>
    public async Task<bool> TryEnterAsync(string channel)
    {
        if (User.Now is null)
            await User.ConnectAsync();
        return User.Now is { } visit && await SubscribeAsync(visit, channel, ChannelFeeds.Presence, null);
    }

    public async Task<bool> SubscribeAsync(Visit visit, string channel, ChannelFeeds feeds, MessagePosition? since)
    {
        var (view, connection) = (visit.In(world, channel), visit.Connection);
        view.Begin(since);
        var outcome = await User.InTimeAsync(
            $"{visit.Name} subscribes to {channel} for {feeds} since {since?.Offset ?? -1}",
            () => visit.Node.MessageChannels.SubscribeAsync(visit.Session!, new(channel), feeds, since),
            of: visit);
        // What was told before the answer arrives before it.
        await visit.Session!.Outbox.FlushedAsync();
        if (!connection.IsOpen || connection.IsDeaf)
        {
            // The answer was lost with the connection, and what it brought; the client begins anew.
            visit.IsUnsure = true;
            view.Refuse();
            return false;
        }

        if (outcome.IsAccepted)
            view.Answer(since, feeds, outcome.Value.Subscribed);
        else
            view.Refuse();
        return outcome.IsAccepted;
    }

    public async Task UnsubscribeAsync(Visit visit, string channel)
    {
        var outcome = await User.InTimeAsync(
            $"{visit.Name} unsubscribes from {channel}",
            () => visit.Node.MessageChannels.UnsubscribeAsync(visit.Session!, new(channel)), of: visit);
        if (outcome.IsAccepted)
            visit.In(world, channel).End();
    }

    public async Task<ChannelPublication> PublishAsync(Visit visit, string channel)
    {
        var publication = world.ChannelLog.Begin(visit, channel, null);
        await TryPublishAsync(publication);
        return publication;
    }

    /// <summary>Again and again, under one key, until the outcome is known.</summary>
    private async Task PublishWithKeyAsync(Visit visit, string channel)
    {
        var publication = world.ChannelLog.Begin(visit, channel, $"{visit.Name}-{visit.NextNumber("key")}");
        for (var attempt = 1; ; attempt++)
        {
            await TryPublishAsync(publication);
            if (publication.Answer == Publication.Outcome.Accepted || attempt == AttemptsMax || !visit.Connection.IsOpen)
                return;
            await Task.Delay(world.Between(TimeSpan.Zero, TimeSpan.FromSeconds(1)), world.Clock);
            ChannelLog.BeginAgain(publication);
        }
    }

    private async Task TryPublishAsync(ChannelPublication publication)
    {
        var visit = publication.By;
        world.ChannelLog.End(publication, await User.InTimeAsync(
            $"{visit.Name} publishes {publication.Text}",
            () => visit.Node.MessageChannels.PublishAsync(
                visit.Session!, new(publication.Channel),
                new(MessageType.String, Encoding.UTF8.GetBytes(publication.Text)), publication.Key)));
    }

    private ChannelFeeds SomeFeeds() => world.Random.Next(6) switch
    {
        0 => ChannelFeeds.Presence | ChannelFeeds.Locks,
        1 => ChannelFeeds.Messages,
        _ => ChannelFeeds.Default,
    };

    /// <summary>Mostly where the user has got to, sometimes a place before, of another time, or none.</summary>
    private MessagePosition? SomePlace(Visit visit, string channel)
    {
        if (visit.In(world, channel).Last is { } last)
            _places[channel] = last;
        if (!_places.TryGetValue(channel, out var place) || world.IsMostly(0.3))
            return null;
        return world.Random.Next(8) switch
        {
            0 => place with { Offset = Math.Max(0, place.Offset - world.Random.Next(2 * SimulatedWorld.RecentMessagesMax)) },
            1 => place with { Offset = place.Offset + 1 },
            2 => place with { Epoch = place.Epoch + 1 },
            _ => place,
        };
    }

    private string Any(string[] of) => of[world.Random.Next(of.Length)];
}
