using System.Text;
using ImOrleans.Gateway.Sessions;
using ImOrleans.Grains.Abstractions.Topics;

namespace ImOrleans.Simulation.Tests;

/// <summary>All that was published, and what is wrong about what arrives.</summary>
internal sealed class Publications(SimulatedWorld world)
{
    private readonly Dictionary<string, Publication> _all = [];

    public long Count => _all.Count;

    public long Deliveries { get; private set; }

    public Publication Begin(Visit by, string topic)
    {
        var publication = new Publication(by, topic, by.NextNumber(topic), world.NextMoment());
        _all[publication.Text] = publication;
        return publication;
    }

    /// <summary>The call was answered.</summary>
    public void End(Publication publication, Publication.Outcome answer)
    {
        publication.Answer = answer;
        if (answer == Publication.Outcome.Refused && publication.Receivers.Count > 0)
            world.Journal.Violate($"{publication.Text} was delivered, and then refused");
    }

    /// <summary>A client got a message.</summary>
    public void Arrive(Visit at, TopicMessagesEvent received, TopicMessage message)
    {
        Deliveries++;
        var text = Encoding.UTF8.GetString(message.Payload.Bytes.Span);
        world.Journal.Note($"{at.Name} gets {text}");
        if (!_all.TryGetValue(text, out var publication))
        {
            world.Journal.Violate($"{at.Name} got {text}, which nobody published");
            return;
        }

        if (publication.Topic != received.Topic.Value || publication.By.User.Name != message.Publisher.Value
            || received.Channel.Value != SimulatedWorld.Channel)
            world.Journal.Violate($"{at.Name} got {text} in {received.Topic} as from {message.Publisher}");
        if (publication.Answer == Publication.Outcome.Refused)
            world.Journal.Violate($"{at.Name} got {text}, which had been refused");
        if (!publication.Receivers.Add(at))
            world.Journal.Violate($"{at.Name} got {text} twice");
        else if (at.LastFrom(publication) is { } last && last >= publication.Number)
            world.Journal.Violate($"{at.Name} got {text} after {last}: out of order");
        if (at.WhyNotWanted(publication) is { } why)
            world.Journal.Violate($"{at.Name} got {text}, {why}");
    }
}
