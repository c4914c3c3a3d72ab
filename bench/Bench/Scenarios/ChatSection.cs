namespace ImOrleans.Bench.Scenarios;

/// <summary>What one turn of <see cref="ChatLoad"/> did.</summary>
/// <param name="Messages">Messages that were acknowledged.</param>
/// <param name="Time">How long it took.</param>
/// <param name="ServerCpu">The server's processor time.</param>
/// <param name="ClientCpu">The generator's.</param>
/// <param name="DatabaseCpu">That of PostgreSQL.</param>
/// <param name="Latencies">From when each message was due until it was acknowledged, in milliseconds.</param>
internal sealed record ChatSection(
    long Messages, TimeSpan Time, TimeSpan ServerCpu, TimeSpan ClientCpu, TimeSpan DatabaseCpu,
    IReadOnlyList<double> Latencies)
{
    /// <summary>Messages a second.</summary>
    public double Rate => Messages / Time.TotalSeconds;

    /// <summary>The server's microseconds a message.</summary>
    public double ServerPerMessage => ServerCpu.TotalMicroseconds / Messages;

    /// <summary>The generator's microseconds a message.</summary>
    public double ClientPerMessage => ClientCpu.TotalMicroseconds / Messages;

    /// <summary>The microseconds of PostgreSQL a message.</summary>
    public double DatabasePerMessage => DatabaseCpu.TotalMicroseconds / Messages;
}
