using ImOrleans.Domain.Identifiers;
using ImOrleans.Domain.Limits;
using ImOrleans.Domain.Messages;
using ImOrleans.Gateway.Channels;
using ImOrleans.Gateway.Presence;
using ImOrleans.Gateway.Protocols.SignalR;
using ImOrleans.Gateway.Users;
using ImOrleans.Grains.Abstractions.Presence;
using Microsoft.AspNetCore.Http;

namespace ImOrleans.Gateway.ServerApi;

/// <summary>What app servers do with channels: publish, to users too, and ask who is there.</summary>
internal sealed class ChannelEndpoints(
    ServerCalls calls, MessageChannelCalls channels, UserMessageCalls users, PresenceCalls presence)
{
    /// <summary>
    /// <c>POST /channel/publish</c>: the fields of the hub's <c>Publish</c>, and <c>publisher</c>, the user who says it.
    /// </summary>
    /// <remarks>
    /// To a user the answer is <c>message_delivered</c> or <c>message_offline</c>; with <c>waitForAck: false</c> it comes at
    /// once, and is <c>message_sent</c>. No rate but the channel's own holds. <b>Source:</b> feature row R19.
    /// </remarks>
    public async Task<IResult> PublishAsync(HttpContext context)
    {
        var (fields, refusal) = await RequestBody.ReadAsync(context);
        if (fields is not { } read)
            return refusal!.ToResult();
        var publisher = read.User("publisher");
        var type = PublishedChannelType.Read(read, "Stream channels have topics, in which their members publish.");
        return type == ChannelType.User
            ? await PublishToUserAsync(read, publisher)
            : await PublishToChannelAsync(read, publisher);
    }

    /// <summary><c>GET /channel/presence</c>: the fields of the hub's <c>WhoNow</c> as a query.</summary>
    public async Task<IResult> PresenceAsync(IQueryCollection query)
    {
        if (!ChannelName.TryParse(query["channel"], out var name))
            return ServerApiRefusal.Of(new(ErrorCode.InvalidChannelName, "'channel' is missing, or no channel name."))
                .ToResult();
        if (query["channelType"].ToArray() is not [("message" or "stream") and var word])
            return ServerApiRefusal.Parameter("'channelType' must be 'message' or 'stream'.").ToResult();
        if (!TryReadFlag(query, "withUserId", true, out var withUsers)
            || !TryReadFlag(query, "withState", false, out var withStates))
            return ServerApiRefusal.Parameter("'withUserId' and 'withState' must be 'true' or 'false'.").ToResult();
        var type = word == "stream" ? ChannelType.Stream : ChannelType.Message;
        string? page = query["page"];
        var asked = new WhoNowRequest(withUsers, withStates, string.IsNullOrEmpty(page) ? null : page);
        var who = await presence.WhoNowAsync(calls.Order, type, name, asked);
        return who.IsAccepted
            ? Results.Json(WhoNowBody.Of(who.Value, withStates))
            : ServerApiRefusal.Of(who.Refusal).ToResult();
    }

    private static bool TryReadFlag(IQueryCollection query, string name, bool otherwise, out bool flag)
    {
        flag = otherwise;
        switch (query[name].ToArray())
        {
            case []: return true;
            case ["true"]: return flag = true;
            case ["false"]: flag = false; return true;
            default: return false;
        }
    }

    private async Task<IResult> PublishToChannelAsync(RequestReader read, UserId publisher)
    {
        var channel = read.Channel();
        var payload = read.Payload(RtmLimits.MessagePayloadBytesMax);
        var key = read.IdempotencyKey();
        var isKept = read.Flag("storeInHistory", false);
        var level = read.Level();
        if (read.Refusal is { } malformed)
            return ServerApiRefusal.Of(malformed).ToResult();
        var published = await channels.PublishAsync(
            calls.Order, calls.Session, publisher, channel, payload, key, isKept, level);
        return published.IsAccepted
            ? Results.Json(new
            {
                offset = published.Value.Position.Offset,
                epoch = published.Value.Position.EpochText(),
                sentAt = published.Value.SentAtUnixMs,
            })
            : ServerApiRefusal.Of(published.Refusal).ToResult();
    }

    private async Task<IResult> PublishToUserAsync(RequestReader read, UserId publisher)
    {
        var receiver = read.User("channel");
        var payload = read.Payload(RtmLimits.MessagePayloadBytesMax);
        var isKept = read.Flag("storeInHistory", false);
        var waits = read.Flag("waitForAck", true);
        if (read.Refusal is { } malformed)
            return ServerApiRefusal.Of(malformed).ToResult();
        if (!waits && isKept)
            return ServerApiRefusal.Parameter("What is to be kept is waited for: 'waitForAck' cannot be false.").ToResult();
        var sending = users.SendAsync(calls.Order, publisher, receiver, payload, isKept);
        if (!waits && calls.TryBegin())
        {
            // It counts as a call until its outcome is known.
            _ = EndAfterAsync(sending);
            return Results.Json(new { code = "message_sent" });
        }

        var sent = await sending;
        if (sent.Refusal is { Code: ErrorCode.ChannelReceiverOffline })
            return Results.Json(new { code = "message_offline" });
        return sent.IsAccepted
            ? Results.Json(new
            {
                code = isKept && !sent.Value.IsDelivered ? "message_offline" : "message_delivered",
                sentAt = sent.Value.SentAtUnixMs,
            })
            : ServerApiRefusal.Of(sent.Refusal).ToResult();
    }

    private async Task EndAfterAsync(Task sending)
    {
        await sending.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        calls.End();
    }
}
