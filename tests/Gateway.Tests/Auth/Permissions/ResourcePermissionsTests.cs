using ImOrleans.Domain.Messages;
using ImOrleans.Gateway.Auth.Permissions;

namespace ImOrleans.Gateway.Tests.Auth.Permissions;

public sealed class ResourcePermissionsTests
{
    [Theory]
    [InlineData("lobby", "lobby", true)]
    [InlineData("lobby", "Lobby", false)]
    [InlineData("lobby", "lobby2", false)]
    [InlineData("lobby", "lobb", false)]
    [InlineData("lobby*", "lobby", true)]
    [InlineData("lobby*", "lobby2", true)]
    [InlineData("lobby*", "Lobby2", false)]
    [InlineData("lobby*", "lobb", false)]
    [InlineData("*", "anything", true)]
    public void A_pattern_is_a_name_or_the_beginning_of_names(string pattern, string name, bool isAllowed) =>
        Assert.Equal(
            isAllowed,
            Lists.Of(AccessKind.Read, ChannelType.Message, "other", pattern)
                .Allows(AccessKind.Read, ChannelType.Message, name));

    [Fact]
    public void Each_kind_of_access_to_each_type_is_a_permission_of_its_own()
    {
        foreach (var listed in Pairs())
        {
            Assert.Equal([listed], Pairs().Where(pair => Allows(Lists.Of(listed.Access, listed.Type, "a"), pair)));
            Assert.Equal(
                Pairs().Where(pair => pair != listed),
                Pairs().Where(pair => Allows(Lists.AllBut(listed.Access, listed.Type), pair)));
        }

        static bool Allows(ResourcePermissions permissions, (AccessKind Access, ChannelType Type) pair) =>
            permissions.Allows(pair.Access, pair.Type, "a");
        static IEnumerable<(AccessKind Access, ChannelType Type)> Pairs() =>
            from type in Enum.GetValues<ChannelType>() from access in Enum.GetValues<AccessKind>() select (access, type);
    }
}
