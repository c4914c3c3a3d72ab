using ImOrleans.Domain.Messages;

namespace ImOrleans.Gateway.Protocols.SignalR;

/// <summary>Reads where something is published, or was: in a message channel or to a user.</summary>
internal static class PublishedChannelType
{
    /// <summary>The field <c>channelType</c>, which has to be there; a stream channel is refused as 10019.</summary>
    /// <param name="read">The request.</param>
    /// <param name="whenStream">What to say of a stream channel.</param>
    public static ChannelType Read(RequestReader read, string whenStream)
    {
        read.Require("channelType");
        var type = read.OneOf(
            "channelType", ChannelType.Message,
            ("message", ChannelType.Message), ("stream", ChannelType.Stream), ("user", ChannelType.User));
        if (read.Refusal is null && type == ChannelType.Stream)
            read.Refuse(ErrorCode.InvalidChannelType, whenStream);
        return type;
    }
}
