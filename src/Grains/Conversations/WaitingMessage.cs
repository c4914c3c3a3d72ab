using ImOrleans.Domain.Conversations;
using ImOrleans.Domain.Errors;
using ImOrleans.Grains.Abstractions.Conversations;

namespace ImOrleans.Grains.Conversations;

/// <summary>A message that waits to be stored, and those who wait for it.</summary>
internal sealed class WaitingMessage(SendChatMessageRequest request, Refusal? unlessStored)
{
    private readonly TaskCompletionSource<Outcome<ChatMessageSent>> _done = new();

    public SendChatMessageRequest Request { get; } = request;

    /// <summary>Its answer when it is not stored already; null when it is to be stored.</summary>
    public Refusal? UnlessStored { get; } = unlessStored;

    /// <summary>Ends when it is stored, or is certain not to be.</summary>
    public Task<Outcome<ChatMessageSent>> Done => _done.Task;

    public int Bytes { get; } = 160 + request.Content.Length + request.Extras.Length + (request.Receivers.Length * 72);

    /// <summary>The message with its name.</summary>
    public ChatMessage As(MessageUId uid) => new(
        uid, Request.Sender, Request.ObjectName, Request.Content, Request.Flags,
        Request.ClientMessageId, Request.Receivers, Request.Extras);

    /// <summary>As <see cref="Done"/>, for whoever has sent the same message again.</summary>
    public async Task<Outcome<ChatMessageSent>> DoneAgainAsync()
    {
        var outcome = await Done;
        return outcome.IsAccepted ? outcome.Value with { IsRepeated = true } : outcome;
    }

    /// <summary>It is stored.</summary>
    /// <param name="message">As it is stored.</param>
    /// <param name="isRepeated">Whether it was so before.</param>
    public void Store(StoredMessage message, bool isRepeated = false) =>
        _done.TrySetResult(new ChatMessageSent(message.Message.UId, message.Seq, message.SentAtUnixMs)
        {
            IsMasked = message.Message.Flags.HasFlag(MessageFlags.Masked),
            IsRepeated = isRepeated,
        });

    /// <summary>It is not stored, and never will be.</summary>
    public void Refuse(Refusal refusal) => _done.TrySetResult(refusal);
}
