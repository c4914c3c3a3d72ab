namespace ImOrleans.Client;

/// <summary>A channel in which a user is.</summary>
/// <param name="Name">The channel's name.</param>
/// <param name="Type">Which of the two channels of that name.</param>
public readonly record struct UserChannel(string Name, ChannelType Type);
