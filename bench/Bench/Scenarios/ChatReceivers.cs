namespace ImOrleans.Bench.Scenarios;

/// <summary>What the receivers of private messages do.</summary>
internal enum ChatReceivers
{
    /// <summary>Nothing: they are told that there is something, once, and look at nothing.</summary>
    Silent,

    /// <summary>They pull once, so that messages are pushed to them, and acknowledge now and then.</summary>
    Pushed,
}
