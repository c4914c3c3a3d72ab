using ImOrleans.Domain.Conversations;
using ImOrleans.Domain.Errors;
using ImOrleans.Domain.Identifiers;
using ImOrleans.Gateway.Conversations;
using ImOrleans.Gateway.Protocols.SignalR;
using ImOrleans.Grains.Abstractions.Conversations;
using Microsoft.AspNetCore.Http;

namespace ImOrleans.Gateway.ServerApi;

/// <summary>What app servers send to users and groups, in the name of a user.</summary>
/// <remarks>
/// The fields are those of the hub's <c>SendMessage</c>, with <c>fromUserId</c> and the targets. <b>Source:</b> feature row RC58.
/// </remarks>
internal sealed class MessageEndpoints(ServerCalls calls, ChatCalls chats)
{
    /// <summary>Receivers of one call. <b>Source:</b> row RC58.</summary>
    private const int PrivateTargetsMax = 1000;
    private const int SystemTargetsMax = 100;
    private const int GroupTargetsMax = 3;

    /// <summary><c>POST /message/private</c>: to each of <c>toUserIds</c>.</summary>
    public Task<IResult> SendPrivateAsync(HttpContext context) => SendAsync(
        context, false, (read, sender) => [.. read.ChatUsers("toUserIds", PrivateTargetsMax)
            .Select(user => (user.Value, ConversationKey.Private(sender, user)))]);

    /// <summary>
    /// <c>POST /message/group</c>: to each of <c>toGroupIds</c>; <c>toUserIds</c> directs it to some of the members. The sender
    /// need not be one.
    /// </summary>
    public Task<IResult> SendToGroupsAsync(HttpContext context) => SendAsync(
        context, true, (read, _) => [.. read.Groups("toGroupIds", GroupTargetsMax)
            .Select(group => (group.Value, ConversationKey.Group(group)))]);

    /// <summary><c>POST /message/system</c>: to each of <c>toUserIds</c>, in a conversation that has no way back.</summary>
    public Task<IResult> SendSystemAsync(HttpContext context) => SendAsync(
        context, false, (read, sender) => [.. read.ChatUsers("toUserIds", SystemTargetsMax)
            .Select(user => (user.Value, ConversationKey.System(sender, user)))]);

    private async Task<IResult> SendAsync(
        HttpContext context, bool hasMembers,
        Func<RequestReader, UserId, IReadOnlyList<(string Id, ConversationKey Key)>> readTargets)
    {
        var (fields, refusal) = await RequestBody.ReadAsync(context, ErrorCode.BizErrorInvalidParameter);
        if (fields is not { } read)
            return refusal!.ToResult();
        var sender = read.ChatUser("fromUserId");
        var targets = readTargets(read, sender);
        var message = ChatMessageReader.ReadMessage(read, sender, hasMembers) with { IsOfApp = true };
        if (!hasMembers && read.Has("mentioned"))
            read.Refuse(ErrorCode.BizErrorInvalidParameter, "'mentioned' is for groups.");
        if (read.Refusal is { } malformed)
            return ServerApiRefusal.Of(malformed).ToResult();
        var outcomes = await TargetCalls.EachAsync(
            targets, target => target.Id, target => SendAsync(target.Id, target.Key, message));
        return TargetCalls.Answer(outcomes, "messages");
    }

    private async Task<Outcome<object>> SendAsync(string target, ConversationKey key, SendChatMessageRequest message)
    {
        var sent = await chats.SendAsync(calls.Order, key, message);
        return sent.IsAccepted
            ? new(new
            {
                targetId = target,
                messageUId = sent.Value.UId.Value,
                seq = sent.Value.Seq,
                sentTime = sent.Value.SentAtUnixMs,
            }, null)
            : sent.As<object>();
    }
}
