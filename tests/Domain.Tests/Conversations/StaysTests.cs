using ImOrleans.Domain.Conversations;

namespace ImOrleans.Domain.Tests.Conversations;

public sealed class StaysTests
{
    private static readonly Stays Twice = Left(Left(Stays.From(2), 5).Return(8), 9).Return(12);

    [Fact]
    public void Who_comes_again_does_not_see_what_was_sent_meanwhile()
    {
        Assert.Equal((2, null), (Twice.JoinedSeq, Twice.LeftSeq));
        Assert.Equal([new(5, 8), new(9, 12)], Twice.Absences.ToArray());
        Assert.Equal([(2, 5), (8, 9), (12, 20)], Twice.Beyond(2, 20));
    }

    [Theory]
    [InlineData(4, "4-5 8-9 12-20")]
    [InlineData(5, "8-9 12-20")]
    [InlineData(7, "8-9 12-20")]
    [InlineData(9, "12-20")]
    [InlineData(15, "15-20")]
    [InlineData(20, "20-20")]
    public void What_is_beyond_a_place_begins_there_or_after_the_absence_that_it_lies_in(long place, string stretches) =>
        Assert.Equal(
            stretches, string.Join(' ', Twice.Beyond(place, 20).Select(one => $"{one.AfterSeq}-{one.ThroughSeq}")));

    [Fact]
    public void Who_comes_again_before_the_next_message_has_not_been_away()
    {
        var back = Left(Stays.From(2), 5).Return(5);
        Assert.Equal((2, null, 0), (back.JoinedSeq, back.LeftSeq, back.Absences.Length));
    }

    [Fact]
    public void Who_left_before_it_saw_anything_has_an_empty_stay()
    {
        var back = Left(Stays.From(2), 2).Return(4);
        Assert.Equal([(4, 6)], back.Beyond(2, 6));
    }

    [Fact]
    public void Absences_are_written_and_read_back()
    {
        Assert.Equal("5-8,9-12", Twice.AbsencesText);
        Assert.Equal(Twice.Absences.ToArray(), Stays.ParseAbsences(Twice.AbsencesText).ToArray());
        Assert.Null(Stays.From(2).AbsencesText);
        Assert.Empty(Stays.ParseAbsences(null));
    }

    [Theory]
    [InlineData("")]
    [InlineData("3")]
    [InlineData("3-")]
    [InlineData("3-4-5")]
    [InlineData("3--4")]
    [InlineData("a-b")]
    public void What_is_no_list_of_absences_is_refused(string text) =>
        Assert.Throws<FormatException>(() => Stays.ParseAbsences(text));

    private static Stays Left(Stays stays, long seq) => stays with { LeftSeq = seq };
}
