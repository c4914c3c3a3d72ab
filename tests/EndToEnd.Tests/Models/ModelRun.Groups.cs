namespace ImOrleans.EndToEnd.Tests.Models;

// Groups: the app mirrors its own.
internal sealed partial class ModelRun
{
    private const int GroupsMin = 2;
    private const int GroupsMax = 4;

    private async Task ChangeGroupsAsync()
    {
        var all = _model.Made(3);
        var open = all.Where(group => !group.IsDismissed).ToList();
        if (open.Count < GroupsMin)
        {
            await CreateGroupAsync(_model.Group($"group{all.Count}"), AnyUsers(5));
            return;
        }

        var group = Chance(20) ? Chance(2) ? _model.Group("nowhere") : Any(all) : Any(open);
        switch (_random.Next(20))
        {
            case < 5:
                var joining = AnyUsers(3);
                await ChangeGroupAsync(
                    "join", group, new { groupId = group.Id, userIds = joining }, () => group.Join(joining));
                break;
            case < 10:
                var leaving = AnyUsers(2);
                await ChangeGroupAsync(
                    "quit", group, new { groupId = group.Id, userIds = leaving }, () => group.Leave(leaving));
                break;
            case 10:
                var name = $"name {++_numbers}";
                await ChangeGroupAsync(
                    "refresh", group, new { groupId = group.Id, name }, () => group.Name = name);
                break;
            case 11 when open.Count > GroupsMin:
                await DismissAsync(group);
                break;
            case 12 when open.Count < GroupsMax:
                await CreateGroupAsync(_model.Group($"group{all.Count}"), Chance(3) ? null : AnyUsers(5));
                break;
            case 13 when group.IsMade:
                await CreateGroupAsync(group, AnyUsers(2));
                break;
            case 14 or 15 or 16:
                await SyncAsync(open, [.. all.Where(one => one.IsDismissed)]);
                break;
            default:
                await CheckGroupAsync(group);
                break;
        }
    }

    private async Task CreateGroupAsync(ModelConversation group, string[]? users)
    {
        var name = $"name {++_numbers}";
        await ChangeGroupAsync(
            "create", group,
            users is null ? new { groupId = group.Id, name } : new { groupId = group.Id, name, userIds = users },
            () => Make(group, name, users ?? []), isMade: true);
    }

    private static void Make(ModelConversation group, string name, params IEnumerable<string> users)
    {
        (group.IsMade, group.Name) = (true, name);
        group.Join(users);
    }

    private async Task ChangeGroupAsync(
        string call, ModelConversation group, object request, Action change, bool isMade = false)
    {
        var code = group.IsDismissed || !(group.IsMade || isMade) ? ConversationModel.Unknown : 0;
        Count($"group {call} {code}");
        var (status, answer) = await _app.PostAsync($"/group/{call}", request);
        CheckOutcomes(status, answer, new() { [group.Id] = code });
        if (code == 0)
            change();
    }

    private async Task DismissAsync(ModelConversation group)
    {
        Count("group dismiss");
        var (status, answer) = await _app.PostAsync("/group/dismiss", new { groupId = group.Id });
        CheckOutcomes(status, answer, new() { [group.Id] = group.IsMade ? 0 : ConversationModel.Unknown });
        group.IsDismissed = group.IsMade;
        group.Leave(Users);
    }

    /// <summary>A user is in some groups then, and in no others.</summary>
    private async Task SyncAsync(List<ModelConversation> open, List<ModelConversation> dismissed)
    {
        Count("group sync");
        var user = Any(Users);
        var wanted = new Dictionary<ModelConversation, string?>();
        foreach (var group in open.Where(_ => Chance(2)))
            wanted[group] = Chance(2) ? null : Chance(2) ? group.Name : $"name {++_numbers}";
        if (dismissed.Count > 0 && Chance(5))
            wanted[Any(dismissed)] = Chance(2) ? null : "gone";
        if (Chance(6))
            wanted[_model.Group("nowhere")] = null;
        if (open.Count < GroupsMax && Chance(4))
            wanted[_model.Group($"group{open.Count + dismissed.Count}")] = $"name {++_numbers}";
        var groups = wanted
            .Select(one => one.Value is null
                ? (object)new { groupId = one.Key.Id } : new { groupId = one.Key.Id, name = one.Value })
            .ToList();

        var (status, answer) = await _app.PostAsync("/group/sync", new { userId = user, groups });

        var joined = wanted
            .Where(one => !one.Key.Has(user) || (one.Value is not null && one.Value != one.Key.Name)).ToList();
        var left = open.Where(group => group.Has(user) && !wanted.ContainsKey(group)).ToList();
        var codes = joined.ToDictionary(
            one => one.Key.Id,
            one => one.Key.IsDismissed || (!one.Key.IsMade && one.Value is null) ? ConversationModel.Unknown : 0);
        foreach (var group in left)
            codes.Add(group.Id, 0);
        if (CheckOutcomes(status, answer, codes))
            return;
        var done = joined.Where(one => codes[one.Key.Id] == 0).ToList();
        Assert.Equal(
            done.Select(one => $"{one.Key.Id} {true}").Concat(left.Select(group => $"{group.Id} {false}"))
                .Order(StringComparer.Ordinal),
            answer.GetProperty("groups").EnumerateArray()
                .Select(one => $"{one.GetProperty("groupId")} {one.GetProperty("joined")}").Order(StringComparer.Ordinal));
        foreach (var (group, name) in done)
            Make(group, name ?? group.Name, user);
        foreach (var group in left)
            group.Leave(user);
    }

    private async Task CheckGroupAsync(ModelConversation group)
    {
        Count("group members");
        var (status, answer) = await _app.PostAsync("/group/members", new { groupId = group.Id });
        var isThere = group is { IsMade: true, IsDismissed: false };
        if (!CheckOutcomes(status, answer, new() { [group.Id] = isThere ? 0 : ConversationModel.Unknown }))
        {
            Assert.Equal(group.Name, answer.GetProperty("name").GetString());
            Assert.Equal(
                group.Members,
                answer.GetProperty("members").EnumerateArray().Select(one => one.GetProperty("userId").GetString()!));
            Assert.Equal(group.Members.Count, answer.GetProperty("total").GetInt32());
        }

        var user = Any(Users);
        (status, answer) = await _app.PostAsync("/user/groups", new { userId = user });
        Assert.Equal(200, status);
        Assert.Equal(
            _model.Made(3).Where(one => one.Has(user)).Select(one => $"{one.Id} {one.Name}")
                .Order(StringComparer.Ordinal),
            answer.GetProperty("groups").EnumerateArray()
                .Select(one => $"{one.GetProperty("groupId")} {one.GetProperty("name")}").Order(StringComparer.Ordinal));
    }
}
