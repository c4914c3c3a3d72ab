using System.ComponentModel.DataAnnotations;

namespace ImOrleans.Gateway.Sessions;

/// <summary>
/// How often one client may call, and one user with all its clients. Each limit a second allows a burst of one second's
/// worth.
/// </summary>
/// <remarks>Exceeding one is answered with an error and the time to wait, never with silence.</remarks>
public sealed class RateLimitOptions
{
    /// <summary>The configuration section.</summary>
    public const string SectionName = "RateLimits";

    /// <summary>Calls other than publishes, a second; over it: 10021.</summary>
    /// <remarks><b>Range:</b> 1 to 100,000; 0 switches the limit off. <b>Default:</b> 20 (feature row R14).</remarks>
    [Range(0, 100_000)]
    public int CallsPerSecond { get; set; } = 20;

    /// <summary>Channel and user messages, a second; over it: 11025.</summary>
    /// <remarks><b>Range:</b> 1 to 100,000; 0 switches the limit off. <b>Default:</b> 60 (feature row R15).</remarks>
    [Range(0, 100_000)]
    public int MessagesPerSecond { get; set; } = 60;

    /// <summary>Messages in one topic, a second; over it: 11025.</summary>
    /// <remarks><b>Range:</b> 1 to 100,000; 0 switches the limit off. <b>Default:</b> 200 (feature row R25).</remarks>
    [Range(0, 100_000)]
    public int TopicMessagesPerSecond { get; set; } = 200;

    /// <summary>Messages of conversations that a user sends, with all clients together, a second; over it: 20604.</summary>
    /// <remarks><b>Range:</b> 1 to 100,000; 0 switches the limit off. <b>Default:</b> 5 (feature row RC13).</remarks>
    [Range(0, 100_000)]
    public int ConversationMessagesPerSecond { get; set; } = 5;

    /// <summary>Subscriptions to one message channel within any 5 s; over it: 11020.</summary>
    /// <remarks><b>Range:</b> 1 to 1000; 0 switches the limit off. <b>Default:</b> 2 (feature row R14).</remarks>
    [Range(0, 1000)]
    public int SubscriptionsPerChannel { get; set; } = 2;

    /// <summary>Calls about metadata, a second; they count as calls too; over it: 10021.</summary>
    /// <remarks><b>Range:</b> 1 to 100,000; 0 switches the limit off. <b>Default:</b> 10 (feature row R14).</remarks>
    [Range(0, 100_000)]
    public int MetadataCallsPerSecond { get; set; } = 10;

    /// <summary>Acquisitions of locks, a second; they count as calls too; over it: 10021.</summary>
    /// <remarks><b>Range:</b> 1 to 100,000; 0 switches the limit off. <b>Default:</b> 10 (feature row R14).</remarks>
    [Range(0, 100_000)]
    public int LockAcquisitionsPerSecond { get; set; } = 10;

    /// <summary>A user as a whole, over all its sessions at this gateway, has the rates of so many clients.</summary>
    /// <remarks>
    /// <b>Range:</b> 1 to 1000; 0 switches it off, so that each session counts for itself alone. <b>Default:</b> 5 (feature
    /// row X20). Messages in topics count together: as many as such clients may publish in all topics of one channel.
    /// <b>Guarantee:</b> kept by each gateway for itself, since asking the user's grain would cost a call a message: whose
    /// sessions are at several gateways has as much at each.
    /// </remarks>
    [Range(0, 1000)]
    public int ClientsPerUser { get; set; } = 5;
}
