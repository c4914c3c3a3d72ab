using ImOrleans.Domain.Errors;

namespace ImOrleans.Domain.Tests.Errors;

public sealed class OutcomeTests
{
    [Fact]
    public void A_value_is_accepted()
    {
        Outcome<string> outcome = "value";
        Assert.True(outcome.IsAccepted);
        Assert.Equal("value", outcome.Value);
        Assert.Null(outcome.Refusal);
    }

    [Fact]
    public void A_code_is_refused_without_words()
    {
        Outcome<string> outcome = ErrorCode.NotLogin;
        Assert.False(outcome.IsAccepted);
        Assert.Equal(new Refusal(ErrorCode.NotLogin), outcome.Refusal);
    }

    [Fact]
    public void A_refusal_keeps_its_words_and_its_wait()
    {
        var refusal = new Refusal(ErrorCode.ChannelNotAvailable, "later", TimeSpan.FromSeconds(1));
        Outcome<int> outcome = refusal;
        Assert.False(outcome.IsAccepted);
        Assert.Same(refusal, outcome.Refusal);
    }

    [Fact]
    public void Without_its_value_it_says_the_same()
    {
        Outcome<string> accepted = "value";
        Outcome<string> refused = new Refusal(ErrorCode.NotLogin, "words");
        Assert.True(accepted.WithoutValue().IsAccepted);
        Assert.Same(refused.Refusal, refused.WithoutValue().Refusal);
    }

    [Fact]
    public void A_refusal_can_be_one_of_another_type()
    {
        Outcome<string> refused = new Refusal(ErrorCode.NotLogin, "words");
        Assert.Same(refused.Refusal, refused.As<int>().Refusal);
    }

    [Fact]
    public void A_value_cannot_be_one_of_another_type()
    {
        Outcome<string> accepted = "value";
        Assert.Throws<InvalidOperationException>(() => accepted.As<int>());
    }
}
