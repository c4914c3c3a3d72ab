using System.Diagnostics;
using ImOrleans.Bench.Load;
using ImOrleans.Bench.Servers;
using ImOrleans.Bench.Stores;

namespace ImOrleans.Bench.Scenarios;

/// <summary>Many users who send private messages to each other, each with some others.</summary>
internal sealed class ChatLoad
{
    /// <summary>With how many others each has a conversation that it began; as many have one with it.</summary>
    private const int Partners = 4;

    private readonly Crowd _crowd;
    private readonly ServerProcess _server;
    private readonly BenchDatabase _database;
    private readonly List<ChatUser> _users = [];
    private readonly bool _isPushed;

    /// <summary>Connects the users.</summary>
    public ChatLoad(Crowd crowd, ServerProcess server, BenchDatabase database, int users, ChatReceivers receivers)
    {
        (_crowd, _server, _database) = (crowd, server, database);
        // Nobody is a partner of their own, and partners need not be there.
        var known = Math.Max(users, Partners + 1);
        crowd.Connect(users, i =>
        {
            _users.Add(new(
                crowd, server, NameOf(i), Enumerable.Range(1, Partners).Select(step => NameOf((i + step) % known)), receivers));
            return _users[^1].Client;
        });
        crowd.Settle(server);
        _isPushed = receivers == ChatReceivers.Pushed;
        foreach (var user in _users)
            user.Begin();
        WaitUntilIdle();
    }

    /// <summary>Messages acknowledged so far.</summary>
    public long Acknowledged => _users.Sum(user => user.Acknowledged);

    /// <summary>Calls that were refused because the store had no answer in time, and made again.</summary>
    public long Refused => _users.Sum(user => user.Refused);

    /// <summary>How often users were told to pull, since not all could be pushed to them.</summary>
    public long Pulls => _users.Sum(user => user.Pulls);

    private long Received => _users.Sum(user => user.Received);

    /// <summary>What a user is called.</summary>
    public static string NameOf(int user) => $"chatter{user}";

    /// <summary>All send at the same time, each the next message as soon as the last is acknowledged.</summary>
    public ChatSection RunAtFull(TimeSpan time)
    {
        var start = Stopwatch.GetTimestamp();
        return Run(latencies =>
        {
            var isOver = false;
            foreach (var user in _users)
            {
                user.OnAcknowledged = latency =>
                {
                    latencies.Add(latency);
                    if (!isOver)
                        user.Send(Stopwatch.GetTimestamp());
                };
                user.Send(Stopwatch.GetTimestamp());
            }

            while (Stopwatch.GetElapsedTime(start) < time)
                _crowd.Poll();
            isOver = true;
        });
    }

    /// <summary>The users send in turn, so many messages a second together, whatever becomes of them.</summary>
    /// <remarks>Who still waits sends as soon as he may; his wait counts from when the message was due.</remarks>
    public ChatSection RunAt(double perSecond, TimeSpan time)
    {
        var start = Stopwatch.GetTimestamp();
        var due = _users.ToDictionary(user => user, _ => new Queue<long>());
        return Run(latencies =>
        {
            foreach (var user in _users)
                user.OnAcknowledged = latency =>
                {
                    latencies.Add(latency);
                    if (due[user].TryDequeue(out var dueAt))
                        user.Send(dueAt);
                };
            var total = Math.Max(1, (long)(perSecond * time.TotalSeconds));
            for (var made = 0L; made < total;)
            {
                for (var target = Math.Min(total, (long)(Stopwatch.GetElapsedTime(start).TotalSeconds * perSecond));
                    made < target; made++)
                {
                    var user = _users[(int)(made % _users.Count)];
                    var dueAt = start + (long)(made / perSecond * Stopwatch.Frequency);
                    if (user.IsIdle)
                        user.Send(dueAt);
                    else
                        due[user].Enqueue(dueAt);
                }

                _crowd.Poll(1);
            }
        });
    }

    private ChatSection Run(Action<List<double>> send)
    {
        List<double> latencies = [];
        var acknowledged = Acknowledged;
        var (server, client, database) = (_server.CpuTime, ProcessFigures.CpuTimeOf(Environment.ProcessId), _database.CpuTime);
        var start = Stopwatch.GetTimestamp();
        send(latencies);
        WaitUntilIdle();
        return new(
            Acknowledged - acknowledged, Stopwatch.GetElapsedTime(start), _server.CpuTime - server,
            ProcessFigures.CpuTimeOf(Environment.ProcessId) - client, _database.CpuTime - database, latencies);
    }

    /// <summary>Until all is acknowledged, and was pushed to whom it was for.</summary>
    private void WaitUntilIdle()
    {
        var patience = new Patience(Patience.Limit);
        while (!_users.TrueForAll(user => user.IsIdle && user.IsPullIdle) || (_isPushed && Received < Acknowledged))
        {
            _crowd.Poll();
            patience.Check(
                Acknowledged + Received,
                () => $"{_users.Count(user => !user.IsIdle)} messages are not acknowledged, {Received} were received");
        }

        if (_isPushed && Pulls == 0 && Received != Acknowledged)
            throw new InvalidDataException($"{Acknowledged} messages were acknowledged, {Received} were pushed.");
    }
}
