namespace ImOrleans.Client.Tests.Fakes;

/// <summary>A client with a fake clock, a fake server, and chances of a half.</summary>
internal sealed class FakedClient : IAsyncDisposable
{
    public FakedClient(Func<RtmClientOptions, RtmClientOptions>? change = null)
    {
        var options = new RtmClientOptions
        {
            Server = new("http://fake"),
            TokenProvider = _ => TokenAsync(),
            TimeProvider = Clock,
        };
        Client = new(change?.Invoke(options) ?? options, Server, new FixedChance(0.5));
        Events = new(Client.Events);
    }

    public AwaitedClock Clock { get; } = new();

    public FakeServer Server { get; } = new();

    public RtmClient Client { get; }

    public FeedReader<ClientEvent> Events { get; }

    public int Tokens { get; private set; }

    /// <summary>What the app's token provider does.</summary>
    public Func<int, string> GiveToken { get; set; } = number => $"token-{number}";

    public async Task<FakeLink> ConnectAsync()
    {
        await Client.ConnectAsync();
        await StateAsync(ConnectionState.Connected);
        return await Server.NextLinkAsync();
    }

    public Task<ConnectionStateChanged> StateAsync(ConnectionState state) =>
        Events.NextAsync<ConnectionStateChanged>(change => change.State == state);

    public ValueTask DisposeAsync()
    {
        // A test that failed half-way may leave calls that nobody answers, on a clock that nobody moves.
        Server.Last?.Lose();
        return Client.DisposeAsync();
    }

    private ValueTask<string> TokenAsync() => new(GiveToken(++Tokens));
}
