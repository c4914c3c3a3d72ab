using ImOrleans.Domain.Messages;
using ImOrleans.Gateway.Auth.Permissions;

namespace ImOrleans.Gateway.Tests.Auth.Permissions;

/// <summary>Permissions for tests.</summary>
internal static class Lists
{
    /// <summary>Lists that name this, and nothing else.</summary>
    public static ResourcePermissions Of(AccessKind access, ChannelType type, params string[] patterns) =>
        Of((access, type, patterns));

    public static ResourcePermissions Of(params (AccessKind Access, ChannelType Type, string[] Patterns)[] lists) =>
        new(lists.ToDictionary(list => (KindOf(list.Type), list.Access), list => new NamePatterns(list.Patterns)));

    /// <summary>Lists that name everything but one kind of access to one type.</summary>
    public static ResourcePermissions AllBut(AccessKind access, ChannelType type) =>
        Of([
            .. from otherType in Enum.GetValues<ChannelType>()
               from otherAccess in Enum.GetValues<AccessKind>()
               where (otherAccess, otherType) != (access, type)
               select (otherAccess, otherType, new[] { "*" }),
        ]);

    private static ResourceKind KindOf(ChannelType type) => type switch
    {
        ChannelType.Message => ResourceKind.MessageChannels,
        ChannelType.Stream => ResourceKind.StreamChannels,
        _ => ResourceKind.Users,
    };
}
