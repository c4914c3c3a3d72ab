using ImOrleans.ClientKit;

namespace ImOrleans.EndToEnd.Tests.Crashes;

/// <summary>
/// Rounds in which a server is started on what is stored, checked, written to by several clients as fast as they can, and
/// killed in the middle of that.
/// </summary>
internal static class KillRounds
{
    /// <summary>Runs all rounds, and checks once more at the end.</summary>
    /// <param name="subject">What is written.</param>
    /// <param name="rounds">How often the server is killed.</param>
    /// <param name="seed">Fixes after how many acknowledgements each.</param>
    /// <param name="acknowledgementsMin">Enough for the writers to be in full swing.</param>
    /// <param name="acknowledgementsMax">One more than a round has at most before its kill.</param>
    public static async Task RunAsync(
        ICrashSubject subject, int rounds, int seed, int acknowledgementsMin, int acknowledgementsMax)
    {
        var random = new Random(seed);
        for (var round = 0; round < rounds; round++)
        {
            await using var server = await subject.StartAsync();
            await subject.CheckAsync(server, $"round {round}");
            await RunAsync(subject, server, random.Next(acknowledgementsMin, acknowledgementsMax));
        }

        await using (var server = await subject.StartAsync())
            await subject.CheckAsync(server, "the end");
    }

    /// <summary>Lets a subject write until a server has given so many acknowledgements, and kills it then.</summary>
    public static async Task RunAsync(ICrashSubject subject, ServerProcess server, int acknowledgements)
    {
        var enough = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var clients = await subject.ConnectAsync(server);
        var writers = subject.Writers(clients).Select(WriteAsync).ToArray();
        await Task.WhenAny(enough.Task, Task.WhenAll(writers)).WaitAsync(RtmClient.Patience);
        server.Kill();
        await Task.WhenAll(writers).WaitAsync(RtmClient.Patience);
        foreach (var client in clients)
            await client.DisposeAsync();

        async Task WriteAsync(Func<Task> writeNextAsync)
        {
            try
            {
                while (true)
                {
                    await writeNextAsync();
                    if (Interlocked.Decrement(ref acknowledgements) == 0)
                        enough.TrySetResult();
                }
            }
            catch (Exception failure) when (enough.Task.IsCompleted && failure is not Xunit.Sdk.XunitException)
            {
                // The server is gone.
            }
        }
    }
}
