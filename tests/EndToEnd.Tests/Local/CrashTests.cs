using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using ImOrleans.ClientKit;
using ImOrleans.EndToEnd.Tests.Crashes;
using ImOrleans.TestKit;
using Xunit.Abstractions;

namespace ImOrleans.EndToEnd.Tests.Local;

/// <summary>
/// Goal: what was acknowledged is there after the process was killed, and what was not acknowledged is there as a whole
/// or not at all. Method: clients write as fast as they can, the process is killed in the middle, started anew on its data
/// folder, and everything is compared with what the clients were told. Short: 5 rounds; full: 100.
/// </summary>
public sealed class CrashTests(ITestOutputHelper output) : ICrashSubject, IDisposable
{
    private const int WritersMax = 4;
    private const string Channel = "crash";

    private readonly Journal _journal = new();
    private readonly string _data = Directory.CreateTempSubdirectory("imorleans-crash-").FullName;

    [Fact]
    public async Task Acknowledged_writes_of_metadata_and_locks_survive_kill_9()
    {
        var rounds = LongRun.Rounds(5, 100);

        await KillRounds.RunAsync(this, rounds, seed: 20261121, 20, 200);

        output.WriteLine(
            $"{rounds} rounds: {_journal.Acknowledged} writes acknowledged, {_journal.Cut} cut off, {_journal.Landed} of them found.");
        Assert.True(_journal.Acknowledged >= rounds * 20);
    }

    public void Dispose() => Directory.Delete(_data, recursive: true);

    Task<ServerProcess> ICrashSubject.StartAsync() => ServerProcess.StartAsync(
        ServerFixture.ServerDll, _data, arguments:
        [
            "--RateLimits:CallsPerSecond", "0", "--RateLimits:MetadataCallsPerSecond", "0",
            "--RateLimits:LockAcquisitionsPerSecond", "0",
        ]);

    async Task<IReadOnlyList<RtmClient>> ICrashSubject.ConnectAsync(ServerProcess server) =>
        await Task.WhenAll(Enumerable.Range(0, WritersMax).Select(number => server.ConnectAsync($"writer{number}")));

    IEnumerable<Func<Task>> ICrashSubject.Writers(IReadOnlyList<RtmClient> clients) =>
        clients.Select((client, number) => (Func<Task>)(() => _journal.WriteNextAsync(client, number)));

    /// <summary>Compares what there is with what the clients were told.</summary>
    async Task ICrashSubject.CheckAsync(ServerProcess server, string when)
    {
        await using var client = await server.ConnectAsync("checker");
        for (var number = 0; number < WritersMax; number++)
        {
            var mine = await client.DoAsync("GetUserMetadata", new { userId = $"writer{number}" });
            _journal.Check(number, mine, $"{when}, writer {number}");
        }

        var locks = await client.DoAsync("GetLocks", new { channel = Channel, channelType = "stream" });
        _journal.CheckLock(locks.GetProperty("locks"), when);
    }

    /// <summary>What the clients have asked for and been told.</summary>
    private sealed class Journal
    {
        private readonly ConcurrentDictionary<int, Writer> _writers = new();
        private readonly Lock _gate = new();
        private long _token;
        private string? _owner;
        private bool _isUncertain;
        private bool _hasLock;
        private int _acknowledged;

        public int Acknowledged => _acknowledged;

        /// <summary>Writes whose answer did not come.</summary>
        public int Cut { get; private set; }

        /// <summary>How many of these were found all the same.</summary>
        public int Landed { get; private set; }

        /// <summary>A write of two items that belong together, and for the first writer a grant or release of a lock.</summary>
        public async Task WriteNextAsync(RtmClient client, int number)
        {
            var writer = _writers.GetOrAdd(number, static _ => new());
            var value = (writer.Pending ?? writer.Last) + 1;
            writer.Pending = value;
            var text = value.ToString(CultureInfo.InvariantCulture);
            var changed = await client.DoAsync("SetUserMetadata", new
            {
                userId = $"writer{number}",
                items = new[] { new { key = "one", value = text }, new { key = "two", value = text } },
            });
            (writer.Last, writer.Pending) = (value, null);
            writer.Revision = changed.GetProperty("majorRevision").GetInt64();
            Interlocked.Increment(ref _acknowledged);
            if (number == 0)
                await TurnLockAsync(client);
        }

        public void Check(int number, JsonElement metadata, string when)
        {
            var writer = _writers.GetOrAdd(number, static _ => new());
            var values = metadata.GetProperty("items").EnumerateArray()
                .Select(item => long.Parse(item.GetProperty("value").GetString()!, CultureInfo.InvariantCulture)).ToArray();
            var found = values.FirstOrDefault();
            Assert.True(values.All(value => value == found), $"{when}: a change is there in part: {metadata}");
            Assert.True(
                found == writer.Last || found == writer.Pending,
                $"{when}: {writer.Last} was acknowledged, {writer.Pending} was under way, {found} is there.");
            var revision = metadata.GetProperty("majorRevision").GetInt64();
            Assert.True(revision >= writer.Revision, $"{when}: the revision fell from {writer.Revision} to {revision}.");
            if (writer.Pending is not null)
                (Cut, Landed) = (Cut + 1, Landed + (found == writer.Pending ? 1 : 0));
            (writer.Last, writer.Pending, writer.Revision) = (found, null, revision);
        }

        public void CheckLock(JsonElement locks, string when)
        {
            Assert.True(!_hasLock || locks.GetArrayLength() == 1, $"{when}: the lock is gone.");
            if (locks.GetArrayLength() == 0)
                return;
            var owner = locks[0].GetProperty("owner").GetString();
            owner = string.IsNullOrEmpty(owner) ? null : owner;
            var token = owner is null ? 0 : locks[0].GetProperty("fencingToken").GetInt64();
            lock (_gate)
            {
                if (_isUncertain)
                {
                    (Cut, Landed) = (Cut + 1, Landed + (owner == _owner ? 0 : 1));
                    Assert.True(owner is null || owner == _owner || token > _token, $"{when}: token {token} after {_token}.");
                }
                else if (_hasLock)
                {
                    Assert.Equal(_owner, owner);
                    Assert.True(owner is null || token == _token, $"{when}: token {token} in place of {_token}.");
                }

                (_owner, _isUncertain, _hasLock, _token) = (owner, false, true, Math.Max(_token, token));
            }
        }

        private async Task TurnLockAsync(RtmClient client)
        {
            var name = new { channel = Channel, channelType = "stream", name = "door", ttl = 300 };
            if (!_hasLock)
            {
                var code = await client.CodeAsync("SetLock", name);
                Assert.Contains(code, new[] { 0, 14004 });
                _hasLock = true;
            }

            _isUncertain = true;
            if (_owner is null)
            {
                var granted = await client.DoAsync("AcquireLock", name);
                var token = granted.GetProperty("fencingToken").GetInt64();
                Assert.True(token > _token, $"Token {token} was granted after {_token}.");
                (_owner, _token) = ("writer0", token);
            }
            else
            {
                await client.DoAsync("ReleaseLock", name);
                _owner = null;
            }

            _isUncertain = false;
            Interlocked.Increment(ref _acknowledged);
        }

        private sealed class Writer
        {
            /// <summary>The last value that was acknowledged.</summary>
            public long Last { get; set; }

            /// <summary>The value whose answer has not come.</summary>
            public long? Pending { get; set; }

            public long Revision { get; set; }
        }
    }
}
