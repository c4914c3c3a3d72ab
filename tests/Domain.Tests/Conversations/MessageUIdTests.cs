using ImOrleans.Domain.Conversations;

namespace ImOrleans.Domain.Tests.Conversations;

public sealed class MessageUIdTests
{
    private static readonly ConversationKey Team = ConversationKey.Group(new("team"));

    [Theory]
    [InlineData(1, 0)]
    [InlineData(1, -1)]
    [InlineData(77, 123_456_789_012)]
    [InlineData(MessageUId.SeqMax, long.MaxValue)]
    public void A_name_tells_the_place_to_who_knows_the_conversation(long seq, long random)
    {
        var uid = MessageUId.Create(Team, seq, random);

        Assert.Matches("^[0-9A-V]{4}-[0-9A-V]{4}-[0-9A-V]{4}-[0-9A-V]{4}$", uid.Value);
        Assert.Equal(seq, uid.SeqIn(Team));
        Assert.Equal(uid, MessageUId.For(Team)(seq, random));
        Assert.NotEqual(seq, uid.SeqIn(ConversationKey.Group(new("other"))));
    }

    [Fact]
    public void Names_that_clients_have_are_frozen() =>
        Assert.Equal("09RC-0PC1-B6JE-T455", MessageUId.Create(Team, 1, 1).Value);

    [Fact]
    public void Another_place_another_number_or_another_conversation_is_another_name()
    {
        HashSet<MessageUId> names =
        [
            MessageUId.Create(Team, 1, 1),
            MessageUId.Create(Team, 2, 1),
            MessageUId.Create(Team, 1, 2),
            MessageUId.Create(ConversationKey.Discussion(new("team")), 1, 1),
        ];

        Assert.Equal(4, names.Count);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(MessageUId.SeqMax + 1)]
    public void There_is_no_name_for_a_place_out_of_range(long seq) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => MessageUId.Create(Team, seq, 0));

    [Fact]
    public void A_name_is_read_back_from_its_text()
    {
        Assert.True(MessageUId.TryParse("1301-NBJQ-MK31-3417", out var uid));
        Assert.Equal("1301-NBJQ-MK31-3417", uid.Value);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("1301-NBJQ-MK31-341")]
    [InlineData("1301-NBJQ-MK31-34177")]
    [InlineData("1301-NBJQ-MK31-341W")]
    [InlineData("1301-nbjq-MK31-3417")]
    [InlineData("1301NNBJQ-MK31-3417")]
    public void Text_of_another_form_is_no_name(string? text) => Assert.False(MessageUId.TryParse(text, out _));
}
