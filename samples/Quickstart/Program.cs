// Two users walk through the stream channel flow: dotnet run --project samples/Quickstart [http://127.0.0.1:5080]
using System.Text.Json;
using ImOrleans.Client;

const string Channel = "MyChannel", Topic = "MyTopic";
var server = new Uri(args.Length > 0 ? args[0] : "http://127.0.0.1:5080");
using var http = new HttpClient { BaseAddress = server };
using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
var stop = patience.Token;

// Alice's first token is short-lived, so that she is warned of its end right away.
var aliceTokens = new Queue<int>([31]);
await using var alice = NewClient("alice", () => aliceTokens.TryDequeue(out var seconds) ? seconds : 3600);
await using var bob = NewClient("bob", () => 3600);
try
{
    await Task.WhenAll(alice.ConnectAsync(stop), bob.ConnectAsync(stop));
}
catch (Exception failure) when (failure is HttpRequestException or RtmException)
{
    Console.Error.WriteLine($"No connection to {server}, is it a development server? {failure.Message}");
    return 1;
}

Step("alice and bob are logged in");

var aliceChannel = await alice.JoinStreamChannelAsync(Channel, cancellationToken: stop);
var bobChannel = await bob.JoinStreamChannelAsync(Channel, cancellationToken: stop);
Step($"both joined {Channel}; topics with publishers so far: {bobChannel.Publishers.Count}");
await aliceChannel.JoinTopicAsync(Topic, new() { Qos = TopicQos.Ordered }, stop);
Step($"alice joined {Topic}: she may publish in it");
var subscription = await bobChannel.SubscribeTopicAsync(Topic, ["alice"], stop);
Step($"bob subscribed to {string.Join(", ", subscription.Succeeded)} in {Topic}");
await aliceChannel.PublishAsync(Topic, "Hello world!", cancellationToken: stop);
var received = await subscription.Messages.FirstAsync(stop);
Step($"bob received \"{received.Payload.Text}\" from {received.Publisher}");
Step($"bob is subscribed to: {string.Join(", ", await bobChannel.GetSubscribedUsersAsync(Topic, stop))}");
await bobChannel.UnsubscribeTopicAsync(Topic, ["alice"], stop);
Step("bob unsubscribed");
await aliceChannel.LeaveTopicAsync(Topic, stop);
await Task.WhenAll(aliceChannel.LeaveAsync(stop), bobChannel.LeaveAsync(stop));
Step("alice left the topic, and both left the channel");
await bob.PublishToUserAsync("alice", "Hi, it is bob.", cancellationToken: stop); // Needs no channel.
var direct = await alice.UserMessages.FirstAsync(stop);
Step($"alice received \"{direct.Payload.Text}\" from {direct.Sender}");

// The client renews the token by itself; the app only looks on.
await foreach (var happened in alice.Events.WithCancellation(stop))
{
    if (happened is TokenWillExpire warning)
        Step($"alice's token: willExpire, {(warning.ExpiresAt - DateTimeOffset.UtcNow).TotalSeconds:0} s left");
    if (happened is not TokenRenewed renewed)
        continue;
    Step($"alice's client renewed it: {(renewed.ExpiresAt - DateTimeOffset.UtcNow).TotalMinutes:0} min left");
    break;
}

await Task.WhenAll(alice.DisconnectAsync(stop), bob.DisconnectAsync(stop));
Step("alice and bob are logged out");
return 0;

static void Step(string text) => Console.WriteLine($"✔ {text}");

RtmClient NewClient(string user, Func<int> tokenSeconds) =>
    new(new() { Server = server, TokenProvider = cancellation => GetTokenAsync(user, tokenSeconds(), cancellation) });

// A development server gives anyone a token. In production your own server signs it, after a login of yours.
async ValueTask<string> GetTokenAsync(string user, int seconds, CancellationToken cancellation)
{
    using var form = new FormUrlEncodedContent([new("uid", user), new("ttl", $"{seconds}")]);
    using var response = await http.PostAsync(new Uri("/tk", UriKind.Relative), form, cancellation);
    response.EnsureSuccessStatusCode();
    using var answer = JsonDocument.Parse(await response.Content.ReadAsStringAsync(cancellation));
    return answer.RootElement.GetProperty("data").GetString()!;
}
