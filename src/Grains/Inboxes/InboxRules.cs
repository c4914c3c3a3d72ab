using System.Globalization;
using ImOrleans.Domain.Conversations;
using ImOrleans.Domain.Errors;
using ImOrleans.Domain.Identifiers;

namespace ImOrleans.Grains.Inboxes;

/// <summary>What a user may set. A change that changes nothing yields the same state.</summary>
internal static class InboxRules
{
    /// <summary>Puts a user on the blacklist.</summary>
    public static Outcome<InboxState> Block(InboxState state, UserId user)
    {
        if (IsBlocked(state, user))
            return state;
        return state.Blacklist.Length < ConversationLimits.BlacklistMax
            ? state with { Blacklist = state.Blacklist.Add(user.Value) }
            : new Refusal(ErrorCode.BlackAddError, string.Create(
                CultureInfo.InvariantCulture, $"A blacklist has at most {ConversationLimits.BlacklistMax} users."));
    }

    /// <summary>Takes a user from the blacklist.</summary>
    public static Outcome<InboxState> Unblock(InboxState state, UserId user) =>
        IsBlocked(state, user) ? state with { Blacklist = state.Blacklist.Remove(user.Value) } : state;

    /// <summary>Sets for how long messages wait.</summary>
    public static Outcome<InboxState> Keep(InboxState state, int days) =>
        state.OfflineDays == days ? state : state with { OfflineDays = days };

    /// <summary>Whether a user is on the blacklist.</summary>
    public static bool IsBlocked(InboxState state, UserId user) => state.Blacklist.Contains(user.Value);
}
