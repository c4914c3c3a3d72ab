using System.Text.Json;
using ImOrleans.ClientKit;

namespace ImOrleans.EndToEnd.Tests.Models;

/// <summary>
/// Users with several devices each and the app's server do at random what can be done with conversations, one thing
/// after the other, and the server's answers are compared with a <see cref="ConversationModel"/>.
/// </summary>
internal sealed partial class ModelRun(ServerProcess server, int seed) : IAsyncDisposable
{
    private const int CatchUpEvery = 100;

    /// <summary>No more than the server remembers of a user.</summary>
    private const int DevicesMax = 10;

    private const int Malformed = 33003;

    private static readonly string[] Users = ["ann", "bob", "cay", "dan", "eve"];
    private static readonly string[] FirstDevices = ["phone", "web"];

    private readonly Random _random = new(seed);
    private readonly ConversationModel _model = new();
    private readonly AppServer _app = new(server.Address, ServerFixture.AppKey, ServerFixture.Secret);
    private readonly List<ModelDevice> _devices = [];
    private long _lastTime;
    private int _numbers;

    /// <summary>How often each thing was done.</summary>
    public SortedDictionary<string, int> Done { get; } = new(StringComparer.Ordinal);

    public int Pushed => _devices.Sum(device => device.Pushed);

    public int Pulled => _devices.Sum(device => device.Pulled);

    /// <summary>How many messages came that are not stored.</summary>
    public int PassedOn => _devices.Sum(device => device.Statuses);

    /// <summary>Does so many things; what fails names its seed and step.</summary>
    public async Task RunAsync(int steps)
    {
        foreach (var user in Users)
            foreach (var device in FirstDevices)
                _devices.Add(new(_model, user, device));
        for (var step = 1; step <= steps; step++)
            try
            {
                await StepAsync();
                if (step % CatchUpEvery == 0 || step == steps)
                    foreach (var device in _devices.Where(device => device.Client is not null))
                        await device.CatchUpAsync(_random);
            }
            catch (Exception failure) when (failure is not OutOfMemoryException)
            {
                throw new InvalidOperationException($"Seed {seed}, step {step}: {failure.Message}", failure);
            }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var device in _devices.Where(device => device.Client is not null))
            await device.Client!.DisposeAsync();
        _app.Dispose();
    }

    private async Task StepAsync()
    {
        var device = Any(_devices);
        if (device.Client is null || Chance(60))
        {
            await ConnectOrDisconnectAsync(device);
            return;
        }

        switch (_random.Next(40))
        {
            case < 5:
                Count("pulls");
                await device.PullAsync(_random.Next(1, 60), Chance(3));
                break;
            case < 9:
                Count("acknowledges");
                await device.AcknowledgeAsync(_random);
                break;
            case < 10:
                await AcknowledgeForAnotherAsync(device);
                break;
            case < 12:
                await RepeatAsync();
                break;
            case < 13:
                await AddDeviceAsync();
                break;
            case < 15:
                await ChangeBlacklistAsync(device);
                break;
            case < 19:
                await ChangeGroupsAsync();
                break;
            case < 22:
                await ChangeDiscussionsAsync(device);
                break;
            case < 25:
                await SendByAppAsync();
                break;
            default:
                await SendAsync(device);
                break;
        }
    }

    /// <summary>Whoever comes again may still show tokens of before, of which those of pushed batches count no more.</summary>
    private async Task ConnectOrDisconnectAsync(ModelDevice device)
    {
        Count(device.Client is null ? "connects" : "disconnects");
        if (device.Client is not null)
        {
            await device.DisconnectAsync();
            return;
        }

        await device.ConnectAsync(server);
        if (Chance(2))
            await device.AcknowledgeAsync(_random);
    }

    /// <summary>A device that is new to the server, and mostly wants nothing of what was sent before.</summary>
    private async Task AddDeviceAsync()
    {
        var user = Any(Users);
        var number = _devices.Count(device => device.User == user);
        if (number == DevicesMax)
            return;
        var device = new ModelDevice(_model, user, $"device{number}");
        _devices.Add(device);
        await device.ConnectAsync(server);
        if (Chance(4))
            return;
        Count("begins now");
        await device.PullAsync(_random.Next(1, 60), isFromNow: true);
    }

    /// <summary>The token of a pull counts for the device that has pulled, and no other.</summary>
    private async Task AcknowledgeForAnotherAsync(ModelDevice device)
    {
        var other = Any(_devices);
        if (other == device || other.Tokens.LastOrDefault(token => token.Connection is null) is not { } token)
            return;
        Count("acknowledges for another");
        Assert.Equal(Malformed, await device.Client!.CodeAsync("AckMessages", new { ackToken = token.Text }));
    }

    private async Task ChangeBlacklistAsync(ModelDevice device)
    {
        var list = _model.Blacklist(device.User);
        var other = Any([.. Users.Where(user => user != device.User)]);
        if (list.Contains(other) && !Chance(3))
        {
            Count("unblocks");
            await device.Client!.DoAsync("RemoveFromBlacklist", new { userId = other });
            list.Remove(other);
        }
        else if (list.Count < 2)
        {
            Count("blocks");
            await device.Client!.DoAsync("AddToBlacklist", new { userId = other });
            if (!list.Contains(other))
                list.Add(other);
        }

        var told = await device.Client!.DoAsync("GetBlacklist", null);
        Assert.Equal(list, Texts(told.GetProperty("userIds")));
    }

    private static IEnumerable<string> Texts(JsonElement array) =>
        array.EnumerateArray().Select(one => one.GetString()!);

    private void Count(string what) => Done[what] = Done.GetValueOrDefault(what) + 1;

    private bool Chance(int oneOf) => _random.Next(oneOf) == 0;

    private T Any<T>(IReadOnlyList<T> of) => of[_random.Next(of.Count)];

    /// <summary>Some of them, at least one.</summary>
    private string[] AnyUsers(int max) => [.. Users.OrderBy(_ => _random.Next()).Take(_random.Next(1, max + 1))];
}
