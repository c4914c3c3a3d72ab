using System.Globalization;
using ImOrleans.Bench.Load;
using ImOrleans.Bench.Results;
using ImOrleans.Bench.Servers;

namespace ImOrleans.Bench.Scenarios;

/// <summary>One of many receivers does not read any more: the others and the publisher must not notice.</summary>
internal sealed class StalledReaderScenario : IScenario
{
    private const int PayloadBytes = 1024;
    private const int SmallBuffer = 4096;

    // More than what the server keeps for one client and the kernel's largest buffers together.
    private const long BytesToStall = 8 * 1024 * 1024;

    /// <inheritdoc />
    public string Title => "a reader that stops";

    /// <inheritdoc />
    public IReadOnlyList<string> Ids => ["G13"];

    /// <inheritdoc />
    public IReadOnlyList<Row> Run(BenchContext context)
    {
        var listeners = context.Crowd(1000);
        using var ours = context.Start(new RtmFlavor());
        using var allRead = context.Start(new RtmFlavor());
        using var crowd = new Crowd();
        context.Say("  connecting");
        var load = Room.Fill(crowd, ours, listeners - 1, PayloadBytes);
        var loadAllRead = Room.Fill(crowd, allRead, listeners, PayloadBytes);
        var stalled = crowd.Connect(1, _ => Room.Listener(ours, "stalled", new(), SmallBuffer))[0];
        crowd.Stall(stalled);
        context.Say("  filling what is kept for the one that does not read");
        var sent = Fill(load) + Fill(loadAllRead);
        var (rss, rssAllRead) = (ours.ResidentBytes, allRead.ResidentBytes);
        var turns = new Turns(load, 1, 1, context.Section);
        var turnsAllRead = new Turns(loadAllRead, 1, 1, context.Section);
        context.Rounds(turns.Run, turnsAllRead.Run);
        context.Deliveries += load.Verify() + loadAllRead.Verify();
        var growth = MiB(ours.ResidentBytes - rss);
        var growthAllRead = MiB(allRead.ResidentBytes - rssAllRead);
        crowd.Resume(stalled);
        crowd.Rest(TimeSpan.FromSeconds(1));
        if (stalled.Breaks == 0)
            throw new InvalidDataException($"Nothing was dropped for the reader that stopped, after {sent} messages.");
        return
        [
            new("G13", $"one of {listeners:N0} receivers does not read: the publisher's p99", "ms",
                P99(turns, "one stopped"))
            {
                Baseline = P99(turnsAllRead, "all read"),
                Budget = 1.5,
                Note = string.Create(
                    CultureInfo.InvariantCulture,
                    $"memory grew by {growth:0.0} MiB, with all reading by {growthAllRead:0.0}; the one that stopped later "
                    + $"got {stalled.Received:N0} messages, in order but for the gap"),
            },
        ];
    }

    private static Series P99(Turns turns, string name) =>
        turns.Of(name, section => Statistics.Percentile(section.Latencies, 0.99));

    private static double MiB(long bytes) => bytes / 1024.0 / 1024;

    private static long Fill(PublishLoad load)
    {
        var sent = 0L;
        while (sent * PayloadBytes < BytesToStall)
            sent += load.Run(16, 1, TimeSpan.FromMilliseconds(200)).Operations;
        return sent;
    }
}
