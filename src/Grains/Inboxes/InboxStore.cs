using ImOrleans.Domain.Conversations;
using ImOrleans.Domain.Errors;
using ImOrleans.Grains.Conversations;

namespace ImOrleans.Grains.Inboxes;

/// <summary>How inboxes use the store.</summary>
internal static class InboxStore
{
    /// <summary>What is refused while the store fails.</summary>
    public static Refusal NotAvailable { get; } =
        new(ErrorCode.InternalErrror, "The conversations cannot be read or written now; try again.");

    /// <summary>Does <paramref name="work"/>, and refuses when the store fails or takes too long.</summary>
    public static async Task<Outcome<T>> WithinAsync<T>(ConversationServices services, Func<IMessageLog, Task<Outcome<T>>> work)
    {
        if (services.Log is not { } log)
            return new Refusal(ErrorCode.InternalErrror, "This server stores no conversations.");
        try
        {
            var outcome = await work(log).WaitAsync(services.Options.StoreWait, services.Clock);
            services.Note(null);
            return outcome;
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            services.Note(failure);
            return NotAvailable;
        }
    }
}
