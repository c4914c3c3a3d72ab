using ImOrleans.Domain.Conversations;
using ImOrleans.Grains.Abstractions.Conversations;

namespace ImOrleans.Grains.Tests.Groups;

public sealed class UserGroupsGrainTests : GroupTest
{
    [Fact]
    public void A_user_has_the_groups_that_it_is_in_page_by_page()
    {
        foreach (var name in new[] { "a", "b", "c", "d", "e" })
            Accepted(Do(() => Group(ConversationKey.Group(new(name))).CreateAsync(new($"Name {name}", null, [.. Users("ann")]))));
        Accepted(CreateTalk("ann"));
        Accepted(Send("private"));
        Accepted(Do(() => Group(ConversationKey.Group(new("b"))).ChangeAsync(new(null) { Leaving = [.. Users("ann")] })));
        Accepted(Do(() => Group(ConversationKey.Group(new("d"))).DismissAsync()));

        Assert.Equal(["a", "c", "e"], Listed(200));
        Assert.Equal(["a", "c", "e"], Listed(1));
        Assert.Equal("Name a", List(null, 1).Groups[0].Name);
        Assert.Empty(Accepted(Do(() => Of("bob").ListAsync(null, 200))).Groups);
        Log.IsUnreadable = true;
        Refused(ErrorCode.InternalErrror, Do(() => Of("ann").ListAsync(null, 200)));
    }

    private List<string> Listed(int count)
    {
        List<string> all = [];
        GroupId? after = null;
        do
        {
            var page = List(after, count);
            all.AddRange(page.Groups.Select(group => group.Group.Value));
            after = page.Next;
        }
        while (after is not null);
        return all;
    }

    private UserGroupsPage List(GroupId? after, int count) => Accepted(Do(() => Of("ann").ListAsync(after, count)));

    private IUserGroupsGrain Of(string user) => Grains.GetGrain<IUserGroupsGrain>(GrainKey.UserGroups(new(user)));
}
