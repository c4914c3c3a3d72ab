using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace ImOrleans.Client.Tests.Server;

/// <summary>
/// The examples of <c>docs/CLIENT.md</c> that have a loop to get right: the text between the marks is there, and runs.
/// </summary>
public sealed class DocumentedExampleTests(RealServer server) : IClassFixture<RealServer>
{
    private static readonly string Page = File.ReadAllText(InRepository("docs", "CLIENT.md")).ReplaceLineEndings("\n");

    [Fact]
    public async Task Two_who_count_at_once_lose_no_count()
    {
        const int times = 2; // At worst each loses as often as the other wins: 8 calls of the 10 that it has in a second.
        await using var host = await server.ConnectAsync("doc-host");
        await using var ann = await server.ConnectAsync("doc-ann");
        await using var bob = await server.ConnectAsync("doc-bob");
        await host.Storage.SetChannelMetadataAsync("lobby", ChannelType.Stream, [new("visits", "0")]);
        await Task.WhenAll(CountAsync(ann, times), CountAsync(bob, times));
        var visits = (await host.Storage.GetChannelMetadataAsync("lobby", ChannelType.Stream))["visits"];
        Assert.Equal(2 * times, int.Parse(visits!, CultureInfo.InvariantCulture));
        Assert.Contains(Marked("compare and set"), Page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_was_kept_is_read_from_where_one_left_off()
    {
        await using var rtm = await server.ConnectAsync("doc-keeper");
        // [kept]
        var key = Guid.NewGuid().ToString(); // One for each message, the same when it is published again.
        await rtm.PublishToChannelAsync("alerts", "Hello!", new() { StoreInHistory = true, IdempotencyKey = key });

        DateTimeOffset? lastSeen = null; // SentAt of the last message that the app has; null: from the oldest on.
        await foreach (var message in rtm.History.AllChannelMessagesAsync("alerts", new() { After = lastSeen }))
        {
            Console.WriteLine($"{message.SentAt}: {message.Payload}");
            lastSeen = message.SentAt;
        }
        // [end]

        Assert.NotNull(lastSeen);
        Assert.Empty((await rtm.History.GetChannelMessagesAsync("alerts", new() { After = lastSeen })).Messages);
        Assert.Contains(Marked("kept"), Page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_store_keeps_what_the_app_can_begin_with_again()
    {
        await using var bob = await server.ConnectAsync("doc-friend");
        await bob.Conversations.SendTextAsync("doc-alice", "Hi!");
        await using var rtm = server.NewClient("doc-alice");
        var shown = new List<Conversation>();
        var database = new Database();
        void Show(Conversation conversation) => shown.Add(conversation);
        async Task ReadAsync()
        {
            // [store]
            await using var store = new ConversationStore(rtm, new() { UserId = "doc-alice", SaveAsync = database.AddAsync });
            store.Restore(database.Messages, database.Gaps);
            await rtm.ConnectAsync();
            await store.SendAsync(ConversationType.Private, "doc-friend", "RC:TxtMsg", new { content = "Hello!" });

            await foreach (var change in store.Changes)
                if (store.Find(change.Type, change.TargetId) is { } conversation)
                    Show(conversation); // Its Messages, and its Gaps between them.
            // [end]
        }

        var reading = ReadAsync();
        while (!database.IsFull)
            await database.Added.WaitAsync().WaitAsync(TimeSpan.FromSeconds(30));
        await rtm.DisposeAsync();
        await reading.WaitAsync(TimeSpan.FromSeconds(30));

        Assert.Equal([1L, 2L], shown[^1].Messages.Select(message => message.Seq));
        Assert.Empty(shown[^1].Gaps);
        Assert.Contains(Marked("store"), Page, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(typeof(ConversationStoreOptions))]
    [InlineData(typeof(StreamChannelOptions))]
    [InlineData(typeof(MessageChannelOptions))]
    [InlineData(typeof(JoinTopicOptions))]
    [InlineData(typeof(PublishOptions))]
    [InlineData(typeof(SendOptions))]
    [InlineData(typeof(HistoryRange))]
    [InlineData(typeof(MetadataChangeOptions))]
    public void Every_member_is_in_the_table(Type options)
    {
        var lines = Page.Split('\n');
        var head = Array.FindIndex(lines, line => line.StartsWith($"| **`{options.Name}`**", StringComparison.Ordinal));
        Assert.True(head >= 0, $"{options.Name} is not in the table.");
        var rows = lines.Skip(head + 1)
            .TakeWhile(line => line.StartsWith("| `", StringComparison.Ordinal))
            .SelectMany(line => line.Split('|')[1].Split(',')).Select(name => name.Trim(' ', '`'));
        var members = options.GetProperties(BindingFlags.Public | BindingFlags.Instance).Select(member => member.Name);
        Assert.Equal(members.Order(), rows.Order());
    }

    private static async Task CountAsync(RtmClient rtm, int times)
    {
        for (var time = 0; time < times; time++)
        {
            // [compare and set]
            for (var isCounted = false; !isCounted;)
            {
                var read = await rtm.Storage.GetChannelMetadataAsync("lobby", ChannelType.Stream);
                var visits = read.Items.Single(item => item.Key == "visits"); // With the Revision that it has now.
                try
                {
                    await rtm.Storage.UpdateChannelMetadataAsync(
                        "lobby", ChannelType.Stream, [visits with { Value = $"{int.Parse(visits.Value) + 1}" }]);
                    isCounted = true;
                }
                catch (RtmException refusal) when (refusal.Code == RtmErrorCodes.OutdatedRevision)
                {
                    // Somebody else was faster: read again.
                }
            }
            // [end]
        }
    }

    /// <summary>What an app keeps.</summary>
    private sealed class Database
    {
        public List<ConversationMessage> Messages { get; } = [];

        public List<ConversationGap> Gaps { get; } = [];

        public SemaphoreSlim Added { get; } = new(0);

        /// <summary>Whether what was sent and what waited are both here.</summary>
        public bool IsFull => Messages.Count == 2;

        public Task AddAsync(UnsavedMessages unsaved, CancellationToken cancellationToken)
        {
            Messages.AddRange(unsaved.Messages);
            Gaps.AddRange(unsaved.Gaps);
            Added.Release();
            return Task.CompletedTask;
        }
    }

    /// <summary>The code between two marks of this file, as it stands in the page.</summary>
    private static string Marked(string mark, [CallerFilePath] string file = "")
    {
        var source = InRepository("tests", "Client.Tests", "Server", Path.GetFileName(file));
        var lines = File.ReadAllLines(source).SkipWhile(line => line.Trim() != $"// [{mark}]").Skip(1)
            .TakeWhile(line => line.Trim() != "// [end]").ToArray();
        var indent = lines[0].Length - lines[0].TrimStart().Length;
        return string.Join('\n', ["```csharp", .. lines.Select(line => line.Length > indent ? line[indent..] : ""), "```"]);
    }

    private static string InRepository(params string[] path)
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "ImOrleans.sln")))
            folder = folder.Parent;
        return Path.Combine([folder!.FullName, .. path]);
    }
}
