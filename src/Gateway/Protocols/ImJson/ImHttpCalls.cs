using System.Globalization;
using System.Text;
using ImOrleans.Domain.Conversations;
using ImOrleans.Domain.Errors;
using ImOrleans.Domain.Identifiers;
using ImOrleans.Domain.Limits;
using ImOrleans.Domain.Messages;
using ImOrleans.Gateway.Channels;
using ImOrleans.Gateway.Conversations;
using ImOrleans.Gateway.Presence;
using ImOrleans.Gateway.ServerApi;
using ImOrleans.Grains.Abstractions.Conversations;
using ImOrleans.Grains.Abstractions.Presence;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace ImOrleans.Gateway.Protocols.ImJson;

/// <summary>The HTTP calls of the IM protocol over JSON. <b>Source:</b> feature rows S13 and S14.</summary>
internal sealed class ImHttpCalls(
    ServerCalls calls, ChatCalls chats, MessageChannelCalls channels, PresenceCalls presence, ImDoor door,
    IOptions<ImOptions> options, TimeProvider clock)
{
    /// <summary>Users that one answer names; how many there are is told in any case.</summary>
    public const int ListedUsersMax = 10_000;

    /// <summary>For how long the id of a message is known. <b>Source:</b> feature row S14.</summary>
    public static readonly TimeSpan SubmissionAgeMax = TimeSpan.FromHours(12);

    /// <summary>How many ids are known.</summary>
    public const int SubmissionsMax = 200_000;

    private readonly ImSubmissions _submissions = new(SubmissionsMax, SubmissionAgeMax, clock);

    /// <summary><c>GET /user/list</c>: <c>appID</c>.</summary>
    public async Task<ImAnswer> ListAsync(IQueryCollection query)
    {
        if (AppId(query["appID"], out var appId) is { } wrong)
            return wrong;
        var users = new List<string>();
        string? page = null;
        int total;
        do
        {
            var who = await presence.WhoNowAsync(
                calls.Order, ChannelType.Message, ImApp.Channel(appId), new WhoNowRequest(true, false, page));
            if (!who.IsAccepted)
                return new(ImCode.ServerError);
            users.AddRange(who.Value.Users.Select(user => user.User.Value));
            (page, total) = (who.Value.NextPage, who.Value.Total);
        }
        while (page is not null && users.Count < ListedUsersMax);

        // Somebody may have come or gone between two pages.
        return Done(("userCount", page is null ? users.Count : total), ("userList", users));
    }

    /// <summary><c>GET /user/online</c>: <c>appID</c>, <c>userID</c>.</summary>
    public async Task<ImAnswer> OnlineAsync(IQueryCollection query)
    {
        if (AppId(query["appID"], out var appId) is { } wrong)
            return wrong;
        var text = query["userID"].ToString();
        var isOnline = false;
        if (UserId.TryParse(text, out var user))
        {
            var where = await presence.WhereNowAsync(calls.Order, user);
            if (!where.IsAccepted)
                return new(ImCode.ServerError);
            isOnline = where.Value.MessageChannels.Contains(ImApp.Channel(appId));
        }

        return Done(("online", isOnline), ("userID", text));
    }

    /// <summary>
    /// <c>POST /user/sendMessage</c>: <c>appID</c>, <c>userID</c>, who gets it, <c>msgID</c>, <c>message</c>; and our extension
    /// <c>fromUserID</c>, who says it.
    /// </summary>
    public async Task<ImAnswer> SendAsync(IFormCollection form)
    {
        if (AppId(form["appID"], out _) is { } wrong)
            return wrong;
        string? from = form["fromUserID"];
        if (!UserId.TryParse(form["userID"], out var user)
            || !UserId.TryParse(string.IsNullOrEmpty(from) ? options.Value.SystemUser : from, out var sender))
            return new(ImCode.UnauthorizedUserId);
        var content = ImMessageContent.Write(form["message"].ToString());
        if (content.Length > ConversationLimits.ContentBytesMax)
            return new(ImCode.ParameterIllegal);
        // What the app itself says has no way back.
        var conversation = string.IsNullOrEmpty(from)
            ? ConversationKey.System(sender, user) : ConversationKey.Private(sender, user);
        return await OnceAsync(form, async id =>
        {
            var message = new SendChatMessageRequest(
                sender, ImMessageContent.TextObjectName, content, MessageFlags.Counted, id)
            {
                Extras = id is null ? default(ReadOnlyMemory<byte>) : ImMessageContent.WriteSeq(id),
                IsOfApp = true,
            };
            var sent = await chats.SendAsync(calls.Order, conversation, message);
            return (sent.Refusal, sent.IsAccepted && sent.Value.IsRepeated);
        });
    }

    /// <summary>
    /// <c>POST /user/sendMessageAll</c>: <c>appID</c>, <c>userID</c>, who says it and does not get it, <c>msgID</c>,
    /// <c>message</c>.
    /// </summary>
    public async Task<ImAnswer> SendToAllAsync(IFormCollection form)
    {
        if (AppId(form["appID"], out var appId) is { } wrong)
            return wrong;
        if (!UserId.TryParse(form["userID"], out var sender))
            return new(ImCode.UnauthorizedUserId);
        var payload = ImToAll.Write(form["msgID"].ToString(), form["message"].ToString());
        if (payload.Bytes.Length > RtmLimits.MessagePayloadBytesMax)
            return new(ImCode.ParameterIllegal);
        return await OnceAsync(form, async id =>
        {
            var sent = await channels.PublishAsync(
                calls.Order, calls.Session, sender, ImApp.Channel(appId), payload, id, isKept: false);
            return (sent.Refusal, false);
        });
    }

    /// <summary><c>GET /system/state</c>: how busy this gateway is.</summary>
    /// <remarks>The names are the original's: its queues of changes are none here, and threads stand for its goroutines.</remarks>
    public ImAnswer State() => Done(
        ("numGoroutine", ThreadPool.ThreadCount),
        ("numCPU", Environment.ProcessorCount),
        ("managerInfo", new Dictionary<string, object>
        {
            ["clientsLen"] = door.Connections,
            ["usersLen"] = door.Users,
            ["chanRegisterLen"] = 0,
            ["chanLoginLen"] = 0,
            ["chanUnregisterLen"] = 0,
            ["chanBroadcastLen"] = 0,
        }));

    private static ImAnswer Done(params IReadOnlyList<(string Name, object Value)> data) =>
        new(ImCode.Success, data.ToDictionary(field => field.Name, field => field.Value, StringComparer.Ordinal));

    private ImAnswer? AppId(string? text, out uint appId) =>
        !uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out appId) ? new(ImCode.ParameterIllegal)
        : options.Value.Allows(appId) ? null
        : new(ImCode.Unauthorized);

    /// <summary>Sends unless the id was seen; one that was not sent may come again.</summary>
    private async Task<ImAnswer> OnceAsync(
        IFormCollection form, Func<string?, Task<(Refusal? Refusal, bool IsRepeated)>> send)
    {
        string? id = form["msgID"];
        if (string.IsNullOrEmpty(id))
            id = null;
        else if (Encoding.UTF8.GetByteCount(id) > ConversationLimits.ClientMessageIdBytesMax)
            return new(ImCode.ParameterIllegal);
        if (id is not null && !_submissions.TryBegin(id))
            return new(ImCode.Success);
        var (refusal, isRepeated) = await send(id);
        if (isRepeated)
            return new(ImCode.Success);
        if (refusal is null)
            return Done(("sendResults", true));
        if (id is not null)
            _submissions.Forget(id);
        var text = refusal.Message ?? ErrorCatalog.Describe(refusal.Code).Text;
        return Done(("sendResults", false), ("sendResultsErr", text));
    }
}
