using System.Text;
using ImOrleans.Domain.Conversations;
using ImOrleans.Grains.Abstractions.Conversations;
using ImOrleans.Grains.Abstractions.Delivery;
using ImOrleans.Grains.Tests.Conversations;
using ImOrleans.Grains.Tests.Kit;

namespace ImOrleans.Grains.Tests.Groups;

/// <summary>Groups and discussions over a message log that does what the test says.</summary>
public abstract class GroupTest : ConversationTest
{
    private protected static readonly ConversationKey Team = ConversationKey.Group(new("team"));
    private protected static readonly ConversationKey Talk = ConversationKey.Discussion(new("talk"));

    private protected IGroupGrain Group(ConversationKey? key = null) => Grains.GetGrain<IGroupGrain>((key ?? Team).Value);

    private protected static UserId[] Users(params string[] names) => [.. names.Select(name => new UserId(name))];

    private protected static UserId[] Numbered(int from, int count) =>
        [.. Enumerable.Range(from, count).Select(i => new UserId($"u{i:D6}"))];

    private protected Outcome<Done> Create(params string[] members) =>
        Do(() => Group().CreateAsync(new("Team", null, [.. Users(members)])));

    private protected Outcome<Done> CreateTalk(string creator, params string[] others) =>
        Do(() => Group(Talk).CreateAsync(new("Talk", new UserId(creator), [.. Users([creator, .. others])])));

    private protected Task<Outcome<Done>> BeginChange(
        UserId[]? joining = null, UserId[]? leaving = null, ConversationKey? key = null, string? actor = null) =>
        Begin(() => Group(key).ChangeAsync(new(actor is null ? null : new UserId(actor))
        {
            Joining = [.. joining ?? []],
            Leaving = [.. leaving ?? []],
        }));

    private protected Outcome<Done> Join(params string[] users) => Finish(BeginChange(joining: Users(users)));

    private protected Outcome<Done> Quit(params string[] users) => Finish(BeginChange(leaving: Users(users)));

    private protected Outcome<ChatMessageSent> Say(string text, string sender = "ann", string? id = null) =>
        Finish(BeginSay(text, sender, id));

    private protected Task<Outcome<ChatMessageSent>> BeginSay(
        string text, string sender = "ann", string? id = null, ConversationKey? key = null) =>
        Begin(() => Group(key).SendAsync(Message(text, id, sender)));

    private protected Outcome<RouteStamp> Register(FakeGateway gateway, bool isWanted = true) =>
        Do(() => Group().RegisterAsync(new(gateway.Route(), isWanted)));

    private protected GroupDescription Described(ConversationKey? key = null, int count = 1000) =>
        Accepted(Do(() => Group(key).DescribeAsync(new(null, null, count))));

    private protected IEnumerable<string> Members(ConversationKey? key = null) =>
        Described(key).Members.Select(member => member.User.Value);

    private protected IEnumerable<string> Said(ConversationKey? key = null) =>
        Do(() => Log.ReadAsync(key ?? Team, new(0, long.MaxValue, 1000, false))).Messages.Select(Text);

    private protected static string Text(StoredMessage message) => Encoding.UTF8.GetString(message.Message.Content.Span);

    private protected static IEnumerable<string> Told(FakeGateway gateway) =>
        gateway.Received<ConversationPush>().SelectMany(push => push.Messages).Select(one => Text(one.Message));
}
