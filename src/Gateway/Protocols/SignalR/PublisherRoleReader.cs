using System.Text;
using ImOrleans.Domain.Limits;
using ImOrleans.Domain.Messages;
using ImOrleans.Grains.Abstractions.Topics;

namespace ImOrleans.Gateway.Protocols.SignalR;

/// <summary>Reads how a client wants to publish in a topic.</summary>
internal static class PublisherRoleReader
{
    public static PublisherRole Read(RequestReader read)
    {
        var qos = read.OneOf(
            "qos", TopicQos.Unordered, ("unordered", TopicQos.Unordered), ("ordered", TopicQos.Ordered));
        var priority = read.OneOf(
            "priority", MessagePriority.Normal,
            ("highest", MessagePriority.Highest), ("high", MessagePriority.High),
            ("normal", MessagePriority.Normal), ("low", MessagePriority.Low));
        var meta = read.Text("meta");
        if (meta is not null && Encoding.UTF8.GetByteCount(meta) > RtmLimits.TopicMetaBytesMax)
            read.Refuse(
                ErrorCode.ChannelInvalidTopicMeta, $"'meta' has more than {RtmLimits.TopicMetaBytesMax} bytes.");
        _ = read.Flag("syncMedia", false);
        return new(qos, priority, meta);
    }
}
