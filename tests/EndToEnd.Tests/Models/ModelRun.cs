using System.Text.Json;
using ImOrleans.ClientKit;

namespace ImOrleans.EndToEnd.Tests.Models;

/// <summary>
/// Users with several devices each do at random what can be done with conversations, one thing after the other, and the
/// server's answers are compared with a <see cref="ConversationModel"/>.
/// </summary>
internal sealed class ModelRun(ServerProcess server, int seed) : IAsyncDisposable
{
    private const int CatchUpEvery = 100;

    private static readonly string[] Users = ["ann", "bob", "cay", "dan"];
    private static readonly string[] Devices = ["phone", "web"];

    private readonly Random _random = new(seed);
    private readonly ConversationModel _model = new();
    private readonly List<(object Request, ModelDevice By, JsonElement Answer)> _named = [];
    private readonly List<ModelDevice> _devices = [];
    private long _lastTime;
    private int _texts;

    /// <summary>How often each thing was done.</summary>
    public SortedDictionary<string, int> Done { get; } = new(StringComparer.Ordinal);

    public int Pushed => _devices.Sum(device => device.Pushed);

    public int Pulled => _devices.Sum(device => device.Pulled);

    /// <summary>Does so many things; what fails names its seed and step.</summary>
    public async Task RunAsync(int steps)
    {
        foreach (var user in Users)
            foreach (var device in Devices)
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
    }

    private async Task StepAsync()
    {
        var device = Any(_devices);
        if (device.Client is null || _random.Next(40) == 0)
        {
            Count(device.Client is null ? "connects" : "disconnects");
            await (device.Client is null ? device.ConnectAsync(server) : device.DisconnectAsync());
            return;
        }

        switch (_random.Next(20))
        {
            case 0 or 1 or 2:
                Count("pulls");
                await device.PullAsync(_random.Next(1, 60));
                break;
            case 3 or 4:
                Count("acknowledges");
                await device.AcknowledgeAsync(_random);
                break;
            case 5 when _named.Count > 0:
                Count("repeats");
                await RepeatAsync();
                break;
            default:
                Count("sends");
                await SendPrivateAsync(device, Any(Users));
                break;
        }
    }

    private async Task SendPrivateAsync(ModelDevice device, string to)
    {
        var text = $"text {++_texts}";
        var request = new
        {
            conversationType = 1,
            targetId = to,
            objectName = "RC:TxtMsg",
            content = new { content = text },
            clientMessageId = _random.Next(2) == 0 ? $"name {_texts}" : null,
        };
        var answer = await device.Client!.DoAsync("SendMessage", request);
        Stored(device, _model.Private(device.User, to), answer, text, null);
        if (request.clientMessageId is not null)
            _named.Add((request, device, answer));
    }

    /// <summary>What was sent under a name is sent again, by whichever device: it is answered as the first time.</summary>
    private async Task RepeatAsync()
    {
        var (request, by, answer) = Any(_named);
        if (Any([.. _devices.Where(device => device.User == by.User && device.Client is not null).DefaultIfEmpty()]) is not { } device)
            return;
        Assert.Equal($"{answer}", $"{await device.Client!.DoAsync("SendMessage", request)}");
    }

    private void Stored(
        ModelDevice device, ModelConversation conversation, JsonElement answer, string text, IReadOnlyList<string>? receivers)
    {
        device.Has(ConversationModel.Store(conversation, answer, device.User, text, receivers, device));
        var time = answer.GetProperty("sentTime").GetInt64();
        Assert.True(time >= _lastTime, $"{text} is of {time}, after {_lastTime}");
        _lastTime = time;
    }

    private void Count(string what) => Done[what] = Done.GetValueOrDefault(what) + 1;

    private T Any<T>(IReadOnlyList<T> of) => of[_random.Next(of.Count)];
}
