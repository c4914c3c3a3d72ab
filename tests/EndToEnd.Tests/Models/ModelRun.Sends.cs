using System.Text.Json;

namespace ImOrleans.EndToEnd.Tests.Models;

// Sends, of users and of the app.
internal sealed partial class ModelRun
{
    /// <summary>One who sends in the name of the app, and has no devices.</summary>
    private const string Herald = "herald";

    private readonly List<(object Request, string By, JsonElement Reply)> _named = [];

    private async Task SendAsync(ModelDevice device)
    {
        var conversation = AnyConversation(device.User);
        var draft = AnyDraft(conversation.HasMembers);
        var request = draft.Fields();
        request["conversationType"] = conversation.Type;
        request["targetId"] = TargetFor(conversation, device.User);
        var reply = await device.Client!.CallAsync("SendMessage", request);
        var expected = _model.Judge(conversation, device.User, draft, isOfApp: false);
        Assert.True(
            expected == reply.GetProperty("code").GetInt32(),
            $"{device} sent {draft} to {conversation}, not {expected}: {reply}");
        Count(draft.IsStatus && expected is 0 or ConversationModel.Replaced ? "sends status" : $"sends {expected}");
        if (expected is not (0 or ConversationModel.Replaced))
            return;
        Accept(conversation, reply.GetProperty("data"), device.User, draft.WithMasks(), device);
        if (draft is { Name: not null, IsStatus: false })
            _named.Add((request, device.User, reply));
    }

    /// <summary>
    /// What was sent under a name is sent again, by whichever device, whatever has become of conversation and sender:
    /// it is answered as the first time.
    /// </summary>
    private async Task RepeatAsync()
    {
        if (_named.Count == 0)
            return;
        var (request, by, reply) = Any(_named);
        if (_devices.FirstOrDefault(device => device.User == by && device.Client is not null) is not { } device)
            return;
        Count("repeats");
        Assert.Equal($"{reply}", $"{await device.Client!.CallAsync("SendMessage", request)}");
    }

    /// <summary>The app sends to several at a time, in the name of a user or of its own.</summary>
    private async Task SendByAppAsync()
    {
        var kind = Any(["private", "group", "system"]);
        var isGroup = kind == "group";
        var sender = kind == "system" || Chance(2) ? Herald : Any(Users);
        var draft = AnyDraft(isGroup);
        List<string> made = isGroup
            ? [.. _model.Made(3).Where(group => !group.IsDismissed || Chance(5)).Select(group => group.Id)] : [];
        if (isGroup && Chance(10))
            made.Add("nowhere");
        if (isGroup && made.Count == 0)
            return;
        string[] targets = isGroup
            ? [.. made.OrderBy(_ => _random.Next()).Take(_random.Next(1, 3))]
            : AnyUsers(3);
        var request = draft.Fields();
        request["fromUserId"] = sender;
        request[isGroup ? "toGroupIds" : "toUserIds"] = targets;
        if (isGroup)
            request.Remove("toUserIds");
        if (isGroup && draft.Receivers is not null)
            request["toUserIds"] = draft.Receivers;
        var (status, answer) = await _app.PostAsync($"/message/{kind}", request);
        Count($"app sends {kind}");
        var conversations = targets.ToDictionary(target => target, target => kind switch
        {
            "private" => _model.Private(sender, target),
            "system" => _model.System(sender, target),
            _ => _model.Group(target),
        });
        var refused = CheckOutcomes(
            status, answer, targets.ToDictionary(
                target => target, target => _model.Judge(conversations[target], sender, draft, isOfApp: true)));
        if (refused)
            return;
        var time = _lastTime;
        foreach (var sent in answer.GetProperty("messages").EnumerateArray())
            Accept(conversations[sent.GetProperty("targetId").GetString()!], sent, sender, draft, null, time);
    }

    /// <summary>
    /// A call for several targets tells of each that failed, with its code; when there was only one, it has failed
    /// itself. True: it has.
    /// </summary>
    private static bool CheckOutcomes(int status, JsonElement answer, Dictionary<string, int> codes)
    {
        var failing = codes.Where(one => one.Value != 0).Select(one => $"{one.Key} {one.Value}")
            .Order(StringComparer.Ordinal).ToList();
        if (failing.Count == 1 && codes.Count == 1)
        {
            Assert.True(
                status == 400 && answer.GetProperty("code").GetInt32() == codes.Single().Value, $"{status}: {answer}");
            return true;
        }

        Assert.True(status == (failing.Count == 0 ? 200 : 207), $"{status}: {answer}");
        var failed = answer.TryGetProperty("failed", out var list)
            ? list.EnumerateArray().Select(one => $"{one.GetProperty("targetId")} {one.GetProperty("code")}")
            : [];
        Assert.Equal(failing, failed.Order(StringComparer.Ordinal));
        return false;
    }

    private void Accept(
        ModelConversation conversation, JsonElement answer, string sender, ModelDraft draft, ModelDevice? device,
        long? notBefore = null)
    {
        var message = _model.Accept(conversation, answer, sender, draft, device?.Writer);
        if (draft.IsStatus)
            return;
        device?.Has(message);
        Assert.True(message.Time >= (notBefore ?? _lastTime), $"{draft} is of {message.Time}, after {_lastTime}");
        _lastTime = Math.Max(_lastTime, message.Time);
    }

    private ModelConversation AnyConversation(string user)
    {
        var groups = _model.Made(Chance(2) ? 2 : 3);
        var own = groups.Where(group => group.Has(user)).ToList();
        return _random.Next(20) switch
        {
            < 8 => _model.Private(user, Any(Users)),
            8 => Chance(2) ? _model.Group("nowhere") : _model.Discussion("nowhere"),
            9 or 10 when groups.Count > 0 => Any(groups),
            _ when own.Count > 0 => Any(own),
            _ => _model.Private(user, Any(Users)),
        };
    }

    private static string TargetFor(ModelConversation conversation, string user) =>
        conversation.Type == 1
            ? conversation.Id.Split(' ').FirstOrDefault(one => one != user) ?? user
            : conversation.Id;

    private ModelDraft AnyDraft(bool hasMembers)
    {
        var isStatus = Chance(10);
        var text = $"text {++_numbers}" + _random.Next(20) switch
        {
            0 => $" a {ModelDraft.ShieldedWord.ToUpperInvariant()}!",
            1 or 2 => $" {ModelDraft.MaskedWord}s, Rumour",
            _ => "",
        };
        return new(
            isStatus && Chance(2)
                ? "RC:CmdMsg"
                : Any([ModelDraft.LookedAt, ModelDraft.LookedAt, ModelDraft.Uncounted, "app:own"]),
            text,
            Chance(2) ? $"name {_numbers}" : null,
            hasMembers && Chance(5) ? AnyUsers(3) : null,
            hasMembers && Chance(5) ? Chance(2) ? [] : AnyUsers(2) : null,
            isStatus);
    }
}
