using System.Text.Json.Serialization;
using ImOrleans.Grains.Abstractions.Presence;

namespace ImOrleans.Gateway.Protocols.SignalR;

/// <summary>The answer to who-now.</summary>
/// <param name="Users">At most 100.</param>
/// <param name="Total">How many there are.</param>
/// <param name="NextPage">Left out with the last page.</param>
internal sealed record WhoNowBody(
    IEnumerable<WhoNowBody.UserBody> Users,
    int Total,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? NextPage)
{
    public static WhoNowBody Of(WhoNow who, bool withStates) => new(
        who.Users.Select(user => new UserBody(
            user.User.Value, withStates ? PresenceWriter.Describe(user.State) : null)),
        who.Total,
        who.NextPage);

    /// <summary>One user; its state is left out unless it was asked for.</summary>
    internal sealed record UserBody(
        string UserId,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyDictionary<string, string>? State);
}
