using System.Diagnostics;
using ImOrleans.Bench.Load;
using ImOrleans.Bench.Servers;

namespace ImOrleans.Bench.Scenarios;

/// <summary>One client that publishes, and those that get every message of it.</summary>
/// <remarks>
/// A publish is outstanding until it was answered and as many messages have arrived as it causes, the same for every
/// server, whenever that answers. The next is sent when fewer are outstanding than the window allows.
/// </remarks>
internal sealed class PublishLoad(
    Crowd crowd, ServerProcess server, HubClient publisher, IReadOnlyList<HubClient> receivers, Tally tally, CallFrame frame)
{
    private int _published;

    /// <summary>Publishes for a while, and waits until everything has arrived.</summary>
    /// <param name="window">How many publishes may be outstanding.</param>
    /// <param name="batch">How many are sent in one write.</param>
    /// <param name="time">For how long.</param>
    public Section Run(int window, int batch, TimeSpan time)
    {
        var (deliveriesBefore, answersBefore, publishedBefore) = (tally.Deliveries, tally.Answers, _published);
        var (serverBefore, clientBefore) = (server.CpuTime, ProcessFigures.CpuTimeOf(Environment.ProcessId));
        var sentAt = new Queue<long>();
        var latencies = new List<double>();
        var buffer = new byte[batch * frame.Length];
        publisher.OnAnswer = () => latencies.Add(Stopwatch.GetElapsedTime(sentAt.Dequeue()).TotalMilliseconds);
        var patience = new Patience(Patience.Limit);
        var start = Stopwatch.GetTimestamp();
        while (true)
        {
            var sent = _published - publishedBefore;
            var arrived = (tally.Deliveries - deliveriesBefore) / receivers.Count;
            var done = (int)Math.Min(tally.Answers - answersBefore, arrived);
            var isOver = sent > 0 && Stopwatch.GetElapsedTime(start) >= time;
            if (isOver && done == sent)
                break;
            if (!isOver && sent - done + batch <= window)
            {
                Send(buffer, batch, sentAt);
                continue;
            }

            crowd.Poll();
            patience.Check(
                tally.Deliveries + tally.Answers,
                () => $"{done} of {sent} publishes have arrived at all {receivers.Count} receivers");
        }

        return new(
            _published - publishedBefore,
            tally.Deliveries - deliveriesBefore,
            Stopwatch.GetElapsedTime(start),
            server.CpuTime - serverBefore,
            ProcessFigures.CpuTimeOf(Environment.ProcessId) - clientBefore,
            latencies);
    }

    /// <summary>Checks that every receiver got every message once and in order; returns how many they are.</summary>
    /// <exception cref="InvalidDataException">One did not.</exception>
    public long Verify()
    {
        foreach (var receiver in receivers)
            if (receiver.Received != _published || receiver.Breaks > 0)
                throw new InvalidDataException(
                    $"A receiver got {receiver.Received} of {_published} messages, {receiver.Breaks} of them out of order.");
        return tally.Deliveries;
    }

    private void Send(byte[] buffer, int batch, Queue<long> sentAt)
    {
        for (var i = 0; i < batch; i++)
            frame.With(_published++).CopyTo(buffer.AsSpan(i * frame.Length));
        var now = Stopwatch.GetTimestamp();
        for (var i = 0; i < batch; i++)
            sentAt.Enqueue(now);
        publisher.Send(buffer);
    }
}
