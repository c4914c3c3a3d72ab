namespace ImOrleans.Simulation.Tests;

/// <summary>Writes down what becomes of each message between silos, when lines are kept.</summary>
internal sealed class NotedNetwork(SimulatedWorld world, IMessageFaults network) : IMessageFaults
{
    public MessageFate Decide(in SiloMessage message)
    {
        var fate = network.Decide(message);
        world.Journal.Remark(
            $"  {message.From.Generation}-{message.To.Generation} {message.Target}.{message.Method} {(message.IsAnswer ? "answer" : "request")}{(fate.IsLost ? " LOST" : "")}{(fate.ArrivesIn is { } delay ? $" late by {delay.TotalMilliseconds:0} ms" : "")}");
        return fate;
    }
}
