namespace ImOrleans.Gateway.Auth.Permissions;

/// <summary>What a token can list, by the numbers of its lists.</summary>
public enum ResourceKind : ushort
{
    /// <summary>Message channels.</summary>
    MessageChannels = 0,

    /// <summary>Stream channels with their topics.</summary>
    StreamChannels = 1,

    /// <summary>Groups of channels, which there are none of here.</summary>
    ChannelGroups = 2,

    /// <summary>Groups of servers, which there are none of here.</summary>
    ServerGroups = 3,

    /// <summary>Users: messages to them, and their metadata.</summary>
    Users = 4,
}
