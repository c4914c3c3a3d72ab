using Microsoft.AspNetCore.SignalR;

namespace ImOrleans.PlainHub;

/// <summary>
/// What one would write with SignalR alone: groups, without identity, rules, order across servers or slow-client policy.
/// </summary>
internal sealed class GroupHub : Hub
{
    /// <summary>Enters a group.</summary>
    public Task Join(string group) => Groups.AddToGroupAsync(Context.ConnectionId, group);

    /// <summary>Sends a message to everybody in a group.</summary>
    public Task Publish(string group, string payload) => Clients.Group(group).SendAsync("OnMessages", payload);

    /// <summary>Answers with what it was given.</summary>
    public string Echo(string payload) => payload;
}
