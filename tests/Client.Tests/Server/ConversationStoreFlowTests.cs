using ImOrleans.Client.Tests.Fakes;
using ImOrleans.TestKit;

namespace ImOrleans.Client.Tests.Server;

/// <summary>Conversation stores, against a real server with the rates that clients have.</summary>
public sealed class ConversationStoreFlowTests(RealServer server) : IClassFixture<RealServer>
{
    private const int Senders = 12;
    private const int MessagesEach = 15;

    [Fact]
    public async Task Every_device_has_all_messages_once_and_in_order_whenever_it_comes_and_goes()
    {
        await using var discussions = await server.ConnectAsync("s-host");
        var talk = await discussions.Discussions.CreateAsync("Talk", [.. Enumerable.Range(0, Senders).Select(i => $"s-{i}"), "s-bob"]);
        var kept = new Kept();
        var tablet = await Device.ConnectAsync(server, "s-bob", "tablet", new());
        var phone = await Device.ConnectAsync(server, "s-bob", "phone", kept);

        // While many write, the phone writes too, and its app is killed and started again; the tablet is away half of the time.
        var writing = WriteAsync(talk);
        await phone.SendAsync("s-0");
        await phone.WaitAsync(Senders);
        await phone.DisposeAsync();
        await tablet.WaitAsync(Senders);
        await tablet.Client.DisconnectAsync();
        await using var again = await Device.ConnectAsync(server, "s-bob", "phone", kept);
        await again.SendAsync("s-1");
        await writing;
        await using var backAgain = tablet;
        await tablet.Client.ConnectAsync();

        const int all = (Senders * MessagesEach) + 2;
        foreach (var device in (Device[])[again, tablet])
        {
            await device.WaitAsync(all);
            await device.Store.CaughtUpAsync().Guard();
            Assert.Equal(Senders + 1, device.Store.Conversations.Count);
            foreach (var conversation in device.Store.Conversations)
            {
                var count = conversation.Type == ConversationType.Discussion ? Senders * MessagesEach / 3
                    : (MessagesEach * 2 / 3) + (conversation.TargetId is "s-0" or "s-1" ? 1 : 0);
                Assert.Equal(Enumerable.Range(1, count).Select(seq => (long)seq), conversation.Messages.Select(message => message.Seq));
                Assert.Empty(conversation.Gaps);
            }

            Assert.Equal(all, device.Kept.Messages.Select(message => message.UId).Distinct().Count());
            Assert.Equal(all, device.Kept.Messages.Count);
            Assert.Empty(device.Kept.Gaps);
            var pulled = await device.Client.Conversations.PullAsync();
            Assert.Equal((0, true), (pulled.Messages.Count, pulled.IsFinished));
        }
    }

    [Fact]
    public async Task What_a_member_missed_who_comes_again_is_a_gap_also_after_a_restart()
    {
        await using var alice = await server.ConnectAsync("g-alice");
        var talk = await alice.Discussions.CreateAsync("Talk", ["g-bob"]);
        Task SayAsync() => alice.Conversations.SendAsync(ConversationType.Discussion, talk, "RC:TxtMsg", new { content = "hi" });
        var kept = new Kept();
        await SayAsync();
        await using (var bob = await Device.ConnectAsync(server, "g-bob", "phone", kept))
            await bob.Store.CaughtUpAsync().Guard();

        // He was away all the time, and nothing of it waits for him.
        await alice.Discussions.RemoveMemberAsync(talk, "g-bob");
        await SayAsync();
        await alice.Discussions.AddMembersAsync(talk, ["g-bob"]);
        await SayAsync();
        for (var start = 0; start < 2; start++)
        {
            await using var bob = await Device.ConnectAsync(server, "g-bob", "phone", kept);
            await bob.Store.CaughtUpAsync().Guard();
            var conversation = bob.Store.Find(ConversationType.Discussion, talk)!;
            Assert.Equal([1, 3], conversation.Messages.Select(message => message.Seq));
            Assert.Equal([new(1, 3)], conversation.Gaps);
        }

        // Installed anew it has acknowledged all, and knows nothing.
        await using var anew = await Device.ConnectAsync(server, "g-bob", "phone", new());
        await anew.Store.CaughtUpAsync().Guard();
        await SayAsync();
        await anew.WaitAsync(1);
        Assert.Equal([new(0, 4)], anew.Store.Find(ConversationType.Discussion, talk)!.Gaps);
    }

    private Task WriteAsync(string talk) => Task.WhenAll(Enumerable.Range(0, Senders).Select(async i =>
    {
        await using var sender = await server.ConnectAsync($"s-{i}");
        for (var n = 0; n < MessagesEach; n++)
        {
            var (type, target) = n % 3 == 2 ? (ConversationType.Discussion, talk) : (ConversationType.Private, "s-bob");
            await sender.Conversations.SendAsync(type, target, "RC:TxtMsg", new { content = $"{n}" });
        }
    }));

    /// <summary>What an app has put away.</summary>
    private sealed class Kept
    {
        public List<ConversationMessage> Messages { get; } = [];

        public List<ConversationGap> Gaps { get; } = [];

        public Task SaveAsync(UnsavedMessages unsaved, CancellationToken cancellationToken)
        {
            Messages.AddRange(unsaved.Messages);
            Gaps.AddRange(unsaved.Gaps);
            return Task.CompletedTask;
        }
    }

    /// <summary>A client with a store that begins with what was put away.</summary>
    private sealed class Device : IAsyncDisposable
    {
        private readonly FeedReader<ConversationChange> _changes;
        private int _got;

        private Device(RtmClient client, string user, Kept kept)
        {
            (Client, Kept) = (client, kept);
            Store = new(client, new() { UserId = user, SaveAsync = kept.SaveAsync });
            Store.Restore(kept.Messages, kept.Gaps);
            _got = kept.Messages.Count;
            _changes = new(Store.Changes);
        }

        public RtmClient Client { get; }

        public Kept Kept { get; }

        public ConversationStore Store { get; }

        public static async Task<Device> ConnectAsync(RealServer server, string user, string name, Kept kept)
        {
            var device = new Device(server.NewClient(user, change: options => options with { Device = name }), user, kept);
            await device.Client.ConnectAsync();
            return device;
        }

        public Task<SentMessage> SendAsync(string target) =>
            Store.SendAsync(ConversationType.Private, target, "RC:TxtMsg", new { content = "me too" });

        /// <summary>Waits until so many messages are there.</summary>
        public async Task WaitAsync(int messages)
        {
            while (_got < messages)
                _got += (await _changes.NextAsync()).Added.Count;
        }

        public async ValueTask DisposeAsync()
        {
            await Store.DisposeAsync();
            await Client.DisposeAsync();
        }
    }
}
