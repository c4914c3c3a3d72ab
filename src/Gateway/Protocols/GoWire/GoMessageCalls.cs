using ImOrleans.Domain.Limits;
using ImOrleans.Domain.Messages;
using ImOrleans.Gateway.Sessions;
using ImOrleans.Gateway.Users;

namespace ImOrleans.Gateway.Protocols.GoWire;

/// <summary>What clients publish outside of topics.</summary>
internal sealed class GoMessageCalls(UserMessageCalls users)
{
    /// <summary>Publishes to a user. Message channels, which are meant when no type is named, are not served.</summary>
    public async Task<GoReply> PublishAsync(Session session, GoRequest read)
    {
        if (session.Limits.TakeMessage() is { } exceeded)
            return exceeded;
        var type = read.Number(6);
        if (type is 0 or (long)ChannelType.Message)
            return read.Refusal ?? ErrorCode.ChannelNotAvailable;
        if (type != (long)ChannelType.User)
            read.Refuse(ErrorCode.InvalidChannelType);
        var receiver = read.User(1);
        var payload = read.Payload(2, 4, 5, RtmLimits.MessagePayloadBytesMax);
        return read.Refusal is { } refusal ? refusal : GoReply.Of(await users.SendAsync(session, receiver, payload));
    }
}
