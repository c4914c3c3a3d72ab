using System.Text.Json;

namespace ImOrleans.EndToEnd.Tests.Models;

// Discussions: users invite each other.
internal sealed partial class ModelRun
{
    private const int DiscussionsMax = 6;
    private const int MayNotInvite = 21407;
    private const int MayNotSayWhoInvites = 21409;
    private const int MayNotLetGo = 20406;

    private async Task ChangeDiscussionsAsync(ModelDevice device)
    {
        var all = _model.Made(2);
        if (all.Count == 0 || (all.Count < DiscussionsMax && Chance(10)))
        {
            await CreateDiscussionAsync(device);
            return;
        }

        var own = all.Where(one => one.Has(device.User)).ToList();
        var discussion = Chance(20) ? _model.Discussion("nowhere") : own.Count > 0 && !Chance(4) ? Any(own) : Any(all);
        var discussionId = discussion.Id;
        switch (_random.Next(10))
        {
            case < 4:
                var added = AnyUsers(2);
                await ChangeAsync(
                    device, "AddDiscussionMembers", discussion, new { discussionId, userIds = added },
                    discussion.IsOpen ? 0 : MayNotInvite, () => discussion.Join(added));
                break;
            case 4 or 5:
                var removed = Any(Users);
                await ChangeAsync(
                    device, "RemoveDiscussionMember", discussion, new { discussionId, userId = removed },
                    removed == device.User ? 0 : MayNotLetGo, () => discussion.Leave(removed));
                break;
            case 6:
                await ChangeAsync(
                    device, "QuitDiscussion", discussion, new { discussionId }, 0, () => discussion.Leave(device.User));
                break;
            case 7:
                var open = Chance(2);
                await ChangeAsync(
                    device, "SetDiscussionInvite", discussion, new { discussionId, open }, MayNotSayWhoInvites,
                    () => discussion.IsOpen = open);
                break;
            default:
                await CheckDiscussionAsync(device, discussion);
                break;
        }
    }

    private async Task CreateDiscussionAsync(ModelDevice device)
    {
        Count("discussion made");
        var (name, users) = ($"name {++_numbers}", AnyUsers(4));
        var answer = await device.Client!.DoAsync("CreateDiscussion", new { name, userIds = users });
        var made = new ModelConversation(2, answer.GetProperty("discussionId").GetString()!)
        {
            IsMade = true, Name = name, Creator = device.User,
        };
        made.Join([device.User, .. users]);
        _model.Add(made);
    }

    private async Task CheckDiscussionAsync(ModelDevice device, ModelConversation discussion)
    {
        JsonElement? answer = null;
        await ChangeAsync(
            device, "GetDiscussion", discussion, new { discussionId = discussion.Id }, 0, () => { },
            data => answer = data);
        if (answer is not { } told)
            return;
        Assert.Equal(
            $"{discussion.Name} {discussion.Creator} {discussion.IsOpen} {discussion.Members.Count}",
            $"{told.GetProperty("name")} {told.GetProperty("creatorId")} {told.GetProperty("open")} "
            + $"{told.GetProperty("memberCount")}");
        Assert.Equal(discussion.Members, Texts(told.GetProperty("userIds")));
    }

    /// <param name="device">Whose user calls.</param>
    /// <param name="method">What it calls.</param>
    /// <param name="discussion">Which.</param>
    /// <param name="request">With what.</param>
    /// <param name="refusal">What a member is told who may only do what every member may.</param>
    /// <param name="change">What is so then.</param>
    /// <param name="take">Takes the answer.</param>
    private async Task ChangeAsync(
        ModelDevice device, string method, ModelConversation discussion, object request, int refusal, Action change,
        Action<JsonElement>? take = null)
    {
        // When the creator has left, every member may do what only the creator could.
        var isCreator = discussion.Creator == device.User || !discussion.Has(discussion.Creator ?? "");
        var code = !discussion.IsMade ? ConversationModel.Unknown
            : !discussion.Has(device.User) ? ConversationModel.NotInDiscussion
            : isCreator ? 0 : refusal;
        Count($"{method} {code}");
        var reply = await device.Client!.CallAsync(method, request);
        Assert.True(
            code == reply.GetProperty("code").GetInt32(),
            $"{device} called {method} for {discussion}, not {code}: {reply}");
        if (code != 0)
            return;
        take?.Invoke(reply.GetProperty("data"));
        change();
    }
}
