using System.Text;
using ImOrleans.Domain.Conversations;
using ImOrleans.Grains.Abstractions.Conversations;
using ImOrleans.Grains.Conversations;
using ImOrleans.Grains.Tests.Kit;
using ImOrleans.TestKit.Conversations;
using Microsoft.Extensions.DependencyInjection;

namespace ImOrleans.Grains.Tests.Conversations;

/// <summary>Conversations over a message log that does what the test says.</summary>
public abstract class ConversationTest(int silos = 1) : GrainTest(silos)
{
    private protected static readonly ConversationKey AnnAndBob = ConversationKey.Private(new("ann"), new("bob"));

    // Made before the silos start.
    private protected MemoryMessageLog Log => field ??= new(Clock);

    protected override void Configure(IServiceCollection services)
    {
        base.Configure(services);
        services.AddSingleton<IMessageLog>(Log);
        services.AddSingleton<IMessageNumbers>(new CountingNumbers());
    }

    private protected IConversationGrain Conversation(ConversationKey? key = null) =>
        Grains.GetGrain<IConversationGrain>((key ?? AnnAndBob).Value);

    private protected Outcome<ChatMessageSent> Send(
        string text, string? id = null, string sender = "ann", ConversationKey? key = null) =>
        Do(() => Conversation(key).SendAsync(Message(text, id, sender)));

    private protected Task<Outcome<ChatMessageSent>> BeginSend(string text, string? id = null, string sender = "ann") =>
        Begin(() => Conversation().SendAsync(Message(text, id, sender)));

    private protected static SendChatMessageRequest Message(string text, string? id = null, string sender = "ann") =>
        new(new(sender), "RC:TxtMsg", Encoding.UTF8.GetBytes(text), MessageFlags.Counted, id);

    /// <summary>All that is stored, in its order.</summary>
    private protected IReadOnlyList<StoredMessage> Stored()
    {
        List<StoredMessage> stored = [];
        for (var hasMore = true; hasMore;)
        {
            var page = Do(() => Log.ReadAsync(AnnAndBob, new(stored.Count, long.MaxValue, 1000, false)));
            stored.AddRange(page.Messages);
            hasMore = page.HasMore;
        }

        return stored;
    }

    private protected IEnumerable<string> Texts() =>
        Stored().Select(message => Encoding.UTF8.GetString(message.Message.Content.Span));

    private sealed class CountingNumbers : IMessageNumbers
    {
        private long _last;

        public long Next() => Interlocked.Increment(ref _last);
    }
}
