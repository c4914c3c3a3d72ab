using ImOrleans.Domain.Conversations;
using ImOrleans.Grains.Abstractions.Conversations;
using ImOrleans.Grains.Abstractions.Inboxes;
using ImOrleans.Grains.Conversations;
using Microsoft.Extensions.DependencyInjection;

namespace ImOrleans.Grains.Tests.Conversations;

public sealed class StatusMessageTests : ConversationTest
{
    protected override void Configure(IServiceCollection services)
    {
        base.Configure(services);
        services.Configure<SensitiveWordOptions>(options => (options.Shield, options.Replace) = (["worse"], ["bad"]));
    }

    [Fact]
    public void A_status_message_goes_to_the_gateways_of_both_and_leaves_nothing_behind()
    {
        Accepted(Connect(One, "ann", 1, "phone"));
        Accepted(Connect(Two, "bob", 1, "phone"));

        var sent = Accepted(SendStatus("""{"content":"hi"}"""));

        Assert.Equal((0, Clock.GetUtcNow().ToUnixTimeMilliseconds(), false), (sent.Seq, sent.SentAtUnixMs, sent.IsMasked));
        foreach (var gateway in new[] { One, Two })
        {
            var status = Assert.Single(gateway.Received<ConversationStatus>());
            Assert.Equal((AnnAndBob, One.Session(1)), (status.Conversation, status.Message.Writer));
            var (message, _) = status.Message;
            Assert.Equal((0, sent.SentAtUnixMs, sent.UId), (message.Seq, message.SentAtUnixMs, message.Message.UId));
            Assert.Equal(MessageFlags.None, message.Message.Flags);
        }

        Assert.Empty(Stored());
        Assert.Null(Do(() => Log.ReadEntryAsync(new("bob"), AnnAndBob)));
        Assert.Equal(1, Accepted(Send("{}")).Seq);
    }

    [Fact]
    public void A_status_message_needs_no_store()
    {
        Accepted(Connect(Two, "bob", 1));
        Log.IsUnreadable = true;

        Accepted(SendStatus("""{"content":"hi"}"""));

        Assert.Single(Two.Received<ConversationStatus>());
    }

    [Fact]
    public void The_same_rules_hold_as_for_what_is_stored()
    {
        Accepted(Connect(Two, "bob", 1));
        Refused(ErrorCode.SensitiveShield, SendStatus("""{"content":"worse"}"""));
        Assert.True(Accepted(SendStatus("""{"content":"bad"}""")).IsMasked);
        Accepted(Do(() => Grains.GetGrain<IInboxGrain>(GrainKey.Inbox(new("bob"))).BlockAsync(new("ann"))));
        Refused(ErrorCode.RejectedByBlacklist, SendStatus("""{"content":"hi"}"""));

        Assert.Equal("""{"content":"***"}""", Text(Assert.Single(Two.Received<ConversationStatus>())));
    }

    [Fact]
    public void Where_one_cannot_be_passed_on_the_newest_wait_and_the_oldest_are_dropped()
    {
        Accepted(Connect(Two, "bob", 1));
        var held = new TaskCompletionSource();
        Gate.Instead = async context =>
        {
            if (context.MethodName.EndsWith("TellStatusAsync", StringComparison.Ordinal))
                await held.Task;
            await context.Invoke();
        };
        for (var i = 0; i < 20; i++)
            Accepted(SendStatus($$"""{"content":"{{i}}"}"""));
        Assert.Empty(Two.Received<ConversationStatus>());

        Do(held.SetResult);

        // The first is under way; of the others sixteen wait.
        Assert.Equal(
            [0, .. Enumerable.Range(4, 16)],
            Two.Received<ConversationStatus>().Select(status => int.Parse(Text(status)[12..^2], null)));
    }

    private static string Text(ConversationStatus status) =>
        System.Text.Encoding.UTF8.GetString(status.Message.Message.Message.Content.Span);

    private Outcome<ChatMessageSent> SendStatus(string content) => Do(() => Conversation().SendAsync(
        Message(content) with { IsStatus = true, Session = One.Session(1) }));
}
