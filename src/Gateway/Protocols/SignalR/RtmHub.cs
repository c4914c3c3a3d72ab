using ImOrleans.Domain.Errors;
using ImOrleans.Domain.Identifiers;
using ImOrleans.Domain.Limits;
using ImOrleans.Domain.Messages;
using ImOrleans.Gateway.Auth;
using ImOrleans.Gateway.Channels;
using ImOrleans.Gateway.Conversations;
using ImOrleans.Gateway.Presence;
using ImOrleans.Gateway.Sessions;
using ImOrleans.Gateway.SharedData;
using ImOrleans.Gateway.Users;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.SignalR;

namespace ImOrleans.Gateway.Protocols.SignalR;

/// <summary>
/// The hub at <c>/rtm</c>: reads requests, calls the session's operations, and writes replies. No rules.
/// </summary>
[Authorize]
internal sealed partial class RtmHub(
    SessionLifecycle lifecycle, StreamChannelCalls channels, TopicCalls topics, MessageChannelCalls messageChannels,
    UserMessageCalls users, MetadataCalls metadata, LockCalls locks, PresenceCalls presence, HistoryCalls history,
    ChatCalls chats, GroupCalls groups, InboxCalls inboxes,
    SessionTokens tokens, TimeProvider clock) : Hub
{
    private const string LinkItem = "link";

    /// <inheritdoc />
    public override async Task OnConnectedAsync()
    {
        var connection = Context.Features.Get<SignalRConnection>()
            ?? throw new InvalidOperationException("The lifetime manager of this hub was replaced.");
        var http = Context.GetHttpContext();
        if (http?.GetVerifiedToken() is not { } token || !HubConnectParameters.TryRead(http.Request, out var parameters))
        {
            Context.Abort(); // Both were checked before the connection was accepted.
            return;
        }

        var outcome = await lifecycle.ConnectAsync(
            new(token.UserId), parameters.Device, SessionToken.Of(http.GetTokenText(), token), connection,
            parameters.Wishes);
        if (outcome.Value is { } session)
        {
            Context.Items[LinkItem] = new HubLink(session, connection);
            await session.Outbox.FlushedAsync();
            return;
        }

        var told = RefusedLogin(outcome.Refusal);
        await connection.WriteAsync(connection.Encode(told));
        connection.Close(told.CloseCode);
    }

    /// <inheritdoc />
    public override Task OnDisconnectedAsync(Exception? exception) =>
        Context.Items.TryGetValue(LinkItem, out var item) && item is HubLink link
            ? lifecycle.LoseAsync(link.Session, link.Connection)
            : Task.CompletedTask;

    public Task<Reply> GetServerTime(HubRequest request) =>
        CallAsync(request, (_, _) => Task.FromResult<Outcome<object>>(new { now = clock.GetUtcNow().ToUnixTimeMilliseconds() }));

    public Task<Reply> RenewToken(HubRequest request) => CallAsync(request, async (session, read) =>
    {
        var text = read.Text("token", isRequired: true);
        var channel = string.IsNullOrEmpty(read.Text("channel")) ? (ChannelName?)null : read.Channel();
        if (read.Refusal is { } refusal)
            return refusal;
        var token = tokens.Check(text, session.User, channel);
        if (!token.IsAccepted)
            return token.As<object>();
        var outcome = channel is { } name
            ? await channels.RenewTokenAsync(session, name, token.Value)
            : await lifecycle.RenewTokenAsync(session, token.Value);
        return Answer(outcome, _ => new { expiresAt = token.Value.ExpiresAt.ToUnixTimeMilliseconds() });
    });

    public Task<Reply> Logout(HubRequest request) => CallAsync(request, async (session, _) =>
    {
        await lifecycle.LogoutAsync(session);
        return new Outcome<object>(null, null);
    });

    public Task<Reply> AckEvents(HubRequest request) => CallAsync(
        request,
        (session, read) =>
        {
            read.Require("received");
            var received = read.Number("received") ?? 0;
            if (read.Refusal is { } refusal)
                return Task.FromResult<Outcome<object>>(refusal);
            session.Outbox.Confirm(received);
            return Task.FromResult(new Outcome<object>(null, null));
        },
        _ => null);

    public Task<Reply> Publish(HubRequest request) => CallAsync(
        request,
        async (session, read) =>
        {
            var type = PublishedChannelType.Read(read, "Publish to a stream channel's topic with PublishTopic.");
            if (read.Refusal is null && type == ChannelType.Message)
                return await PublishToChannelAsync(session, read);
            return await PublishToUserAsync(session, read);
        },
        session => session.Limits.TakeMessage());

    public Task<Reply> JoinChannel(HubRequest request) => CallAsync(request, async (session, read) =>
    {
        var channel = read.Channel();
        var tokenText = read.Text("token");
        var wish = StateReader.Wish(read, false);
        var withMetadata = read.Flag("withMetadata", false);
        var withLock = read.Flag("withLock", false);
        if (read.Refusal is { } refusal)
            return refusal;
        Outcome<SessionToken> token = default;
        if (!string.IsNullOrEmpty(tokenText))
            token = tokens.Check(tokenText, session.User, channel);
        if (token.Refusal is { } badToken)
            return badToken;
        var outcome = await channels.JoinAsync(session, channel, token.Value, withMetadata, withLock, wish);
        return Answer(outcome, JoinedBody.Of);
    });

    public Task<Reply> LeaveChannel(HubRequest request) => CallAsync(request, async (session, read) =>
    {
        var channel = read.Channel();
        return read.Refusal is { } refusal ? refusal : Answer(await channels.LeaveAsync(session, channel));
    });

    public Task<Reply> JoinTopic(HubRequest request) => CallAsync(request, async (session, read) =>
    {
        var channel = read.Channel();
        var topic = read.Topic();
        var role = PublisherRoleReader.Read(read);
        return read.Refusal is { } refusal ? refusal : Answer(await topics.JoinAsync(session, channel, topic, role));
    });

    public Task<Reply> LeaveTopic(HubRequest request) => CallAsync(request, async (session, read) =>
    {
        var channel = read.Channel();
        var topic = read.Topic();
        return read.Refusal is { } refusal ? refusal : Answer(await topics.LeaveAsync(session, channel, topic));
    });

    public Task<Reply> PublishTopic(HubRequest request) => CallAsync(
        request,
        async (session, read) =>
        {
            var channel = read.Channel();
            var topic = read.Topic();
            var payload = read.Payload(RtmLimits.TopicPayloadBytesMax);
            var sendTs = read.Number("sendTs");
            // A malformed request counts as a call, as it has no topic to count for.
            if (read.Refusal is { } malformed)
                return session.Limits.TakeCall() ?? malformed;
            if (session.Limits.TakeTopicMessage(channel, topic) is { } refusal)
                return refusal;
            var outcome = await topics.PublishAsync(session, channel, topic, payload, sendTs);
            // Who does not publish there has no share of the topic's rate, and spends calls.
            var isStranger = outcome.Refusal is
            {
                Code: ErrorCode.ChannelNotJoined or ErrorCode.ChannelTopicNotJoined or ErrorCode.LoginNotAuthorized,
            };
            return isStranger && session.Limits.TakeCall() is { } tooMany ? tooMany : Answer(outcome);
        },
        _ => null);

    public Task<Reply> SubscribeTopic(HubRequest request) => CallAsync(request, async (session, read) =>
    {
        var channel = read.Channel();
        var topic = read.Topic();
        var publishers = read.Users();
        if (read.Refusal is { } refusal)
            return refusal;
        return Answer(await topics.SubscribeAsync(session, channel, topic, publishers), subscribed => new
        {
            succeeded = subscribed.Succeeded.Select(user => user.Value),
            failed = subscribed.Failed.Select(user => user.Value),
        });
    });

    public Task<Reply> UnsubscribeTopic(HubRequest request) => CallAsync(request, async (session, read) =>
    {
        var channel = read.Channel();
        var topic = read.Topic();
        var publishers = read.Users();
        return read.Refusal is { } refusal
            ? refusal
            : Answer(await topics.UnsubscribeAsync(session, channel, topic, publishers));
    });

    public Task<Reply> GetSubscribedUsers(HubRequest request) => CallAsync(request, async (session, read) =>
    {
        var channel = read.Channel();
        var topic = read.Topic();
        return read.Refusal is { } refusal
            ? refusal
            : Answer(
                await topics.GetSubscribedUsersAsync(session, channel, topic),
                subscribed => new { users = subscribed.Users.Select(user => user.Value) });
    });

    [HubMethodName(RtmHubProtocol.FrameTooLongMethod)]
    public void RefuseLongFrame() => Refuse($"A frame may have {RtmHubProtocol.FrameBytesMax} bytes.");

    [HubMethodName(RtmHubProtocol.FrameUnreadableMethod)]
    public void RefuseUnreadableFrame() => Refuse("A frame is no message of SignalR's JSON protocol.");

    private static ConnectionEvent RefusedLogin(Refusal? refusal) => refusal?.Code == ErrorCode.LoginRejected
        ? new(ConnectionState.Failed, ConnectionReason.RejectedByServer, refusal.Message ?? "The login was rejected.")
        {
            CloseCode = DisconnectCode.Limit,
            Error = refusal.Code,
        }
        : new(ConnectionState.Disconnected, ConnectionReason.Interrupted, "The login could not be completed; try again.")
        {
            CloseCode = DisconnectCode.Unavailable,
            Error = refusal?.Code,
        };

    private void Refuse(string reason)
    {
        if (Context.Items.TryGetValue(LinkItem, out var item) && item is HubLink { IsCurrent: true } link)
            link.Session.CloseWith(new(ConnectionState.Failed, ConnectionReason.RejectedByServer, reason)
            {
                CloseCode = DisconnectCode.BadRequest,
            });
        else
            Context.Abort();
    }

    private async Task<Reply> CallAsync(
        HubRequest request, Func<Session, RequestReader, Task<Outcome<object>>> call, Func<Session, Refusal?>? limit = null,
        ErrorCode malformed = ErrorCode.InvalidParameter)
    {
        if (!Context.Items.TryGetValue(LinkItem, out var item) || item is not HubLink { IsCurrent: true } link)
            return Reply.Refused(new(ErrorCode.NotLogin));
        var session = link.Session;
        var exceeded = limit is null ? session.Limits.TakeCall() : limit(session);
        if (exceeded is not null)
            return Reply.Refused(exceeded);
        var read = new RequestReader(request, malformed);
        if (read.Refusal is { } unreadable)
            return Reply.Refused(unreadable);
        var outcome = await call(session, read);
        return outcome.Refusal is { } refusal ? Reply.Refused(refusal)
            : outcome.Value is NotedAnswer noted ? Reply.Noted(noted.Code, noted.Data)
            : Reply.Ok(outcome.Value);
    }

    private static Outcome<object> Answer<T>(Outcome<T> outcome, Func<T, object>? describe = null) =>
        outcome.IsAccepted ? new(describe?.Invoke(outcome.Value), null) : outcome.As<object>();
}
