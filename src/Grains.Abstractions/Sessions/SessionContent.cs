using System.Collections.Immutable;
using ImOrleans.Domain.Identifiers;
using ImOrleans.Domain.Messages;
using ImOrleans.Domain.Presence;
using ImOrleans.Grains.Abstractions.MessageChannels;
using ImOrleans.Grains.Abstractions.Presence;
using ImOrleans.Grains.Abstractions.SharedData;
using ImOrleans.Grains.Abstractions.Topics;

namespace ImOrleans.Grains.Abstractions.Sessions;

/// <summary>What a session has, for the gateway that it moves to.</summary>
/// <param name="Channels">The stream channels that it has joined.</param>
/// <param name="Subscriptions">The message channels that it is subscribed to.</param>
/// <param name="Feeds">Where it is told of metadata and locks, or has locks.</param>
[GenerateSerializer, Immutable, Alias("im.SessionContent")]
public sealed record SessionContent(
    [property: Id(0)] ImmutableArray<ContentChannel> Channels,
    [property: Id(1)] ImmutableArray<ContentSubscription> Subscriptions,
    [property: Id(2)] ImmutableArray<ContentFeed> Feeds)
{
    /// <summary>What it says of its user in channels where it is not yet.</summary>
    [Id(3)]
    public ImmutableArray<ContentState> States { get; init; } = [];
}

/// <summary>A stream channel that a session has joined.</summary>
/// <param name="Name">The channel.</param>
/// <param name="TokenExpiresAt">When its token for the channel ends; null when the login token served.</param>
/// <param name="Topics">Where it publishes or follows publishers.</param>
[GenerateSerializer, Immutable, Alias("im.ContentChannel")]
public sealed record ContentChannel(
    [property: Id(0)] ChannelName Name,
    [property: Id(1)] DateTimeOffset? TokenExpiresAt,
    [property: Id(2)] ImmutableArray<ContentTopic> Topics)
{
    /// <summary>Its part in the channel's presence. What its user says there, the channel knows itself.</summary>
    [Id(3)]
    public MemberPresence Presence { get; init; } = MemberPresence.Default;
}

/// <summary>A topic in which a session publishes or follows publishers.</summary>
/// <param name="Name">The topic.</param>
/// <param name="Role">How it publishes; null when it does not.</param>
/// <param name="Followed">Whom it follows.</param>
[GenerateSerializer, Immutable, Alias("im.ContentTopic")]
public sealed record ContentTopic(
    [property: Id(0)] TopicName Name,
    [property: Id(1)] PublisherRole? Role,
    [property: Id(2)] ImmutableArray<UserId> Followed);

/// <summary>A message channel that a session is subscribed to.</summary>
/// <param name="Channel">The channel.</param>
/// <param name="Feeds">What it hears of.</param>
[GenerateSerializer, Immutable, Alias("im.ContentSubscription")]
public sealed record ContentSubscription(
    [property: Id(0)] ChannelName Channel,
    [property: Id(1)] ChannelFeeds Feeds)
{
    /// <summary>Whether it is there without anybody being told.</summary>
    [Id(2)]
    public bool IsQuiet { get; init; }
}

/// <summary>Shared data that a session is told of, or has locks of.</summary>
/// <param name="Type">The type of the channel, or user.</param>
/// <param name="Name">The channel's name or the user's id.</param>
/// <param name="Metadata">Whether it is told of metadata.</param>
/// <param name="Locks">Whether it is told of locks.</param>
[GenerateSerializer, Immutable, Alias("im.ContentFeed")]
public sealed record ContentFeed(
    [property: Id(0)] ChannelType Type,
    [property: Id(1)] string Name,
    [property: Id(2)] bool Metadata,
    [property: Id(3)] bool Locks)
{
    /// <summary>The locks that it acquired.</summary>
    [Id(4)]
    public ImmutableArray<HeldLock> Holding { get; init; } = [];

    /// <summary>The locks that it waits for.</summary>
    [Id(5)]
    public ImmutableArray<AwaitedLock> Waiting { get; init; } = [];
}

/// <summary>What a session says of its user in a channel where it is not yet.</summary>
/// <param name="Type">The type of the channel.</param>
/// <param name="Channel">The channel.</param>
/// <param name="Items">The pairs.</param>
[GenerateSerializer, Immutable, Alias("im.ContentState")]
public sealed record ContentState(
    [property: Id(0)] ChannelType Type,
    [property: Id(1)] ChannelName Channel,
    [property: Id(2)] ImmutableArray<StateItem> Items);
