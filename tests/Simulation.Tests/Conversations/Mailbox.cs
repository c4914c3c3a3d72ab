using ImOrleans.Domain.Conversations;
using ImOrleans.Domain.Identifiers;

namespace ImOrleans.Simulation.Tests;

/// <summary>
/// What one device has of its conversations, over all its logins: each message once, in order and without a gap, or the run
/// is a bad one.
/// </summary>
internal sealed class Mailbox(SimulatedWorld world, string user, string device)
{
    private readonly HashSet<MessageUId> _known = [];
    private readonly Dictionary<ConversationKey, long> _last = [];
    private readonly UserId _user = new(user);

    private string Name => $"{user} {device}";

    private Chatting Chatting => world.Chatting!;

    /// <summary>How many came by pulls, for the first time.</summary>
    public long Pulled { get; private set; }

    /// <summary>How many came by pushes, for the first time.</summary>
    public long Pushed { get; private set; }

    /// <summary>How many came once more.</summary>
    public long Repeated { get; private set; }

    public void Take(ConversationKey conversation, StoredMessage message, bool isPushed)
    {
        if (!_known.Add(message.Message.UId) || Chatting.IsBy(Name, message))
        {
            Repeated++;
            return;
        }

        world.Journal.Note($"{Name} gets {Chatting.TextOf(message)}{(isPushed ? " pushed" : "")}");
        var expected = Missing(conversation).FirstOrDefault();
        if (expected?.Message.UId != message.Message.UId || Chatting.TextOf(expected) != Chatting.TextOf(message))
            world.Journal.Violate(
                $"{Name} gets {Chatting.TextOf(message)} of {conversation} when {Chatting.TextOf(expected)} is next");
        _last[conversation] = Math.Max(_last.GetValueOrDefault(conversation), message.Seq);
        _ = isPushed ? Pushed++ : Pulled++;
    }

    /// <summary>Everything that is stored for its user has come.</summary>
    public void CheckComplete(string when)
    {
        foreach (var conversation in Chatting.Of(user))
            if (Missing(conversation) is [var first, ..] missing)
                world.Journal.Violate(
                    $"{Name} misses {missing.Count} of {conversation} from {Chatting.TextOf(first)} on when all {when}");
    }

    private List<StoredMessage> Missing(ConversationKey conversation) =>
    [
        .. Stored(conversation).Where(stored =>
            stored.Seq > _last.GetValueOrDefault(conversation) && stored.Message.IsFor(_user)
            && !Chatting.IsBy(Name, stored)),
    ];

    /// <summary>What its user may see: of a group, what was sent while it was there, however often it came.</summary>
    private IEnumerable<StoredMessage> Stored(ConversationKey conversation) => conversation == Chatting.Team
        ? Chatting.Stored(conversation).Where(stored => Chatting.Log.Stays.Had(conversation, _user, stored.Seq))
        : Chatting.Stored(conversation);
}
