using System.Text.Json;

namespace ImOrleans.EndToEnd.Tests.Models;

/// <summary>All conversations as they should be.</summary>
internal sealed class ConversationModel
{
    private readonly Dictionary<(int Type, string Id), ModelConversation> _conversations = [];

    public IReadOnlyCollection<ModelConversation> Conversations => _conversations.Values;

    /// <summary>The one between two users, whoever asks.</summary>
    public ModelConversation Private(string one, string other)
    {
        var (first, second) = string.CompareOrdinal(one, other) <= 0 ? (one, other) : (other, one);
        return Get(1, $"{first} {second}");
    }

    public ModelConversation Group(string id) => Get(3, id);

    /// <summary>The conversation of a message as a user sees it.</summary>
    public ModelConversation Find(string user, JsonElement message)
    {
        var target = message.GetProperty("targetId").GetString()!;
        return message.GetProperty("conversationType").GetInt32() == 1 ? Private(user, target) : Group(target);
    }

    /// <summary>A message is stored: with the next number, and both sides of a private conversation are in it.</summary>
    public static ModelMessage Store(
        ModelConversation conversation, JsonElement answer, string sender, string text, IReadOnlyList<string>? receivers,
        ModelDevice? writer)
    {
        if (conversation.Type == 1)
            foreach (var user in conversation.Id.Split(' '))
                conversation.Join(user);
        Assert.Equal(conversation.Head + 1, answer.GetProperty("seq").GetInt64());
        var message = new ModelMessage(
            conversation.Head + 1, answer.GetProperty("messageUId").GetString()!, sender, text, receivers, writer);
        Assert.DoesNotContain(conversation.Messages, other => other.UId == message.UId);
        conversation.Messages.Add(message);
        return message;
    }

    private ModelConversation Get(int type, string id) =>
        _conversations.TryGetValue((type, id), out var known) ? known : _conversations[(type, id)] = new(type, id);
}
