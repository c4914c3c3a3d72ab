using System.Text;
using ImOrleans.Domain.Errors;
using ImOrleans.Domain.Messages;
using ImOrleans.Grains.Abstractions.MessageChannels;

namespace ImOrleans.Simulation.Tests;

/// <summary>All that was published to message channels, where it was taken, and what is wrong about that.</summary>
internal sealed class ChannelLog(SimulatedWorld world)
{
    private readonly Dictionary<string, ChannelPublication> _all = [];
    private readonly Dictionary<(string Channel, MessagePosition Place), ChannelPublication> _places = [];

    public long Count => _all.Count;

    /// <summary>Messages that arrived as events.</summary>
    public long Deliveries { get; set; }

    /// <summary>Subscriptions that brought all that had been missed, and those that said that it was not all there.</summary>
    public (long Recovered, long Lost) Replays { get; set; }

    public ChannelPublication Begin(Visit by, string channel, string? key)
    {
        var publication = new ChannelPublication(by, channel, by.NextNumber(channel), key, world.NextMoment());
        return _all[publication.Text] = publication;
    }

    /// <summary>The same publish is called for once more, under its key.</summary>
    public static void BeginAgain(ChannelPublication publication)
    {
        publication.Last = publication.By.NextNumber(publication.Channel);
        if (publication.Answer == Publication.Outcome.Refused)
            publication.Answer = Publication.Outcome.Open;
    }

    /// <summary>The call was answered.</summary>
    public void End(ChannelPublication publication, Outcome<MessagePublished> outcome)
    {
        var answer = outcome switch
        {
            { IsAccepted: true } => Publication.Outcome.Accepted,
            { Refusal.Code: ErrorCode.ChannelPublishMessageTimeout } => Publication.Outcome.Unknown,
            _ => Publication.Outcome.Refused,
        };
        world.Journal.Note($"{publication.Text} is answered: {answer}");
        if (answer == Publication.Outcome.Accepted)
            Place(publication, outcome.Value.Position);
        // A refusal takes nothing back of what an earlier attempt may have done.
        if (answer != Publication.Outcome.Refused || publication.Answer == Publication.Outcome.Open)
            publication.Answer = answer;
        CheckRefused(publication);
    }

    /// <summary>A client got a message, in an event or in an answer.</summary>
    /// <returns>What was published; null when nobody did.</returns>
    public ChannelPublication? Arrive(Visit at, string channel, MessagePosition place, ChannelMessage message)
    {
        var text = Encoding.UTF8.GetString(message.Payload.Bytes.Span);
        world.Journal.Note($"{at.Name} gets {text} at {place.Epoch & 0xFFFFF}:{place.Offset}");
        if (!_all.TryGetValue(text, out var publication))
        {
            world.Journal.Violate($"{at.Name} got {text}, which nobody published");
            return null;
        }

        if (publication.Channel != channel || publication.By.User.Name != message.Publisher.Value)
            world.Journal.Violate($"{at.Name} got {text} in {channel} as from {message.Publisher}");
        Place(publication, place);
        CheckRefused(publication);
        return publication;
    }

    private void CheckRefused(ChannelPublication publication)
    {
        if (publication.Answer == Publication.Outcome.Refused && publication.Places.Count > 0)
            world.Journal.Violate($"{publication.Text} was taken, though it was refused");
    }

    private void Place(ChannelPublication publication, MessagePosition place)
    {
        if (_places.TryGetValue((publication.Channel, place), out var known) && known != publication)
            world.Journal.Violate($"{publication.Text} and {known.Text} have one place");
        _places[(publication.Channel, place)] = publication;
        if (!publication.Places.Add(place))
            return;
        var places = publication.Places.Count;
        var isRepeated = publication.First < publication.Last;
        if (places > (isRepeated ? publication.Places.Select(at => at.Epoch).Distinct().Count() : 1))
            world.Journal.Violate($"{publication.Text} was taken twice");
    }
}
