using ImOrleans.Domain.Errors;
using ImOrleans.Domain.Identifiers;
using ImOrleans.Gateway.Conversations;
using ImOrleans.Gateway.Sessions;
using ImOrleans.Gateway.Tests.Doubles;
using static ImOrleans.Gateway.Tests.Doubles.GatewayBench;

namespace ImOrleans.Gateway.Tests.Conversations;

public sealed class InboxCallsTests : IDisposable
{
    private static readonly UserId Zoe = new("zoe");

    private readonly GatewayBench _bench = new();
    private readonly InboxCalls _inboxes;

    public InboxCallsTests() => _inboxes = new(_bench.Grains.Factory);

    public void Dispose() => _bench.Dispose();

    [Theory]
    [InlineData("Block", ErrorCode.BlackAddError)]
    [InlineData("Unblock", ErrorCode.BlackRemoveError)]
    [InlineData("GetBlacklist", ErrorCode.BlackGetstatusError)]
    [InlineData("IsBlocked", ErrorCode.BlackGetstatusError)]
    [InlineData("SetOfflineDays", ErrorCode.InternalErrror)]
    public async Task An_inbox_that_gives_no_answer_is_told_with_the_code_of_the_call(string method, ErrorCode code)
    {
        var ann = await _bench.ConnectAsync();
        var inbox = _bench.Grains.Inbox("ann");
        inbox.Hold(method);

        var call = CallAsync(ann, method);
        (await inbox.NextAsync(method).Guard()).Fail(new TimeoutException());

        Assert.Equal(code, (await call.Guard())?.Code);
    }

    [Fact]
    public async Task A_call_that_was_not_begun_in_time_has_its_code_too()
    {
        var ann = await _bench.ConnectAsync();
        var inbox = _bench.Grains.Inbox("ann");
        var slow = new TaskCompletionSource<Outcome<Done>>();
        _ = ann.Calls.ForInboxAsync(_ => slow.Task);
        var late = _inboxes.RemoveAsync(ann, Zoe);

        _bench.Clock.Advance(TimeSpan.FromMinutes(1));

        AssertRefused(ErrorCode.BlackRemoveError, await late.Guard());
        Assert.Equal(0, inbox.CountOf("Unblock"));
        slow.SetResult(default(Done));
    }

    private async Task<Refusal?> CallAsync(Session session, string method) => method switch
    {
        "Block" => (await _inboxes.AddAsync(session, Zoe)).Refusal,
        "Unblock" => (await _inboxes.RemoveAsync(session, Zoe)).Refusal,
        "GetBlacklist" => (await _inboxes.GetAsync(session)).Refusal,
        "IsBlocked" => (await _inboxes.HasAsync(session, Zoe)).Refusal,
        _ => (await _inboxes.SetOfflineDaysAsync(session, 3)).Refusal,
    };
}
