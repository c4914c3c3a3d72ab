namespace ImOrleans.Bench.Stores;

/// <summary>A database without the log around it: the statements that store messages, in a loop.</summary>
internal interface IStoreEngine : IDisposable
{
    /// <summary>Stores messages of conversations at random in one transaction, with their heads and the clock.</summary>
    /// <param name="count">How many.</param>
    /// <param name="isNamed">Whether they have names of their senders, which have an index.</param>
    void Commit(int count, bool isNamed);
}
