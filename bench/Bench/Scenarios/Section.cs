namespace ImOrleans.Bench.Scenarios;

/// <summary>What one variant did in one turn.</summary>
/// <param name="Operations">Calls that were made and answered.</param>
/// <param name="Deliveries">Messages that arrived.</param>
/// <param name="Time">How long it took.</param>
/// <param name="ServerCpu">The server's processor time.</param>
/// <param name="ClientCpu">The generator's own.</param>
/// <param name="Latencies">From each call to its answer, in milliseconds.</param>
internal sealed record Section(
    long Operations, long Deliveries, TimeSpan Time, TimeSpan ServerCpu, TimeSpan ClientCpu, IReadOnlyList<double> Latencies)
{
    /// <summary>Calls a second.</summary>
    public double Rate => Operations / Time.TotalSeconds;

    /// <summary>The server's microseconds a delivery.</summary>
    public double ServerPerDelivery => ServerCpu.TotalMicroseconds / Deliveries;

    /// <summary>The generator's microseconds a delivery.</summary>
    public double ClientPerDelivery => ClientCpu.TotalMicroseconds / Deliveries;

    /// <summary>The server's microseconds a call.</summary>
    public double ServerPerOperation => ServerCpu.TotalMicroseconds / Operations;
}
