using System.Text.Json;
using System.Threading.Channels;
using ImOrleans.Client.Connections;
using ImOrleans.Client.Wire;
using ImOrleans.TestKit;

namespace ImOrleans.Client.Tests.Fakes;

/// <summary>
/// Stands for the server and the network: every link that is opened to it is the test's to play with.
/// </summary>
internal sealed class FakeServer : ILinkFactory
{
    private readonly Channel<FakeLink> _links = Channel.CreateUnbounded<FakeLink>();

    /// <summary>What a call is answered. By default all is well.</summary>
    public Func<string, Task<WireReply>> Answer { get; set; } = Done;

    /// <summary>What stands in the way of the next links, one each; null: nothing.</summary>
    public Queue<Exception?> Obstacles { get; } = new();

    /// <summary>The event that opens a session.</summary>
    public WireConnectionEvent Login { get; set; } = new(3, 10001, "Connected.");

    public int Opened { get; private set; }

    /// <summary>The link that was opened last.</summary>
    public FakeLink? Last { get; private set; }

    public static Task<WireReply> Done(string call)
    {
        var space = call.IndexOf(' ', StringComparison.Ordinal);
        var method = space < 0 ? call : call[..space];
        object data = method switch
        {
            "JoinChannel" => new { topics = new { } },
            "SubscribeTopic" => new
            {
                succeeded = JsonDocument.Parse(call[space..]).RootElement.GetProperty("users"),
                failed = Array.Empty<string>(),
            },
            "RenewToken" => new { expiresAt = 1_900_000_000_000 },
            "Publish" => new { sentAt = 1_900_000_000_000, offset = 1, epoch = "e1" },
            "Subscribe" => new { position = new { offset = 0, epoch = "e1" } },
            "GetServerTime" => new { now = 1_900_000_000_000 },
            _ => new { },
        };
        return Task.FromResult(new WireReply(0, JsonSerializer.SerializeToElement(data)));
    }

    public static Task<WireReply> Refuse(int code, bool retryable = false, double? retryAfterMs = null) =>
        Task.FromResult(new WireReply(code, default, "REFUSED", "Refused.", retryable, retryAfterMs));

    /// <summary>The next link that was opened.</summary>
    public Task<FakeLink> NextLinkAsync() => _links.Reader.ReadAsync().AsTask().Guard("a link");

    public Task<ILink> OpenAsync(
        string token, SessionTicket ticket, ILinkEvents events, CancellationToken cancellationToken)
    {
        Opened++;
        if (Obstacles.TryDequeue(out var obstacle) && obstacle is not null)
            return Task.FromException<ILink>(obstacle);
        var link = new FakeLink(token, ticket, events, call => Answer(call));
        Last = link;
        events.OnConnectionEvents([Login]);
        _links.Writer.TryWrite(link);
        return Task.FromResult<ILink>(link);
    }

    public void Dispose()
    {
    }
}
