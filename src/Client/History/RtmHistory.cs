using System.Runtime.CompilerServices;
using System.Text.Json;
using ImOrleans.Client.Wire;

namespace ImOrleans.Client;

/// <summary>
/// Messages that were published with <see cref="PublishOptions.StoreInHistory"/>: of any message channel, subscribed to or
/// not, and those to this user.
/// </summary>
/// <remarks>
/// The oldest come first. Each page is a call to the server and counts for its rate.
/// <b>Errors:</b> 10006, 10008, 10014, 10021; 15001, 15003: try again; 15002: a time is wrong; 15004: another user's
/// messages; 15005: the server keeps none.
/// </remarks>
public sealed class RtmHistory
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    private readonly ChannelRegistry _registry;

    internal RtmHistory(ChannelRegistry registry) => _registry = registry;

    /// <summary>One page of a message channel's messages.</summary>
    public Task<HistoryPage<ChannelMessage>> GetChannelMessagesAsync(
        string channel, HistoryRange? range = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(channel);
        return GetAsync(channel, "message", range ?? new(), static message => message.ToChannelMessage(), cancellationToken);
    }

    /// <summary>One page of the messages to this user.</summary>
    /// <param name="userId">One's own.</param>
    /// <param name="range">Which of them. Null: all.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public Task<HistoryPage<UserMessage>> GetUserMessagesAsync(
        string userId, HistoryRange? range = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(userId);
        return GetAsync(userId, "user", range ?? new(), static message => message.ToUserMessage(), cancellationToken);
    }

    /// <summary>All messages of a message channel, page by page.</summary>
    public IAsyncEnumerable<ChannelMessage> AllChannelMessagesAsync(
        string channel, HistoryRange? range = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(channel);
        return AllAsync(range ?? new(), (part, token) => GetChannelMessagesAsync(channel, part, token), cancellationToken);
    }

    /// <summary>All messages to this user, page by page.</summary>
    /// <param name="userId">One's own.</param>
    /// <param name="range">Which of them. Null: all.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public IAsyncEnumerable<UserMessage> AllUserMessagesAsync(
        string userId, HistoryRange? range = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(userId);
        return AllAsync(range ?? new(), (part, token) => GetUserMessagesAsync(userId, part, token), cancellationToken);
    }

    private static async IAsyncEnumerable<TMessage> AllAsync<TMessage>(
        HistoryRange range, Func<HistoryRange, CancellationToken, Task<HistoryPage<TMessage>>> get,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        while (true)
        {
            var page = await get(range, cancellationToken).ConfigureAwait(false);
            foreach (var message in page.Messages)
                yield return message;
            if (page.NextAfter is not { } next)
                yield break;
            range = range with { After = next };
        }
    }

    private async Task<HistoryPage<TMessage>> GetAsync<TMessage>(
        string channel, string channelType, HistoryRange range, Func<WireMessage, TMessage> read,
        CancellationToken cancellationToken)
    {
        var request = new
        {
            channel,
            channelType,
            start = range.After?.ToUnixTimeMilliseconds(),
            end = range.UpTo?.ToUnixTimeMilliseconds(),
            count = range.PageSize,
        };
        var reply = await _registry.CallAsync("GetChannelMessages", request, cancellationToken).ConfigureAwait(false);
        var messages = reply.Data.GetProperty("messages").Deserialize<WireMessage[]>(Json) ?? [];
        var next = reply.Data.GetProperty("newStart").GetInt64();
        return new([.. messages.Select(read)], next == 0 ? null : DateTimeOffset.FromUnixTimeMilliseconds(next));
    }
}
