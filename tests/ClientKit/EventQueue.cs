using System.Text.Json;
using System.Threading.Channels;
using Microsoft.AspNetCore.SignalR.Client;

namespace ImOrleans.ClientKit;

/// <summary>The events of one client method, in the order in which they came.</summary>
public sealed class EventQueue
{
    private readonly Channel<JsonElement> _events = Channel.CreateUnbounded<JsonElement>();
    private long _received;

    /// <summary>Takes the events of a method, or those of them that fit.</summary>
    internal EventQueue(HubConnection connection, string method, Func<JsonElement, bool>? fits = null) =>
        connection.On<JsonElement>(method, events =>
        {
            foreach (var one in events.EnumerateArray())
            {
                if (fits?.Invoke(one) == false)
                    continue;
                if (!IsGreeting(one))
                    Interlocked.Increment(ref _received);
                _events.Writer.TryWrite(one.Clone());
            }
        });

    /// <summary>How many have come that count among the events of the session.</summary>
    public long Received => Interlocked.Read(ref _received);

    /// <summary>How many have come and were not taken.</summary>
    public int Count => _events.Reader.Count;

    /// <summary>Takes the next event, waiting for it.</summary>
    public async Task<JsonElement> NextAsync()
    {
        using var patience = new CancellationTokenSource(RtmClient.Patience);
        return await _events.Reader.ReadAsync(patience.Token);
    }

    /// <summary>Takes events until one fits.</summary>
    public async Task<JsonElement> NextAsync(Func<JsonElement, bool> fits)
    {
        while (true)
        {
            var next = await NextAsync();
            if (fits(next))
                return next;
        }
    }

    /// <summary>Takes an event when there is one.</summary>
    public bool TryNext(out JsonElement next) => _events.Reader.TryRead(out next);

    private static bool IsGreeting(JsonElement one) => one.TryGetProperty("reason", out var reason) && reason.GetInt32() == 10001;
}
