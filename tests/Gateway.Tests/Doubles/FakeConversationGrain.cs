using ImOrleans.Domain.Conversations;
using ImOrleans.Domain.Errors;
using ImOrleans.Grains.Abstractions.Conversations;
using ImOrleans.Grains.Abstractions.Inboxes;

namespace ImOrleans.Gateway.Tests.Doubles;

internal sealed class FakeConversationGrain : FakeGrain, IConversationGrain
{
    public Task<Outcome<ChatMessageSent>> SendAsync(SendChatMessageRequest request) =>
        CallAsync<Outcome<ChatMessageSent>>(
            "Send", request, () => new ChatMessageSent(MessageUId.Create(ConversationKey.Group(new("x")), 1, 1), 1, 1));
}

internal sealed class FakeInboxGrain : FakeGrain, IInboxGrain
{
    public PulledMessages Pulled { get; set; } = new([], [], true);

    public Task<Outcome<PulledMessages>> PullAsync(PullRequest request) =>
        CallAsync<Outcome<PulledMessages>>("Pull", request, () => Pulled);

    public Task<Outcome<Done>> AcknowledgeAsync(AcknowledgeRequest request) => DoneAsync("Acknowledge", request);
}
