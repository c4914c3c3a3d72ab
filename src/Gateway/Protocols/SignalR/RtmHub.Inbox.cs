using ImOrleans.Domain.Conversations;
using ImOrleans.Domain.Errors;
using ImOrleans.Domain.Identifiers;
using ImOrleans.Gateway.Sessions;

namespace ImOrleans.Gateway.Protocols.SignalR;

// What a user sets for its side of messaging.
internal sealed partial class RtmHub
{
    private const int InBlacklist = 0;
    private const int NotInBlacklist = 1;

    public Task<Reply> AddToBlacklist(HubRequest request) => BlacklistAsync(
        request, async (session, user) => Answer(await inboxes.AddAsync(session, user)));

    public Task<Reply> RemoveFromBlacklist(HubRequest request) => BlacklistAsync(
        request, async (session, user) => Answer(await inboxes.RemoveAsync(session, user)));

    public Task<Reply> GetBlacklistStatus(HubRequest request) => BlacklistAsync(
        request,
        async (session, user) => Answer(
            await inboxes.HasAsync(session, user), has => new { status = has ? InBlacklist : NotInBlacklist }));

    public Task<Reply> GetBlacklist(HubRequest request) => CallAsync(
        request,
        async (session, _) => Answer(
            await inboxes.GetAsync(session), list => new { userIds = list.Users.Select(user => user.Value) }),
        malformed: ErrorCode.BizErrorInvalidParameter);

    public Task<Reply> SetOfflineDuration(HubRequest request) => CallAsync(
        request,
        async (session, read) =>
        {
            read.Require("days");
            var days = read.Number("days") ?? 0;
            if (days is < 1 or > ConversationLimits.OfflineDaysMax)
                read.Refuse(ErrorCode.BizErrorInvalidParameter, $"'days' must be 1 to {ConversationLimits.OfflineDaysMax}.");
            return read.Refusal is { } refusal
                ? refusal
                : Answer(await inboxes.SetOfflineDaysAsync(session, (int)days));
        },
        malformed: ErrorCode.BizErrorInvalidParameter);

    private Task<Reply> BlacklistAsync(HubRequest request, Func<Session, UserId, Task<Outcome<object>>> call) => CallAsync(
        request,
        async (session, read) =>
        {
            var text = read.Text("userId", isRequired: true);
            if (read.Refusal is null && !UserId.TryParse(text, out _))
                read.Refuse(ErrorCode.BizErrorInvalidParameter, "'userId' is no user id.");
            return read.Refusal is { } refusal ? refusal : await call(session, new(text));
        },
        malformed: ErrorCode.BizErrorInvalidParameter);
}
