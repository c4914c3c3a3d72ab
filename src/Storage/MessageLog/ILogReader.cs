using System.Collections.Immutable;
using ImOrleans.Domain.Conversations;
using ImOrleans.Domain.Identifiers;

namespace ImOrleans.Storage.MessageLog;

/// <summary>The reads of a message log, beside its writes; see <see cref="IMessageLog"/>. The arguments are in range.</summary>
internal interface ILogReader : IAsyncDisposable
{
    Task<ImmutableArray<ConversationHead>> ReadHeadsAsync(IReadOnlyList<ConversationKey> keys);

    Task<MessagePage> ReadAsync(ConversationKey key, MessageRange range);

    Task<long> FindSeqAsync(ConversationKey key, long atUnixMs);

    Task<StoredMessage?> FindAsync(ClientName name);

    Task<GroupProfile?> ReadProfileAsync(ConversationKey key);

    Task<ImmutableArray<Member>> ReadMembersAsync(ConversationKey key, UserId? after, int countMax);

    Task<int> CountMembersAsync(ConversationKey key);

    Task<ImmutableArray<ConversationEntry>> ReadEntriesAsync(UserId user, ConversationKey? after, int countMax);

    Task<ConversationEntry?> ReadEntryAsync(UserId user, ConversationKey key);

    Task<ImmutableArray<long>> ReadTotalsAsync(IReadOnlyList<UserId> users);

    Task<ImmutableArray<DeviceRow>> ReadDevicesAsync(UserId user);

    Task<ImmutableArray<DevicePosition>> ReadPositionsAsync(UserId user, DeviceId device);
}
