namespace ImOrleans.Grains.Conversations;

/// <summary>The random part of messages' names.</summary>
public interface IMessageNumbers
{
    /// <summary>A number that nobody can guess; its lowest 44 bits count.</summary>
    long Next();
}
