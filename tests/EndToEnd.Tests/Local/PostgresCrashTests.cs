using ImOrleans.ClientKit;
using ImOrleans.EndToEnd.Tests.Crashes;
using ImOrleans.PostgresKit;
using ImOrleans.TestKit;
using Xunit.Abstractions;

namespace ImOrleans.EndToEnd.Tests.Local;

/// <summary>
/// Goal: on PostgreSQL, a message of a conversation that was acknowledged is there once and in order after the server was
/// killed or the database was; what was not acknowledged is there once after it was sent again; sends are refused as
/// such while the database is away, and the server goes on by itself when it is back. Method: as on SQLite, but that in
/// most rounds it is the database that is killed, its first process or all of them in turn, and started again, while the
/// server and its clients stay and send again what was refused. Short: 4 rounds, one with the server; full: 100, half of them.
/// </summary>
public sealed class PostgresCrashTests(ITestOutputHelper output) : ICrashSubject, IAsyncLifetime
{
    private const string Database = "crash";
    private const int RefusalsMin = 8;

    /// <summary>Its commits take their time, so that many a kill comes in the middle of one.</summary>
    private readonly PostgresServer _postgres = new() { IsDurable = true };

    private readonly ConversationTraffic _traffic = new();
    private readonly string _data = Directory.CreateTempSubdirectory("imorleans-postgres-crash-").FullName;
    private string _connectionString = "";
    private int _starts;
    private int _refused;

    [Fact]
    public async Task Acknowledged_messages_survive_kill_9_of_the_server_and_of_the_database()
    {
        var (rounds, serverEvery) = (LongRun.Rounds(4, 100), LongRun.Rounds(3, 2));
        var random = new Random(20261124);
        ICrashSubject subject = this;
        _connectionString = await _postgres.CreateDatabaseAsync(Database);
        await _postgres.ApplySchemaAsync(Database);
        var server = await subject.StartAsync();
        try
        {
            for (var round = 1; round <= rounds; round++)
            {
                if (round % serverEvery == 0)
                {
                    await KillRounds.RunAsync(this, server, random.Next(50, 300));
                    await server.DisposeAsync();
                    server = await subject.StartAsync();
                }
                else
                {
                    await SendOverTheKillOfTheDatabaseAsync(
                        server, random.Next(2) == 0 ? "KILL" : "QUIT", random.Next(50, 300));
                }

                await subject.CheckAsync(server, $"round {round}");
            }
        }
        catch
        {
            output.WriteLine($"Exit status of the server, if it has ended: {server.ExitStatus}\n{server.Output}");
            throw;
        }
        finally
        {
            await server.DisposeAsync();
        }

        output.WriteLine(
            $"{rounds} rounds, {_starts - 1} with the server: {_traffic.Acknowledged} messages acknowledged, {_refused} refusals, "
            + $"{_traffic.Cut} cut off and sent again, {_traffic.Pulled} pulled.");
        Assert.True(_traffic.Acknowledged >= rounds * 50);
    }

    public Task InitializeAsync() => _postgres.InitializeAsync();

    public async Task DisposeAsync()
    {
        await _postgres.DisposeAsync();
        Directory.Delete(_data, recursive: true);
    }

    Task<ServerProcess> ICrashSubject.StartAsync()
    {
        _starts++;
        return ServerProcess.StartAsync(
            ServerFixture.ServerDll, _data,
            arguments:
            [
                "--Storage:ConnectionString", _connectionString,
                "--RateLimits:CallsPerSecond", "0", "--RateLimits:ConversationMessagesPerSecond", "0",
                // Soon refused, so that much is sent again.
                "--Conversations:StoreWait", "00:00:00.500",
            ]);
    }

    async Task<IReadOnlyList<RtmClient>> ICrashSubject.ConnectAsync(ServerProcess server) =>
        await Task.WhenAll(ConversationTraffic.Users.Select(user => server.ConnectAsync(user)));

    IEnumerable<Func<Task>> ICrashSubject.Writers(IReadOnlyList<RtmClient> clients) => _traffic.Sends(clients);

    Task ICrashSubject.CheckAsync(ServerProcess server, string when) =>
        _traffic.CheckAsync(user => server.ConnectAsync(user), when);

    /// <summary>All that is sent is acknowledged in the end, without another connection.</summary>
    private async Task SendOverTheKillOfTheDatabaseAsync(ServerProcess server, string signal, int acknowledgements)
    {
        var clients = await ((ICrashSubject)this).ConnectAsync(server);
        var (before, after) = (new Countdown(acknowledgements), new Countdown(acknowledgements));
        var refusals = new Countdown(RefusalsMin);
        var (isAway, isBack, isOver) = (false, false, false);
        _traffic.OnRefused = () =>
        {
            Interlocked.Increment(ref _refused);
            if (Volatile.Read(ref isAway))
                refusals.Signal();
        };
        var writers = _traffic.Sends(clients).Select(WriteAsync).ToArray();
        await Task.WhenAny(before.Ended, Task.WhenAll(writers)).WaitAsync(RtmClient.Patience);
        await _postgres.EndAsync(signal);
        Volatile.Write(ref isAway, true);
        await Task.WhenAny(refusals.Ended, Task.WhenAll(writers)).WaitAsync(RtmClient.Patience);
        Volatile.Write(ref isAway, false);
        Volatile.Write(ref isBack, true);
        await _postgres.StartAsync();
        await Task.WhenAny(after.Ended, Task.WhenAll(writers)).WaitAsync(RtmClient.Patience);
        Volatile.Write(ref isOver, true);
        await Task.WhenAll(writers).WaitAsync(RtmClient.Patience);
        foreach (var client in clients)
            await client.DisposeAsync();

        async Task WriteAsync(Func<Task> sendNextAsync)
        {
            while (!Volatile.Read(ref isOver))
            {
                await sendNextAsync();
                before.Signal();
                if (Volatile.Read(ref isBack))
                    after.Signal();
            }
        }
    }

    private sealed class Countdown(int count)
    {
        private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Ended => _ended.Task;

        public void Signal()
        {
            if (Interlocked.Decrement(ref count) == 0)
                _ended.TrySetResult();
        }
    }
}
