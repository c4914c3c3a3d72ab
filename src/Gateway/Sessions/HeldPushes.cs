using ImOrleans.Grains.Abstractions.Conversations;

namespace ImOrleans.Gateway.Sessions;

/// <summary>What came since a pull began, as long as it is all there. Not safe for concurrent use.</summary>
internal sealed class HeldPushes(int messagesMax, int bytesMax)
{
    private List<ConversationPush>? _pushes;
    private int _messages;
    private int _bytes;

    /// <summary>True when everything is there that came since <see cref="Begin"/>.</summary>
    public bool IsWhole => _pushes is not null;

    /// <summary>Keeps what comes from now on.</summary>
    public void Begin()
    {
        _pushes = [];
        (_messages, _bytes) = (0, 0);
    }

    /// <summary>Adds something; where that is too much, or has no messages, nothing is kept any more.</summary>
    public void Add(ConversationPush push)
    {
        if (_pushes is null)
            return;
        _messages += push.Messages.Length;
        _bytes += push.Bytes;
        if (push.Messages.IsEmpty || _messages > messagesMax || _bytes > bytesMax)
            _pushes = null;
        else
            _pushes.Add(push);
    }

    /// <summary>Keeps nothing any more; all that was kept, in its order.</summary>
    public IReadOnlyList<ConversationPush> End()
    {
        var pushes = _pushes ?? [];
        _pushes = null;
        return pushes;
    }
}
