using System.Text.Json;
using ImOrleans.Domain.Conversations;
using ImOrleans.Gateway.Protocols.SignalR;
using ImOrleans.Grains.Abstractions.Inboxes;

namespace ImOrleans.Gateway.Tests.Protocols;

/// <summary>The fields of the answer to a pull; those of the messages are tested where they are written.</summary>
public sealed class PulledFieldsTests
{
    [Fact]
    public void What_is_not_there_is_left_out() =>
        Assert.Equal("""{"messages":[],"finished":true}""", Write(new([], [], true), null));

    [Fact]
    public void What_was_left_out_is_told_of_the_conversations_as_the_user_calls_them() => Assert.Equal(
        """
        {"messages":[],"ackToken":"t","finished":false,"skipped":[
        {"conversationType":1,"targetId":"ann","afterSeq":3,"beforeSeq":8},
        {"conversationType":3,"targetId":"team","afterSeq":0,"beforeSeq":2}]}
        """.ReplaceLineEndings(""),
        Write(
            new([], [], false)
            {
                Skipped =
                [
                    new(ConversationKey.Private(new("ann"), new("bob")), 3, 8), new(ConversationKey.Group(new("team")), 0, 2),
                ],
            },
            "t"));

    private static string Write(PulledMessages pulled, string? ackToken) =>
        JsonSerializer.Serialize(PulledBody.Of(pulled, ackToken, new("bob"), 0), JsonSerializerOptions.Web);
}
