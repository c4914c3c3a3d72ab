using System.Diagnostics;
using ImOrleans.Bench.Load;
using ImOrleans.Bench.Results;
using ImOrleans.Bench.Servers;

namespace ImOrleans.Bench.Scenarios;

/// <summary>A device comes after a while and pulls and acknowledges 10,000 messages of 100 conversations.</summary>
internal sealed class OfflinePullScenario(bool isOnPostgres) : IScenario
{
    private const string Away = "away";
    private const int MessagesOfEach = 100;

    private string Store => isOnPostgres ? "PostgreSQL" : "SQLite";

    /// <inheritdoc />
    public string Title => $"offline pull, {Store}";

    /// <inheritdoc />
    public IReadOnlyList<string> Ids => ["O1", $"O1 {Store}"];

    /// <inheritdoc />
    public IReadOnlyList<Row> Run(BenchContext context)
    {
        using var server = context.StartOn(isOnPostgres);
        using var crowd = new Crowd();
        context.Say("  sending");
        var count = Send(crowd, server, context.Crowd(100));
        List<double> rates = [], costs = [];
        var device = 0;
        context.Rounds(isKept =>
        {
            var (time, cpu) = Pull(crowd, server, $"device{device++}", count);
            context.Deliveries += count;
            if (!isKept)
                return;
            rates.Add(count / time.TotalSeconds);
            costs.Add(cpu.TotalMicroseconds / count);
        });
        var what = $"{count:N0} messages that waited, pulled and acknowledged by one device, {Store}";
        return
        [
            new($"O1 {Store}", what, "messages a second", new(server.Flavor.Name, rates))
            {
                IsMoreBetter = true,
                Note = FormattableString.Invariant($"{count / Statistics.Median(rates):0.00} s"),
            },
            new($"O1 {Store} CPU", "the same, server CPU", "µs CPU a message", new(server.Flavor.Name, costs)),
        ];
    }

    private static int Send(Crowd crowd, ServerProcess server, int senders)
    {
        List<ChatUser> users = [];
        crowd.Connect(senders, i =>
        {
            users.Add(new(crowd, server, $"user{i}", [Away]));
            return users[^1].Client;
        });
        foreach (var user in users)
        {
            user.OnAcknowledged = _ =>
            {
                if (user.Acknowledged < MessagesOfEach)
                    user.Send(Stopwatch.GetTimestamp());
            };
            user.Send(Stopwatch.GetTimestamp());
        }

        var patience = new Patience(Patience.Limit);
        while (!users.TrueForAll(user => user.Acknowledged == MessagesOfEach))
        {
            crowd.Poll();
            patience.Check(users.Sum(user => user.Acknowledged), () => "not all messages were acknowledged");
        }

        crowd.Close(users.Select(user => user.Client));
        crowd.Settle(server);
        return senders * MessagesOfEach;
    }

    private static (TimeSpan Time, TimeSpan Cpu) Pull(Crowd crowd, ServerProcess server, string device, int count)
    {
        InboxPull? pull = null;
        crowd.Connect(1, _ => (pull = new(server, Away, device, isChecking: true)).Client);
        var (start, cpu) = (Stopwatch.GetTimestamp(), server.CpuTime);
        pull!.Begin();
        var patience = new Patience(Patience.Limit);
        while (!pull.IsFinished)
        {
            crowd.Poll();
            patience.Check(pull.Messages, () => $"{pull.Messages} of {count} messages were pulled");
        }

        var result = (Stopwatch.GetElapsedTime(start), server.CpuTime - cpu);
        crowd.Close([pull.Client]);
        return pull.Messages == count
            ? result
            : throw new InvalidDataException($"{pull.Messages} of {count} messages were pulled.");
    }
}
