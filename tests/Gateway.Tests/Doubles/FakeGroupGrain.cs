using ImOrleans.Domain.Conversations;
using ImOrleans.Domain.Errors;
using ImOrleans.Domain.Identifiers;
using ImOrleans.Grains.Abstractions.Conversations;
using ImOrleans.Grains.Abstractions.Delivery;

namespace ImOrleans.Gateway.Tests.Doubles;

internal sealed class FakeGroupGrain : FakeGrain, IGroupGrain
{
    public GroupDescription Description { get; set; } = new(new("Team", null, true, false), [], 0);

    public Task<Outcome<ChatMessageSent>> SendAsync(SendChatMessageRequest request) =>
        CallAsync<Outcome<ChatMessageSent>>(
            "Send", request, () => new ChatMessageSent(MessageUId.Create(ConversationKey.Group(new("x")), 1, 1), 1, 1));

    public Task<Outcome<Done>> CreateAsync(CreateGroupRequest request) => DoneAsync("Create", request);

    public Task<Outcome<Done>> ChangeAsync(ChangeGroupRequest request) => DoneAsync("Change", request);

    public Task<Outcome<Done>> DismissAsync() => DoneAsync("Dismiss", "");

    public Task<Outcome<GroupDescription>> DescribeAsync(DescribeGroupRequest request) =>
        CallAsync<Outcome<GroupDescription>>("Describe", request, () => Description);

    public Task<Outcome<RouteStamp>> RegisterAsync(GroupRegistration registration) => StampAsync("Register", registration);

    public Task<bool> CheckAsync(RouteCheck check) => CallAsync("Check", check, () => IsKnown);
}

internal sealed class FakeUserGroupsGrain : FakeGrain, IUserGroupsGrain
{
    public List<UserGroup> Groups { get; } = [];

    /// <summary>Pages of so many, whatever is asked for.</summary>
    public int PageMax { get; set; } = ConversationLimits.GroupsPageMax;

    public Task<Outcome<UserGroupsPage>> ListAsync(GroupId? after, int countMax) =>
        CallAsync<Outcome<UserGroupsPage>>("List", (after, countMax), () =>
        {
            var from = after is { } last ? Groups.FindIndex(group => group.Group == last) + 1 : 0;
            var page = Groups.Skip(from).Take(PageMax).ToArray();
            return new UserGroupsPage([.. page], from + page.Length < Groups.Count ? page[^1].Group : null);
        });
}
