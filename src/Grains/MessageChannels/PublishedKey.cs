using ImOrleans.Domain.Errors;
using ImOrleans.Grains.Abstractions.MessageChannels;

namespace ImOrleans.Grains.MessageChannels;

/// <summary>What a publish with a key of its own was answered.</summary>
internal sealed class PublishedKey(MessagePublished answer)
{
    /// <summary>Its place, and the time that subscribers saw.</summary>
    public MessagePublished Answer => answer;

    /// <summary>
    /// The latest attempt to keep the message; null when it was not to be kept. The answer of a repetition is the one of
    /// this, whatever the repetition asks for: it is the same publish.
    /// </summary>
    public Task<Outcome<MessagePublished>>? Storing { get; set; }
}
