using ImOrleans.Domain.Conversations;
using ImOrleans.Domain.Identifiers;

namespace ImOrleans.Domain.Tests.Conversations;

public sealed class ConversationKeyTests
{
    [Fact]
    public void Two_users_have_one_private_conversation_whoever_begins()
    {
        Assert.Equal(ConversationKey.Private(new("bo"), new("al")), ConversationKey.Private(new("al"), new("bo")));
        Assert.Equal("p:2:al2:bo", ConversationKey.Private(new("bo"), new("al")).Value);
        // Not by the rules of a language, which would put a before B.
        Assert.Equal("p:1:B1:a", ConversationKey.Private(new("a"), new("B")).Value);
    }

    [Fact]
    public void A_conversation_with_oneself_is_one_too()
    {
        var key = ConversationKey.Private(new("al"), new("al"));

        Assert.Equal("al", key.TargetFor(new("al")));
    }

    [Fact]
    public void No_choice_of_names_makes_two_conversations_meet()
    {
        HashSet<ConversationKey> keys =
        [
            ConversationKey.Private(new("a"), new("b1:c")),
            ConversationKey.Private(new("a1:b"), new("c")),
            ConversationKey.System(new("a"), new("b1:c")),
            ConversationKey.System(new("b1:c"), new("a")),
            ConversationKey.Group(new("a")),
            ConversationKey.Discussion(new("a")),
        ];

        Assert.Equal(6, keys.Count);
    }

    [Theory]
    [InlineData("p:2:al2:bo", ConversationType.Private)]
    [InlineData("c:4:tea!", ConversationType.Discussion)]
    [InlineData("g:4:team", ConversationType.Group)]
    [InlineData("y:3:app2:bo", ConversationType.System)]
    public void A_key_is_read_back_from_its_text(string text, ConversationType type)
    {
        var key = ConversationKey.Parse(text);

        Assert.Equal(text, key.Value);
        Assert.Equal(type, key.Type);
    }

    [Theory]
    [InlineData("")]
    [InlineData("p")]
    [InlineData("p:2:al")]
    [InlineData("g:2:al2:bo")]
    [InlineData("x:2:al2:bo")]
    [InlineData("p:3:al2:bo")]
    public void Text_that_is_no_key_is_refused(string text) =>
        Assert.Throws<FormatException>(() => ConversationKey.Parse(text));

    [Fact]
    public void Each_calls_a_conversation_by_what_is_on_the_other_side()
    {
        var (al, bo) = (new UserId("al"), new UserId("bo"));

        Assert.Equal("bo", ConversationKey.Private(al, bo).TargetFor(al));
        Assert.Equal("al", ConversationKey.Private(al, bo).TargetFor(bo));
        Assert.Equal("team", ConversationKey.Group(new("team")).TargetFor(al));
        Assert.Equal("app", ConversationKey.System(new("app"), bo).TargetFor(bo));
        Assert.Throws<ArgumentException>(() => ConversationKey.Private(al, bo).TargetFor(new("cy")));
    }

    [Fact]
    public void A_key_that_was_never_set_is_empty_and_no_conversation()
    {
        Assert.Equal("", default(ConversationKey).Value);
        Assert.Equal(default, default(ConversationKey).Type);
    }
}
