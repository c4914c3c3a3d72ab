using System.Text.Json;

namespace ImOrleans.EndToEnd.Tests.Models;

/// <summary>All conversations as they should be, and who may do what in them.</summary>
internal sealed class ConversationModel
{
    public const int Unknown = 20407;
    public const int NotInGroup = 22406;
    public const int NotInDiscussion = 21406;
    public const int Blocked = 405;
    public const int Shielded = 21501;
    public const int Replaced = 21502;

    private readonly Dictionary<(int Type, string Id), ModelConversation> _conversations = [];
    private readonly Dictionary<string, List<string>> _blacklists = [];

    public IReadOnlyCollection<ModelConversation> Conversations => _conversations.Values;

    /// <summary>What was passed on and not stored.</summary>
    public Dictionary<string, (ModelConversation Where, ModelMessage Message)> Statuses { get; } = [];

    /// <summary>The one between two users, whoever asks.</summary>
    public ModelConversation Private(string one, string other)
    {
        var (first, second) = string.CompareOrdinal(one, other) <= 0 ? (one, other) : (other, one);
        return Get(1, $"{first} {second}");
    }

    /// <summary>What one tells another in the name of the app.</summary>
    public ModelConversation System(string sender, string receiver) => Get(6, $"{sender} {receiver}");

    public ModelConversation Group(string id) => Get(3, id);

    public ModelConversation Discussion(string id) => Get(2, id);

    /// <summary>Groups or discussions that somebody has made, also those that have ended.</summary>
    public IReadOnlyList<ModelConversation> Made(int type) =>
        [.. _conversations.Values.Where(conversation => conversation.Type == type && conversation.IsMade)];

    /// <summary>The conversation of a message as a user sees it.</summary>
    public ModelConversation Find(string user, JsonElement message)
    {
        var target = message.GetProperty("targetId").GetString()!;
        return message.GetProperty("conversationType").GetInt32() switch
        {
            1 => Private(user, target),
            6 => System(target, user),
            var type => Get(type, target),
        };
    }

    public void Add(ModelConversation conversation) =>
        _conversations.Add((conversation.Type, conversation.Id), conversation);

    /// <summary>Whom a user does not want messages from, in the order in which they were added.</summary>
    public List<string> Blacklist(string user) =>
        _blacklists.TryGetValue(user, out var list) ? list : _blacklists[user] = [];

    /// <summary>How a message is answered that was not stored before: a code, 0 when it is accepted.</summary>
    public int Judge(ModelConversation conversation, string sender, ModelDraft draft, bool isOfApp)
    {
        if (conversation is { HasMembers: true, IsMade: false })
            return Unknown;
        var isLookedAt = !isOfApp && conversation.Type != 6;
        if (isLookedAt && draft.IsShielded)
            return Shielded;
        if (conversation.IsDismissed)
            return Unknown;
        if (!isOfApp && conversation.HasMembers && !conversation.Has(sender))
            return conversation.Type == 2 ? NotInDiscussion : NotInGroup;
        if (!isOfApp && conversation.Type == 1
            && conversation.Id.Split(' ').Any(user => user != sender && Blacklist(user).Contains(sender)))
            return Blocked;
        return isLookedAt && draft.IsMasked ? Replaced : 0;
    }

    /// <summary>A message was accepted: it is stored with the next number, or passed on.</summary>
    public ModelMessage Accept(
        ModelConversation conversation, JsonElement answer, string sender, ModelDraft draft, (ModelDevice, int)? writer)
    {
        var seq = answer.GetProperty("seq").GetInt64();
        var message = new ModelMessage(
            seq, answer.GetProperty("messageUId").GetString()!, answer.GetProperty("sentTime").GetInt64(), sender,
            draft, conversation.Audience(sender, draft), writer);
        Assert.Equal(draft.IsStatus ? 0 : conversation.Head + 1, seq);
        if (draft.IsStatus)
        {
            Statuses.Add(message.UId, (conversation, message));
            return message;
        }

        Assert.DoesNotContain(conversation.Messages, other => other.UId == message.UId);
        conversation.Messages.Add(message);
        return message;
    }

    private ModelConversation Get(int type, string id) =>
        _conversations.TryGetValue((type, id), out var known) ? known : _conversations[(type, id)] = new(type, id);
}
