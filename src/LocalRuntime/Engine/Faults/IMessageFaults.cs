namespace ImOrleans.LocalRuntime;

/// <summary>
/// The network between the silos of a <see cref="LocalCluster"/>: decides about each message, on the thread that sends it.
/// </summary>
/// <remarks>
/// A lost request is never run, the answer of a lost answer was; the caller cannot tell them apart and waits until its
/// time limit. Calls within a silo, cancellations and the news of who left are no messages.
/// </remarks>
public interface IMessageFaults
{
    MessageFate Decide(in SiloMessage message);
}
