using System.Collections.Frozen;
using ImOrleans.Domain.Messages;

namespace ImOrleans.Gateway.Auth.Permissions;

/// <summary>
/// What a token with lists lets its user read and write: what they name, and nothing else. Reading and writing are two
/// permissions; neither includes the other.
/// </summary>
/// <remarks>Instances are immutable and may be shared.</remarks>
public sealed class ResourcePermissions
{
    private readonly FrozenDictionary<(ResourceKind Resource, AccessKind Access), NamePatterns> _lists;

    /// <summary>Takes the lists of a token; every pattern is sound.</summary>
    internal ResourcePermissions(IReadOnlyDictionary<(ResourceKind Resource, AccessKind Access), NamePatterns> lists) =>
        _lists = lists.ToFrozenDictionary();

    /// <summary>Whether a channel or user may be read, or written.</summary>
    /// <param name="access">What is to be done.</param>
    /// <param name="type">The type of the channel, or user.</param>
    /// <param name="name">The channel's name or the user's id.</param>
    public bool Allows(AccessKind access, ChannelType type, string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        var resource = type switch
        {
            ChannelType.Message => ResourceKind.MessageChannels,
            ChannelType.Stream => ResourceKind.StreamChannels,
            ChannelType.User => ResourceKind.Users,
            _ => throw new ArgumentOutOfRangeException(nameof(type), type, "There is no such type."),
        };
        return _lists.TryGetValue((resource, access), out var list) && list.Match(name);
    }
}
