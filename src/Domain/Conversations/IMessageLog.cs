using System.Collections.Immutable;
using ImOrleans.Domain.Identifiers;

namespace ImOrleans.Domain.Conversations;

/// <summary>
/// The store of conversations: their messages, who is in them, and how far users and devices have got. The port; the
/// stores are in another place.
/// </summary>
/// <remarks>
/// <para>
/// <b>One row a message.</b> A conversation has one head row, a message one row, a user one entry for each conversation.
/// Nothing is written for each receiver of a message.
/// </para>
/// <para>
/// <b>Fencing.</b> Whoever writes to a conversation opens it first and gets the next epoch. A write with an older one is
/// refused in its own transaction, alone: writes to other conversations that share the transaction are not touched.
/// </para>
/// <para>
/// <b>Time.</b> The times of messages never fall in the order of commits, across all conversations and all processes that
/// write: what becomes visible later has no earlier time. They may be equal.
/// </para>
/// <para>
/// <b>Durability.</b> What a task that has ended said to be done is on disk. Writes that wait share a transaction; the
/// first does not wait for company.
/// </para>
/// <para>
/// <b>Errors.</b> <see cref="LogUnknownException"/>: the write may be done, now or later; read before writing again. Any
/// other exception: it is not done. Reads only throw.
/// </para>
/// <para>
/// <b>Bounds.</b> What waits is bounded in number and bytes; what comes on top is refused at once. Arguments out of range
/// are an <see cref="ArgumentOutOfRangeException"/>, see <see cref="LogArguments"/>. <b>Threads:</b> all members may be
/// used at once; writes of one conversation keep the order of the calls, those of one user too.
/// </para>
/// </remarks>
public interface IMessageLog
{
    /// <summary>Takes the right to write to a conversation, and yields its head with the epoch that is ours now.</summary>
    Task<ConversationHead> OpenAsync(ConversationKey key);

    /// <summary>Appends messages to a conversation, all or none.</summary>
    /// <exception cref="ArgumentException">A sender has used a name before, see <see cref="FindAsync"/>.</exception>
    Task<AppendResult> AppendAsync(ConversationAppend append);

    /// <summary>The heads of conversations in the order of <paramref name="keys"/>; of one that nobody has opened, none.</summary>
    /// <param name="keys">At most <see cref="ConversationLimits.PageMessagesMax"/>.</param>
    Task<ImmutableArray<ConversationHead>> ReadHeadsAsync(IReadOnlyList<ConversationKey> keys);

    /// <summary>Reads messages of a conversation.</summary>
    Task<MessagePage> ReadAsync(ConversationKey key, MessageRange range);

    /// <summary>
    /// The place of the newest message with a time up to <paramref name="atUnixMs"/>; 0 when there is none that is kept.
    /// </summary>
    Task<long> FindSeqAsync(ConversationKey key, long atUnixMs);

    /// <summary>Finds the message that <paramref name="sender"/> has given a name; null when there is none.</summary>
    /// <remarks><b>Guarantee:</b> a name is found as long as its message is kept, so nobody removes what is younger than 7
    /// days. No two messages of a sender in a conversation have one name: an append that would make it so is an error of
    /// the caller, and stores nothing.</remarks>
    Task<StoredMessage?> FindAsync(ConversationKey key, UserId sender, string clientMessageId);

    /// <summary>Writes the profile of a group or a discussion that is opened.</summary>
    /// <returns>False when another activation has opened it since: nothing is written.</returns>
    Task<bool> WriteProfileAsync(ConversationKey key, long epoch, GroupProfile profile);

    /// <summary>The profile of a group or a discussion; null when nobody has made it.</summary>
    Task<GroupProfile?> ReadProfileAsync(ConversationKey key);

    /// <summary>Takes users in, and lets users go, all or none.</summary>
    /// <returns>False when another activation has opened the conversation since: nothing is written.</returns>
    Task<bool> ChangeMembersAsync(MembersChange change);

    /// <summary>Members of a group or a discussion in the order of their ids.</summary>
    /// <param name="key">Which.</param>
    /// <param name="after">The last one of the page before; null for the first page.</param>
    /// <param name="countMax">At most so many, 1 to <see cref="ConversationLimits.PageMessagesMax"/>.</param>
    Task<ImmutableArray<Member>> ReadMembersAsync(ConversationKey key, UserId? after, int countMax);

    /// <summary>How many members a group or a discussion has.</summary>
    Task<int> CountMembersAsync(ConversationKey key);

    /// <summary>The conversations of a user in the order of their keys, also those that it has left, with their heads.</summary>
    /// <param name="user">Whose.</param>
    /// <param name="after">The last one of the page before; null for the first page.</param>
    /// <param name="countMax">At most so many, 1 to <see cref="ConversationLimits.PageMessagesMax"/>.</param>
    Task<ImmutableArray<ConversationEntry>> ReadEntriesAsync(UserId user, ConversationKey? after, int countMax);

    /// <summary>One conversation of a user; null when it never was in it.</summary>
    Task<ConversationEntry?> ReadEntryAsync(UserId user, ConversationKey key);

    /// <summary>
    /// How far users could have got: the sum of <see cref="ConversationEntry.EndSeq"/> over the conversations of each; 0 of one
    /// that has none. It rises with every message that a user sees, and never falls, whoever leaves and comes again.
    /// </summary>
    /// <remarks><b>Guarantee:</b> of one point of the store's life. <b>Cost:</b> one query, which reads all entries and heads of
    /// these users.</remarks>
    /// <param name="users">At most <see cref="ConversationLimits.PageMessagesMax"/>; the totals come in their order.</param>
    Task<ImmutableArray<long>> ReadTotalsAsync(IReadOnlyList<UserId> users);

    /// <summary>Moves how far a user has read. A mark never falls; one beyond the head, or of no entry, is left out.</summary>
    Task WriteReadAsync(UserId user, ConversationKey key, long readSeq);

    /// <summary>The devices of a user.</summary>
    Task<ImmutableArray<DeviceRow>> ReadDevicesAsync(UserId user);

    /// <summary>
    /// Notes that a device is there. A new one has received what is stored up to <see cref="DeviceRow.SinceUnixMs"/>, an
    /// old one keeps its own; <see cref="DeviceRow.SeenAtUnixMs"/> never falls.
    /// </summary>
    Task<DeviceRow> TouchDeviceAsync(UserId user, DeviceRow device);

    /// <summary>Forgets a device and all its positions.</summary>
    Task RemoveDeviceAsync(UserId user, DeviceId device);

    /// <summary>How far a device has received each conversation where it has acknowledged anything.</summary>
    Task<ImmutableArray<DevicePosition>> ReadPositionsAsync(UserId user, DeviceId device);

    /// <summary>
    /// Moves how far a device has received. No position falls; those of an unknown device, and those beyond the head, are
    /// left out.
    /// </summary>
    /// <param name="user">Whose device.</param>
    /// <param name="device">Which.</param>
    /// <param name="positions">At most <see cref="ConversationLimits.PageMessagesMax"/>.</param>
    Task WritePositionsAsync(UserId user, DeviceId device, IReadOnlyList<DevicePosition> positions);

    /// <summary>Forgets devices that were not there since a time.</summary>
    /// <param name="unseenSinceUnixMs">Devices that were there at this time stay.</param>
    /// <param name="countMax">At most so many, 1 or more; whoever gets so many calls again.</param>
    /// <returns>How many were forgotten.</returns>
    Task<int> RemoveDevicesAsync(long unseenSinceUnixMs, int countMax);

    /// <summary>
    /// Removes messages of all conversations that are older than a time, the oldest first. Numbers and heads stay.
    /// </summary>
    /// <param name="beforeUnixMs">Messages of this time stay.</param>
    /// <param name="countMax">At most so many, 1 or more; whoever gets so many calls again.</param>
    /// <returns>How many were removed.</returns>
    Task<int> RemoveAsync(long beforeUnixMs, int countMax);
}
