using ImOrleans.ClientKit;
using ImOrleans.EndToEnd.Tests.Models;
using ImOrleans.PostgresKit;
using ImOrleans.TestKit;
using Xunit.Abstractions;

namespace ImOrleans.EndToEnd.Tests.Local;

/// <summary>
/// Goal: several users with several devices each get what a plain model says, whatever they and the app do in whichever order,
/// on both stores: private messages, groups, discussions, directed messages, status messages, blacklists, words, devices that
/// begin now, tokens in any order. Method: thousands of random steps against a real server, each answer compared at once, and
/// what was pushed or announced every hundred steps. Short: 600 steps a store; full: 10 seeds of 5,000.
/// </summary>
public sealed class ConversationModelTests(ITestOutputHelper output)
{
    [Fact]
    public async Task Whatever_users_do_comes_out_as_the_model_says_on_SQLite() =>
        await RunAsync(_ => Task.FromResult<string[]>([]));

    [Fact]
    public async Task Whatever_users_do_comes_out_as_the_model_says_on_PostgreSQL()
    {
        var postgres = new PostgresServer();
        await postgres.InitializeAsync();
        try
        {
            await RunAsync(async seed =>
            {
                await postgres.CreateDatabaseAsync($"model{seed}");
                return ["--Storage:ConnectionString", postgres.OwnerOf($"model{seed}")];
            });
        }
        finally
        {
            await postgres.DisposeAsync();
        }
    }

    private async Task RunAsync(Func<int, Task<string[]>> storeAsync)
    {
        for (var seed = 1; seed <= LongRun.Rounds(1, 10); seed++)
        {
            await using var server = await ServerProcess.StartAsync(
                ServerFixture.ServerDll,
                arguments:
                [
                    "--RateLimits:CallsPerSecond", "0", "--RateLimits:ConversationMessagesPerSecond", "0",
                    "--App:Key", ServerFixture.AppKey, "--App:Secret", ServerFixture.Secret,
                    "--SensitiveWords:Shield:0", ModelDraft.ShieldedWord, "--SensitiveWords:Replace:0", ModelDraft.MaskedWord,
                    "--SensitiveWords:Mask", ModelDraft.Mask, .. await storeAsync(seed),
                ]);
            await using var run = new ModelRun(server, seed);
            await run.RunAsync(LongRun.Rounds(600, 5_000));
            output.WriteLine(
                $"Seed {seed}: {string.Join(", ", run.Done.Select(done => $"{done.Key} {done.Value}"))}; "
                + $"{run.Pulled} messages pulled, {run.Pushed} pushed, {run.PassedOn} passed on");
            Assert.True(run is { Pulled: > 100, Pushed: > 100, PassedOn: > 0 }, "Too little happened.");

            // The server finds by itself what it has failed to push. Nothing has failed here.
            Assert.DoesNotContain("were not passed on what is stored", server.Output, StringComparison.Ordinal);
            Assert.DoesNotContain("fail:", server.Output, StringComparison.Ordinal);
        }
    }
}
