using System.Diagnostics;
using ImOrleans.Bench.Load;
using ImOrleans.Bench.Servers;

namespace ImOrleans.Bench.Scenarios;

/// <summary>Clients that each wait for the answer to a call before they make the next.</summary>
internal sealed class InvokeLoad
{
    private readonly Crowd _crowd;
    private readonly ServerProcess _server;
    private readonly Tally _tally = new();
    private readonly List<HubClient> _clients;
    private readonly CallFrame[] _frames;
    private readonly long[] _sentAt;
    private readonly List<Section> _sections = [];
    private List<double> _latencies = [];
    private long _made;
    private bool _isOver;

    /// <summary>Connects the clients, each with a room of its own.</summary>
    public InvokeLoad(Crowd crowd, ServerProcess server, int clients)
    {
        _crowd = crowd;
        _server = server;
        _clients = crowd.Connect(clients, i => Room.Client(
            server, $"user{i}", server.Flavor.ToPublish($"room{i}", $"user{i}"), isCaller: true, _tally));
        _frames = [.. Enumerable.Range(0, clients).Select(i => server.Flavor.Invoke($"room{i}", Room.PayloadBytes))];
        _sentAt = new long[clients];
        for (var i = 0; i < clients; i++)
        {
            var client = i;
            _clients[i].OnAnswer = () => OnAnswer(client);
        }

        crowd.Settle(server);
    }

    /// <summary>The turns so far.</summary>
    public IReadOnlyList<Section> Sections => _sections;

    /// <summary>Has a turn; one to warm up is not kept.</summary>
    public void Run(TimeSpan time, bool isKept)
    {
        var (answersBefore, madeBefore) = (_tally.Answers, _made);
        var (serverBefore, clientBefore) = (_server.CpuTime, ProcessFigures.CpuTimeOf(Environment.ProcessId));
        _latencies = [];
        _isOver = false;
        var patience = new Patience(Patience.Limit);
        var start = Stopwatch.GetTimestamp();
        for (var i = 0; i < _clients.Count; i++)
            Send(i);
        while (_tally.Answers - answersBefore < _made - madeBefore)
        {
            _crowd.Poll();
            patience.Check(
                _tally.Answers, () => $"{_tally.Answers - answersBefore} of {_made - madeBefore} calls were answered");
            _isOver = Stopwatch.GetElapsedTime(start) >= time;
        }

        if (isKept)
            _sections.Add(new(
                _made - madeBefore, 0, Stopwatch.GetElapsedTime(start), _server.CpuTime - serverBefore,
                ProcessFigures.CpuTimeOf(Environment.ProcessId) - clientBefore, _latencies));
    }

    private void OnAnswer(int client)
    {
        _latencies.Add(Stopwatch.GetElapsedTime(_sentAt[client]).TotalMilliseconds);
        if (!_isOver)
            Send(client);
    }

    private void Send(int client)
    {
        _sentAt[client] = Stopwatch.GetTimestamp();
        _clients[client].Send(_frames[client].With((int)(_made++ % 100_000_000)));
    }
}
