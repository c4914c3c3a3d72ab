using System.Collections.Immutable;
using ImOrleans.Domain.Conversations;
using ImOrleans.Domain.Errors;
using ImOrleans.Domain.Identifiers;
using ImOrleans.Grains.Abstractions.Conversations;
using ImOrleans.Grains.Abstractions.Inboxes;

namespace ImOrleans.Gateway.Tests.Doubles;

internal sealed class FakeConversationGrain : FakeGrain, IConversationGrain
{
    public Task<Outcome<ChatMessageSent>> SendAsync(SendChatMessageRequest request) =>
        CallAsync<Outcome<ChatMessageSent>>(
            "Send", request, () => new ChatMessageSent(MessageUId.Create(ConversationKey.Group(new("x")), 1, 1), 1, 1));
}

internal sealed class FakeInboxGrain : FakeGrain, IInboxGrain
{
    public PulledMessages Pulled { get; set; } = new([], [], true);

    public UserGroups Groups { get; set; } = new([], 0);

    public Task<Outcome<UserGroups>> GetGroupsAsync() =>
        CallAsync<Outcome<UserGroups>>("GetGroups", "", () => Groups);

    public Task<Outcome<PulledMessages>> PullAsync(PullRequest request) =>
        CallAsync<Outcome<PulledMessages>>("Pull", request, () => Pulled);

    public Task<Outcome<Done>> AcknowledgeAsync(AcknowledgeRequest request) => DoneAsync("Acknowledge", request);

    public Blacklist Blacklist { get; set; } = new([]);

    public Task<Outcome<Done>> BlockAsync(UserId user) => DoneAsync("Block", user);

    public Task<Outcome<Done>> UnblockAsync(UserId user) => DoneAsync("Unblock", user);

    public Task<Outcome<Blacklist>> GetBlacklistAsync() => CallAsync<Outcome<Blacklist>>("GetBlacklist", "", () => Blacklist);

    public Task<Outcome<bool>> IsBlockedAsync(UserId user) =>
        CallAsync<Outcome<bool>>("IsBlocked", user, () => Blacklist.Users.Contains(user));

    public Task<Outcome<Done>> SetOfflineDaysAsync(int days) => DoneAsync("SetOfflineDays", days);
}

internal sealed class FakeInboxTotalsGrain : FakeGrain, IInboxTotalsGrain
{
    /// <summary>What the store has of each user; 0 of all others.</summary>
    public Dictionary<string, long> Totals { get; } = [];

    public Task<Outcome<ImmutableArray<long>>> ReadTotalsAsync(ImmutableArray<UserId> users) =>
        CallAsync<Outcome<ImmutableArray<long>>>(
            "ReadTotals", users, () => users.Select(user => Totals.GetValueOrDefault(user.Value)).ToImmutableArray());
}
